"""What all readers share: strings out of rows, and the turns they make of them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.text_files import Row

Draft = tuple[tuple[str, ...], str]  # turns, and the document that must not be split
Reader = Callable[[Iterable[Row], Filters], Iterator[Draft]]

UNMARKED = 15  # in a hundred texts that stand without their style, so that it may be left out


def text_of(row: Row, key: str) -> str:
    """Take a string out of a row.

    Raises:
        MisuseError: The row has no such string.
    """
    value = row.get(key)
    if not isinstance(value, str):
        raise MisuseError(f"needs the string '{key}'")
    return value


def texts_of(row: Row, key: str) -> list[str]:
    """Take a list of strings out of a row.

    Raises:
        MisuseError: The row has no such list.
    """
    value = row.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise MisuseError(f"needs the list of strings '{key}'")
    return value


def read_table(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that their plugin alone understands: each becomes a turn of JSON, for it to unfold.

    Example:
        >>> list(read_table([{"id": "gcd", "takes": "a: int"}], Filters()))
        [(('{"id": "gcd", "takes": "a: int"}',), '')]
    """
    for row in rows:
        yield (json.dumps(row, ensure_ascii=False),), ""


def mark_style(text: str, style: str, document: str) -> Draft:
    """Put the name of its style before a text, as a turn; 15 texts in 100 stay without.

    Which ones, the text alone decides. A text without a document becomes its own, so that the mark
    does not move it between what is trained on and what is held out.

    Args:
        text: A tale, or a chunk of one.
        style: Name of its style; empty leaves every text as it is.
        document: What must not be split, or empty.

    Example:
        >>> mark_style("A fox slept.", "grimm", "The Fox")
        (('grimm', 'A fox slept.'), 'The Fox')
    """
    if not style:
        return (text,), document
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"style").digest()
    marked = int.from_bytes(digest, "big") % 100 >= UNMARKED
    return ((style, text) if marked else (text,)), document or text
