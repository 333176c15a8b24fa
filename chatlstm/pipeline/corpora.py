"""Training text, from where it lies to records."""

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from chatlstm.errors import MissingError, MisuseError
from chatlstm.pipeline.catalogue import Source, catalogue_folder, read_catalogue, tell_origin
from chatlstm.pipeline.readers import READERS
from chatlstm.pipeline.text_files import Row, read_rows, read_tables
from chatlstm.records import Record

__all__ = [
    "Source",
    "catalogue_folder",
    "format_record",
    "holds_file",
    "read_catalogue",
    "read_domain",
    "read_own_records",
    "read_source",
]


def read_domain(domain: str, corpora: Path, *, language: str) -> Iterator[Record]:
    """Read every source of a domain, in the order of their names.

    Args:
        domain: Name of the plugin.
        corpora: Folder of the downloaded files.
        language: ``"en"`` or ``"zh"``.

    Returns:
        The records; the same ones in the same order for the same files.

    Raises:
        MissingError: A source is not there.
        MisuseError: A source cannot be read.

    Example:
        >>> list(read_domain("sonnets", Path("corpora"), language="en"))
        []
    """
    for source in read_catalogue(domain, language=language):
        yield from read_source(source, corpora)


def read_own_records(domain: str, *, language: str) -> Iterator[Record]:
    """Read what was written by hand for a domain; it is part of the program.

    Args:
        domain: Name of the plugin.
        language: ``"en"`` or ``"zh"``.

    Returns:
        The records.

    Example:
        >>> next(read_own_records("dialogue", language="en")).turns
        ('Hello.', 'Hello! What would you like to talk about?')
    """
    for source in read_catalogue(domain, language=language):
        if source.own:
            yield from read_source(source, catalogue_folder())


def read_source(source: Source, corpora: Path) -> Iterator[Record]:
    """Read one source.

    Args:
        source: An entry of the catalogue.
        corpora: Folder of the downloaded files. The project's own text is read from the catalogue
            and a package's from where it is installed.

    Returns:
        The records in the order of the source.

    Raises:
        MissingError: The file or package is not there.
        MisuseError: It is another file than the catalogue means, or a row cannot be read.
    """
    if source.reader not in READERS:
        known = ", ".join(sorted(READERS))
        raise MisuseError(f"{source.name}: no reader '{source.reader}'; known: {known}")
    rows = _rows(source, corpora)
    try:
        for turns, document in READERS[source.reader](rows, source.filters):
            yield Record(source.domain, turns, source.name, source.weight, document)
    except MisuseError as error:
        raise MisuseError(f"{source.name}: {error}") from error


def format_record(record: Record) -> str:
    """Write a record as a line of JSON, the same for the same record.

    Example:
        >>> format_record(Record("story", ("Once.",), "tales"))
        '{"domain": "story", "turns": ["Once."], "source": "tales", "weight": 1.0, "document": ""}'
    """
    return json.dumps(asdict(record), ensure_ascii=False)


def holds_file(source: Source, corpora: Path) -> bool:
    """Tell whether the very file that an entry means is in the folder of downloaded corpora."""
    path = corpora / source.file
    return path.is_file() and _digest(path) == source.sha256


def _rows(source: Source, corpora: Path) -> Iterator[Row]:
    if source.package:
        yield from _package_rows(source)
        return
    folder = catalogue_folder() / source.domain if source.own else corpora
    path = folder / (source.own or source.file)
    if source.own and path.is_dir():
        yield from read_tables(path)
        return
    if not path.is_file():
        raise MissingError(
            f"{source.name}: no {path.name} in {folder}; chatlstm corpora fetch {source.name}"
        )
    if source.sha256:
        _check_digest(path, source)
    with path.open("rb") as file:
        for _, row in read_rows(file, path.name):
            yield row


def _check_digest(path: Path, source: Source) -> None:
    found = _digest(path)
    if found != source.sha256:
        raise MisuseError(
            f"sha256 of {path} is {found[:12]}..., the catalogue has "
            f"{source.sha256[:12]}...; {tell_origin(source)}"
        )


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _package_rows(source: Source) -> Iterator[Row]:
    name, _, version = source.package.partition("==")
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingError(
            f"{source.name}: is in the package {name}; pip install {source.package}"
        ) from error
    if installed != version:
        raise MissingError(
            f"{source.name}: needs {source.package}, installed is {installed}; "
            f"pip install {source.package}"
        )
    # found without importing the package: its code is not needed
    distribution = importlib.metadata.distribution(name)
    for member in source.members:
        if member.endswith("/"):
            yield from _python_rows(distribution, member)
            continue
        path = Path(str(distribution.locate_file(member)))
        if not path.is_file():
            raise MissingError(f"{source.name}: no {member} in {name} {version}")
        yield from _json_rows(path) if member.endswith(".json") else _yaml_rows(path)


def _python_rows(distribution: importlib.metadata.Distribution, folder: str) -> Iterator[Row]:
    """Give the Python files of a folder of a package, in the order of their names."""
    for file in sorted(map(str, distribution.files or ())):
        if file.startswith(folder) and file.endswith(".py"):
            path = Path(str(distribution.locate_file(file)))
            yield {"title": file, "text": path.read_text(encoding="utf-8")}


def _json_rows(path: Path) -> Iterator[Row]:
    yield from json.loads(path.read_text(encoding="utf-8")).values()


def _yaml_rows(path: Path) -> Iterator[Row]:
    try:
        import yaml  # noqa: PLC0415 - an extra, for this corpus alone
    except ImportError as error:
        raise MissingError(f"{path.name} is YAML; pip install PyYAML") from error
    for turns in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]:
        yield {"turns": [str(turn) for turn in turns]}
