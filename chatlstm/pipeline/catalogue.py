"""The catalogue of training text: what it is, whose it is, and where a person gets it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from chatlstm.errors import MissingError, MisuseError

_KINDS = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple[str, ...]: "a list of strings",
    Mapping[str, str]: "a table of strings",
}


@dataclass(frozen=True)
class Filters:
    """What of a source is left out, and how the rest is shaped. 0 and empty mean "not applied".

    Args:
        max_words: A dialogue is cut at a turn longer than so many words; an article after them.
        max_characters: A Chinese dialogue is cut at a turn longer than so many characters.
        min_turns: Dialogues of fewer turns are dropped, counted before any cut.
        drop_phrases: A dialogue is cut at a turn that holds one of these, in any case; a tale with one is dropped,
            and a poem to a tune of that name.
        drop_words: A record that holds one of these words is dropped. The TOML key names a list
            beside the entry, a word a line.
        style: Name put before most texts as a turn of its own, so that it can be asked for.
        styles: Keep only rows whose ``style`` is one of these.
        drop_categories: Short news whose ``category`` is one of these are dropped.
        detokenise: The source has blanks before its punctuation.
        keywords: How many keywords head an article at most.
        chunk_characters: A long text is cut into records of about so many characters.
        books: Title of each book to keep, and the words its first chapter begins with.
    """

    max_words: int = 0
    max_characters: int = 0
    min_turns: int = 0
    drop_phrases: tuple[str, ...] = ()
    drop_words: tuple[str, ...] = ()
    style: str = ""
    styles: tuple[str, ...] = ()
    drop_categories: tuple[str, ...] = ()
    detokenise: bool = False
    keywords: int = 0
    chunk_characters: int = 0
    books: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One entry of the catalogue.

    Exactly one of ``own``, ``file`` and ``package`` says where the text is.

    Args:
        name: Name of the entry, that of its TOML file.
        domain: Plugin whose records it gives.
        language: ``"en"``, ``"zh"`` or ``"code"``.
        licence: The licence's short name, such as ``"CC-BY-4.0"``.
        licence_class: ``"A"`` asks at most to be named; ``"B"`` is share-alike.
        attribution: Whom to name.
        address: Where a person finds the original; empty where no lasting place is known.
        reader: Name of the reader that turns its rows into records.
        original: Which part of what is at the address the rows were made of; empty where it is all of it.
        weight: How often an epoch shows each record.
        own: Name of a file of the project's own, in the catalogue folder, or of a folder of TOML files.
        file: Name of a file in the folder of downloaded corpora.
        package: Requirement of a Python package that holds it, such as ``"some-corpus==1.0"``.
        members: Files of that package, in reading order; a name that ends with ``/`` means the
            Python files in that folder.
        download: Where that very file is fetched from by http or https; empty where there is no such place.
        sha256: Hex digest of the file; empty for a package or the project's own text.
        filters: What was left out.
    """

    name: str
    domain: str
    language: str
    licence: str
    licence_class: str
    attribution: str
    address: str
    reader: str
    original: str = ""
    weight: float = 1.0
    own: str = ""
    file: str = ""
    package: str = ""
    members: tuple[str, ...] = ()
    download: str = ""
    sha256: str = ""
    filters: Filters = field(default_factory=Filters)


def catalogue_folder() -> Path:
    """Give the folder of the catalogue: inside the package, or beside it in a checkout.

    Raises:
        MissingError: Neither is there.
    """
    return find_catalogue(Path(__file__).resolve().parents[1])


def find_catalogue(package: Path) -> Path:
    """Give the folder ``corpora`` inside a package, or else the one beside it.

    Args:
        package: The folder of the installed package ``chatlstm``.

    Raises:
        MissingError: Neither is there.
    """
    for folder in (package / "corpora", package.parent / "corpora"):
        if folder.is_dir():
            return folder
    raise MissingError(f"no catalogue at {package / 'corpora'}; install chatlstm again")


def read_catalogue(domain: str, *, language: str | None = None) -> list[Source]:
    """Read the entries of a domain.

    Args:
        domain: Name of the plugin, such as ``"dialogue"``.
        language: Keep only entries of this language.

    Returns:
        The entries by name; none where the catalogue has no such domain.

    Raises:
        MisuseError: An entry has an unknown, missing or mistyped key.

    Example:
        >>> [source.licence for source in read_catalogue("dialogue", language="en") if source.own]
        ['CC0-1.0']
    """
    paths = sorted((catalogue_folder() / domain).glob("*.toml"))
    entries = [read_entry(path) for path in paths]
    return [entry for entry in entries if language is None or entry.language == language]


