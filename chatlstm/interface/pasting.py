"""Long pastes: a short mark stands in the line, the whole text is sent."""

FOLDED_CHARACTERS = 2_000


class Pastes:
    """Keeps long texts out of the line editor, which would draw each character at every key.

    Example:
        >>> pastes = Pastes()
        >>> mark = pastes.fold("a" * 1_000_000)
        >>> mark
        '[paste 1: 1,000,000 characters]'
        >>> len(pastes.unfold(f"Look: {mark}"))
        1000006
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Give a mark for a long text; a short one stays as it is."""
        if len(text) <= FOLDED_CHARACTERS:
            return text
        mark = f"[paste {len(self._texts) + 1}: {len(text):,} characters]"
        self._texts[mark] = text
        return mark

    def unfold(self, line: str) -> str:
        """Put the texts back where their marks stand."""
        for mark, text in self._texts.items():
            line = line.replace(mark, text)
        return line
