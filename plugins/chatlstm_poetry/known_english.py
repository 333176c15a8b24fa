"""Which lines of English verse are known: no poem repeats one whole."""

from collections.abc import Iterable, Iterator

from chatlstm_poetry.known_lines import read_known_lines
from chatlstm_poetry.pronunciation import list_words

LEAST_WORDS = 4  # shorter lines are anybody's


def is_known(line: str) -> bool:
    """Tell whether a line of four words or more stands in the training text, signs and capitals aside.

    Example:
        >>> is_known("Tyger, Tyger"), is_known("A seven-eyed umbrella sang to me and you")
        (False, False)
    """
    words = list_words(line.lower())
    return len(words) >= LEAST_WORDS and " ".join(words) in read_known_lines("en")


def name_lines(lines: Iterable[str]) -> Iterator[str]:
    """Give what ``known_lines_en.bin`` holds of some lines, for ``write_known_lines``.

    Args:
        lines: Any lines, their words in the order in which they are read.

    Example:
        >>> list(name_lines(["Because I could not stop for Death,", "Too short."]))
        ['because i could not stop for death']
    """
    for line in lines:
        words = list_words(line.lower())
        if len(words) >= LEAST_WORDS:
            yield " ".join(words)
