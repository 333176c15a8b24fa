"""Which language a message is in, and so which checkpoint answers it."""

import re
from collections.abc import Sequence

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")


def detect_language(text: str, *, before: str = "en") -> str:
    """Tell whether a text is Chinese or English.

    Args:
        text: A message. Names and code in Latin letters do not make a Chinese sentence English.
        before: The language to take where the text has no letter, that of the message before.

    Returns:
        ``"zh"`` or ``"en"``.

    Example:
        >>> detect_language("写一个函数 reverse_list(xs)"), detect_language("What does 你好 mean?")
        ('zh', 'en')
    """
    characters = len(_CHINESE.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if not characters and not words:
        return before
    return "zh" if characters > words else "en"


def choose_language(written: Sequence[str], language: str) -> str:
    """Choose what answers a message: its own language, or else the first that is written.

    Args:
        written: What a plugin writes, such as ``("en", "zh")``, or ``("code",)``.
        language: That of the message.

    Example:
        >>> choose_language(("en", "zh"), "zh"), choose_language(("code",), "zh")
        ('zh', 'code')
    """
    return language if language in written else written[0]
