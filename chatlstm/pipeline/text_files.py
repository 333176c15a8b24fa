"""Text files read piece by piece, plain or compressed; no piece is larger than asked for."""

import gzip
import io
import json
import lzma
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from chatlstm.errors import MisuseError
from chatlstm.pipeline.cutting import MOST_CHARACTERS, cut_text

MOST_LINE = 2**24  # characters of a JSON Lines record

Row = Mapping[str, object]


def strip_compression(name: str) -> str:
    """Give a file's name without ``.xz`` or ``.gz``.

    Example:
        >>> strip_compression("notes.txt.gz")
        'notes.txt'
    """
    return name.removesuffix(".xz").removesuffix(".gz")


def read_rows(file: BinaryIO, name: str, *, most: int = MOST_LINE) -> Iterator[tuple[int, Row]]:
    """Read JSON Lines.

    Args:
        file: Opened at its beginning; its place tells how much was read.
        name: Of the file; its end tells how it is compressed.
        most: Characters of a line at most.

    Yields:
        The number of each line that is not empty, from 1, and the object it holds.

    Raises:
        MisuseError: A line is too long or no JSON object; the message names file and line.
    """
    for number, line in enumerate(_read_lines(file, name, most), start=1):
        if not line.strip():
            continue
        if len(line) == most and not line.endswith("\n"):
            raise MisuseError(f"{name}:{number}: is longer than {most:,} characters; give each record a line")
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise MisuseError(f"{name}:{number}: is not JSON; {error}") from error
        if not isinstance(row, dict):
            raise MisuseError(f"{name}:{number}: needs a JSON object")
        yield number, row


def read_tables(folder: Path) -> Iterator[Row]:
    """Read the tables of every TOML file of a folder, in the order of the files' names.

    Args:
        folder: Files that hold nothing but tables, such as ``[sum_of_list]``.

    Yields:
        The tables, each with its name as ``id``.

    Raises:
        MisuseError: A file is not TOML or has a key outside a table; the message names the file.
    """
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise MisuseError(f"{path.name}: {error}") from error
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise MisuseError(f"{path.name}: '{name}' stands outside a table")
            yield {"id": name, **table}


def read_paragraphs(file: BinaryIO, name: str, *, most: int = MOST_CHARACTERS) -> Iterator[list[str]]:
    """Read plain text, parted at empty lines.

    Args:
        file: Opened at its beginning; its place tells how much was read.
        name: Of the file; its end tells how it is compressed.
        most: Characters of a paragraph at most; a longer one is parted at the end of a line, a
            longer line at the end of a sentence, as if an empty line stood there.

    Yields:
        The lines of each paragraph, without blanks around them.
    """
    held: list[str] = []
    length = 0
    for line in _cut_lines(file, name, most):
        if held and (not line or length + len(line) > most):
            yield held
            held, length = [], 0
        if line:
            held.append(line)
            length += len(line) + 1
    if held:
        yield held


def _cut_lines(file: BinaryIO, name: str, most: int) -> Iterator[str]:
    """Read lines without blanks around them, those too long in pieces."""
    held = ""
    for part in _read_lines(file, name, most):
        held += part
        ended = held.endswith("\n")
        *pieces, held = cut_text(held.strip() if ended else held, most) or [""]
        yield from pieces
        if ended:
            yield held
            held = ""
    if held.strip():
        yield held.strip()


def _read_lines(file: BinaryIO, name: str, most: int) -> Iterator[str]:
    """Read lines with their ends, those too long in pieces without one."""
    text = _decode(file, name)
    try:
        while part := text.readline(most):
            yield part
    except UnicodeDecodeError as error:
        raise MisuseError(f"{name}: is not UTF-8 text; save it as UTF-8") from error
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise MisuseError(f"{name}: is not a whole {Path(name).suffix} file; {error}") from error
    finally:
        text.detach()  # or it would close the file, which is not its own


def _decode(file: BinaryIO, name: str) -> io.TextIOWrapper:
    if name.endswith(".xz"):
        return io.TextIOWrapper(lzma.open(file), encoding="utf-8-sig")
    if name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(file), encoding="utf-8-sig")
    return io.TextIOWrapper(file, encoding="utf-8-sig")