def find_entries(names: Iterable[str]) -> dict[str, Source | None]:
    """Find the entries of sources that are named as ``domain/source``.

    Returns:
        The entry of each name; None for a person's own text, which the catalogue does not have.

    Example:
        >>> found = find_entries(["dialogue/own_en", "dialogue/letters.txt"])
        >>> [entry and entry.licence for entry in found.values()]
        ['CC0-1.0', None]
    """
    found: dict[str, Source | None] = {}
    for name in names:
        domain, _, source = name.partition("/")
        entries = {entry.name: entry for entry in read_catalogue(domain)}
        found[name] = entries.get(source)
    return found


def read_entry(path: Path) -> Source:
    """Read one entry.

    Args:
        path: The TOML file; its folder is the domain, its stem the name.

    Returns:
        The entry, checked.

    Raises:
        MisuseError: It is not TOML, or has an unknown, missing, mistyped or contradicting key.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MisuseError(f"{path}: {error}") from error
    filters = table.pop("filters", {})
    if not isinstance(filters, dict):
        raise MisuseError(f"{path}: filters: needs a table, got {filters!r}")
    if isinstance(filters.get("drop_words"), str):
        filters["drop_words"] = _read_words(path.parent / filters["drop_words"])
    checked = Filters(**_checked(Filters, filters, path))
    source = Source(**_checked(Source, table, path), filters=checked)
    _check_source(source, path)
    return source


def tell_origin(source: Source) -> str:
    """Tell in a clause where the original of a source's text is.

    Example:
        >>> (source,) = (one for one in read_catalogue("code") if one.name == "mbpp")
        >>> tell_origin(source)
        'the original is mbpp/mbpp.jsonl, the tasks 1 to 10 and 511 to 974, at https://...'
    """
    if not source.address:
        return "no lasting address of the original is known"
    part = f"{source.original}, " if source.original else ""
    return f"the original is {part}at {source.address}"


def _read_words(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MisuseError(f"{path}: drop_words names it, but it cannot be read") from error
    return [line for line in lines if line and not line.startswith("#")]


def _checked(
    kind: type[Filters] | type[Source], table: Mapping[str, object], path: Path
) -> dict[str, Any]:  # Any: values of every kind, each checked against its field
    known = {one.name: one for one in fields(kind) if one.name != "filters"}
    for key in table:
        if key not in known:
            raise MisuseError(f"{path}: unknown key '{key}'; known: {', '.join(sorted(known))}")
    for key, one in known.items():
        if one.default is MISSING and one.default_factory is MISSING and key not in table:
            raise MisuseError(f"{path}: needs the key '{key}'")
    return {key: _typed(value, known[key].type, f"{path}: {key}") for key, value in table.items()}


def _typed(value: object, kind: Any, place: str) -> object:  # Any: a type or an alias of one
    if type(value) is kind:
        return value
    if kind is float and type(value) is int:
        return float(value)
    if kind == tuple[str, ...] and isinstance(value, list) and _all_texts(value):
        return tuple(value)
    if kind == Mapping[str, str] and isinstance(value, dict) and _all_texts(value.values()):
        return value
    raise MisuseError(f"{place}: needs {_KINDS[kind]}, got {value!r}")


def _all_texts(values: Iterable[object]) -> bool:
    return all(isinstance(one, str) for one in values)


def _check_source(source: Source, path: Path) -> None:
    if source.name != path.stem or source.domain != path.parent.name:
        raise MisuseError(
            f"{path}: name and domain must be '{path.stem}' and '{path.parent.name}', "
            f"got '{source.name}' and '{source.domain}'"
        )
    if sum(map(bool, (source.own, source.file, source.package))) != 1:
        raise MisuseError(f"{path}: needs exactly one of the keys 'own', 'file' and 'package'")
    if source.licence_class not in ("A", "B"):
        raise MisuseError(f"{path}: licence_class must be 'A' or 'B', got '{source.licence_class}'")
    if not source.weight > 0:
        raise MisuseError(f"{path}: weight must be positive, got {source.weight}")
    if source.file and not source.sha256:
        raise MisuseError(f"{path}: needs the key 'sha256' beside 'file'")
    if source.download and not (source.file and source.download.startswith(("https://", "http://"))):
        raise MisuseError(f"{path}: 'download' needs the key 'file' and an address of http or https")
