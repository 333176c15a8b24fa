"""A person's own text: files, folders and patterns, read as records."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from chatlstm.errors import MissingError, MisuseError
from chatlstm.pipeline.cutting import cut_record
from chatlstm.pipeline.text_files import Row, read_paragraphs, read_rows, strip_compression
from chatlstm.records import Record

__all__ = ["OwnText", "list_files", "read_records"]


def list_files(named: Iterable[Path]) -> tuple[Path, ...]:
    """List the files that a person named.

    Args:
        named: Files; folders, of which every ``.jsonl`` and ``.txt`` is meant, compressed or not,
            in whatever folder below; and patterns such as ``shards/*.jsonl`` or
            ``texts/**/*.txt``.

    Returns:
        The files: what was named first comes first, the files of a folder or a pattern are sorted
        by their paths, and a file named twice comes once.

    Raises:
        MissingError: A file is not there, a folder holds no text, or a pattern matches no file.

    Example:
        >>> folder = Path(__file__).parent
        >>> [path.name for path in list_files([folder / "own_t*.py", folder / "c*[gn].py"])]
        ['own_text.py', 'cleaning.py', 'cutting.py']
    """
    return tuple(dict.fromkeys(path for one in named for path in _list_named(one)))


def read_records(path: Path, *, domain: str = "") -> Iterator[Record]:
    """Read a person's own text, however large; a text too long for one record is cut.

    Args:
        path: JSON Lines, each an object with the strings ``prompt`` and ``reply``, the list
            ``turns``, or the string ``text``; or plain text (``.txt``), where empty lines part
            the records and, for dialogue, each line is a turn. Either may end in ``.xz`` or
            ``.gz``.
        domain: Name of the plugin it is for; empty is the plugin whose ``records`` gives them.

    Returns:
        The records in the order of the file, their source being the file's name.

    Raises:
        MissingError: There is no such file.
        MisuseError: A line is not what it should be; the message names file and line.

    Example:
        >>> from chatlstm.pipeline.catalogue import catalogue_folder
        >>> path = catalogue_folder() / "dialogue" / "own_en.jsonl"
        >>> next(read_records(path, domain="dialogue")).turns
        ('Hello.', 'Hello! What would you like to talk about?')
    """
    if not path.is_file():
        raise MissingError(f"no file {path}")
    with path.open("rb") as file:
        yield from _read_open(file, path.name, domain)


class OwnText:
    """A person's own files, read one after the other, and how far reading has come.

    Args:
        files: What to read.
        domain: Name of the plugin they are for.

    Example:
        >>> text = OwnText((), "story")
        >>> (list(text.read()), text.size, text.bytes_read)
        ([], 0, 0)
    """

    def __init__(self, files: tuple[Path, ...], domain: str) -> None:
        self._files = files
        self._domain = domain
        self.size = sum(path.stat().st_size for path in files)
        self.bytes_read = 0

    def read(self) -> Iterator[Record]:
        """Read all files anew; ``bytes_read`` rises with it, from 0 to ``size``."""
        self.bytes_read = before = 0
        for path in self._files:
            with path.open("rb") as file:
                for record in _read_open(file, path.name, self._domain):
                    self.bytes_read = before + file.tell()
                    yield record
            before += path.stat().st_size
            self.bytes_read = before


def _list_named(named: Path) -> list[Path]:
    if named.is_file():
        return [named]
    if named.is_dir():
        inside = (path.relative_to(named) for path in named.rglob("*"))
        found = [named / path for path in inside if _is_text(path) and (named / path).is_file()]
        missing = f"no .jsonl and no .txt file in the folder {named}"
    else:
        found = [Path(one) for one in glob.iglob(str(named), recursive=True) if Path(one).is_file()]
        missing = f"no file matches {named}" if glob.has_magic(str(named)) else f"no file {named}"
    if not found:
        raise MissingError(missing)
    return sorted(found, key=Path.as_posix)


def _is_text(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and strip_compression(path.name).endswith((".jsonl", ".txt"))


def _read_open(file: BinaryIO, name: str, domain: str) -> Iterator[Record]:
    if not strip_compression(name).endswith(".txt"):
        for turns in _read_turns(file, name):
            yield from cut_record(Record(domain, turns, name))
        return
    for lines in read_paragraphs(file, name):
        yield Record(domain, tuple(lines) if domain == "dialogue" else ("\n".join(lines),), name)


def _read_turns(file: BinaryIO, name: str) -> Iterator[tuple[str, ...]]:
    for number, row in read_rows(file, name):
        turns = _own_turns(row)
        if not turns or not all(turns):
            raise MisuseError(f"{name}:{number}: needs the strings 'prompt' and 'reply'")
        try:
            "".join(turns).encode()
        except UnicodeEncodeError as error:
            raise MisuseError(f"{name}:{number}: holds half a character, an unpaired surrogate") from error
        yield turns


def _own_turns(row: Row) -> tuple[str, ...]:
    found = row.get("turns")
    if not isinstance(found, list):
        found = [row.get(key) for key in (("text",) if "text" in row else ("prompt", "reply"))]
    return tuple(one.strip() if isinstance(one, str) else "" for one in found)
