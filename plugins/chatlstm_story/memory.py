"""Which runs of words a story has used of late."""

from collections import Counter, deque

from chatlstm.plugin import name_sentence, split_units

RUN = 4
REMEMBERED = 20_000  # runs: those of the longest story, some 3 MB
SENTENCES = 200  # that are not said again


class RunMemory:
    """The runs of four words, or characters, that were last written; it never grows beyond them.

    Args:
        language: As for ``split_units``.

    Example:
        >>> memory = RunMemory("en")
        >>> memory.keep("the old fox ran away")
        >>> memory.share("The old fox ran")
        0.25
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._last: list[str] = []
        self._order: deque[int] = deque()
        self._counts: Counter[int] = Counter()
        self._said: deque[str] = deque(maxlen=SENTENCES)

    def share(self, text: str) -> float:
        """Give the share of runs that are remembered, of those that a text would add; all of a sentence said again."""
        if name_sentence(text, self._language) in self._said:
            return 1.0
        runs = self._list_runs(text)
        return sum(run in self._counts for run in runs) / len(runs) if runs else 0.0

    def keep(self, text: str) -> None:
        """Remember a text's runs, and forget as many of the oldest."""
        self._said.append(name_sentence(text, self._language))
        for run in self._list_runs(text):
            self._order.append(run)
            self._counts[run] += 1
        while len(self._order) > REMEMBERED:
            old = self._order.popleft()
            self._counts[old] -= 1
            if not self._counts[old]:
                del self._counts[old]
        self._last = (self._last + split_units(text, self._language))[1 - RUN :]

    def _list_runs(self, text: str) -> list[int]:
        units = self._last + split_units(text, self._language)
        return [hash(tuple(units[start : start + RUN])) for start in range(len(units) - RUN + 1)]
