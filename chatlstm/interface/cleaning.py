"""Text that is safe to show: no terminal control sequences, no half characters."""

import re

# A control sequence of a terminal, whole: CSI, then the strings (OSC, DCS, SOS, PM, APC) up to
# their end, then the short ones.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
)
# One that has begun and not ended.
_BEGUN = re.compile(
    r"(?:(?:\x1b\[|\x9b)[0-?]*[ -/]*"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*\x1b?"
    r"|\x1b[ -/]*)$"
)
_BROKEN = re.compile(r"[\0\ud800-\udfff]")
# C0 and C1 but newline and tab, delete, and what turns the direction of writing.
_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069]")
_LONGEST_SEQUENCE = 256


def clean_text(text: str) -> str:
    r"""Take out what would command a terminal instead of being read.

    Args:
        text: Any text.

    Returns:
        The text without control sequences, control characters and changes of direction; newlines
        and tabs stay. NUL and lone surrogates become U+FFFD.

    Example:
        >>> clean_text("\x1b[31mred\x1b[0m\r\nnext\x07")
        'red\nnext'
    """
    text = _SEQUENCE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", _BROKEN.sub("\ufffd", text))


class StreamCleaner:
    r"""Cleans a text that comes in pieces: a sequence cut in two is still one.

    Example:
        >>> cleaner = StreamCleaner()
        >>> cleaner.feed("a\x1b[3") + cleaner.feed("1mb") + cleaner.close()
        'ab'
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Clean what can be told so far, and hold back a sequence that has only begun."""
        text = self._held + text
        begun = _BEGUN.search(text)
        start = begun.start() if begun and len(begun[0]) < _LONGEST_SEQUENCE else len(text)
        start -= text[:start].endswith("\r")
        self._held = text[start:]
        return clean_text(text[:start])

    def close(self) -> str:
        """Clean what was held back."""
        held, self._held = self._held, ""
        return clean_text(held)
