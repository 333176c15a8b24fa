"""The words that byte-level BPE cuts text into before it cuts words."""

import re

# Letters, digits and blanks below U+0250, where every version of Unicode has the same ones.
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_DIGITS = "0-9\u00b2\u00b3\u00b9\u00bc-\u00be"
_BLANKS = r"\t-\r \u0085\u00a0"
_WORD = re.compile(
    rf"'s|'t|'re|'ve|'m|'ll|'d| ?[{_LETTERS}]+| ?[{_DIGITS}]+| ?[^{_BLANKS}{_LETTERS}{_DIGITS}]+"
    rf"|[{_BLANKS}]+(?![^{_BLANKS}])|[{_BLANKS}]+"
)
# beyond them, the signs of print: dashes, quotation marks, dots
_KNOWN = re.compile("[\0-\u024f\u2010-\u2026]*")


def split_words(text: str) -> list[str] | None:
    """Split text as ``tokenizers`` does before byte-level BPE.

    Args:
        text: Any text.

    Returns:
        The words, which joined are the text; None where a character is not known here.

    Source:
        Radford et al. 2019, the pattern of GPT-2's encoder.

    Example:
        >>> split_words("She's 25,  isn't she?")
        ['She', "'s", ' 25', ',', ' ', ' isn', "'t", ' she', '?']
        >>> split_words("\u6625") is None
        True
    """
    return _WORD.findall(text) if _KNOWN.fullmatch(text) else None
