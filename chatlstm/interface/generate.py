"""``chatlstm generate``: one text, or many, for a script."""

import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import click

from chatlstm.engine.api import Generator, Piece
from chatlstm.errors import ConstraintError, MisuseError
from chatlstm.interface.assemble import assemble_plugin, engine_loader
from chatlstm.interface.batch import answer_batch
from chatlstm.interface.cleaning import StreamCleaner
from chatlstm.interface.command import SettingsCommand
from chatlstm.interface.generation import (
    Generated,
    Writer,
    check_prompt,
    describe_text,
    read_options,
    write_text,
)
from chatlstm.interface.output import say, show_json

MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class GenerateSettings:
    """What is written, and in which form it is printed.

    Args:
        plugin: Name of a plugin, or path of a ``.py`` file that holds one.
        prompt: The words of the prompt; none means standard input.
        options: The plugin's options, each ``KEY=VALUE``.
        n: How many texts, ``>= 1``; each takes the next seed.
        seed: Seed of the first text.
        checkpoint: Name or path of the checkpoint; None is the starter of each prompt's language.
        device: Where to compute; None is the CPU.
        form: The bare text, one JSON object, or an object a line.
        batch: A file of prompts, a prompt a line, ``-`` being standard input.
        output: The file that the answers of a batch are added to; None is standard output.

    Raises:
        MisuseError: Two of them contradict each other.
    """

    plugin: str
    prompt: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    n: int = 1
    seed: int = 0
    checkpoint: str | None = None
    device: str | None = None
    form: Literal["text", "json", "jsonl"] = "text"
    batch: str | None = None
    output: Path | None = None

    def __post_init__(self) -> None:
        rules = (
            (self.form == "json" and self.n > 1, "--json prints one object; with -n take --jsonl"),
            (self.batch and self.form == "json", "--batch prints an object a line; take --jsonl"),
            (self.batch and self.prompt, "--batch reads the prompts; leave out PROMPT"),
            (self.batch and self.n > 1, "--batch writes one text a prompt; leave out -n"),
            (self.output and not self.batch, "--output goes with --batch; or redirect with >"),
        )
        for broken, rule in rules:
            if broken:
                raise MisuseError(rule)


@click.command(cls=SettingsCommand)
@click.argument("plugin", metavar="PLUGIN")
@click.argument("prompt", nargs=-1, metavar="[PROMPT]...")
@click.option("-o", "options", metavar="KEY=VALUE", multiple=True, help="Set a plugin's option.")
@click.option("-n", "n", type=click.IntRange(1), default=1, help="How many texts; seeds count up.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Same seed, same text.")
@click.option("--checkpoint", metavar="NAME", help="The model; the starter of the language if not named.")
@click.option("--device", metavar="cuda|mps|cpu", help="Where to compute; the CPU if not named.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Print a JSON object a line.")
@click.option("--batch", metavar="FILE", help="A prompt a line, '-' for standard input.")
@click.option("-O", "--output", metavar="FILE", help="Add a batch's answers to this file.")
def generate(context: click.Context) -> None:
    """Write one text, or many, for a script.

    PROMPT is read from standard input where it is piped. With --batch and --output the same
    command goes on where it was stopped; to answer a line again, delete it and those after it.
    """
    values = context.params
    seed = values["seed"]
    settings = GenerateSettings(
        plugin=values["plugin"],
        prompt=values["prompt"],
        options=values["options"],
        n=values["n"],
        seed=secrets.randbelow(MAX_SEED) if seed is None else seed,
        checkpoint=values["checkpoint"],
        device=values["device"],
        form=values["form"] or "text",
        batch=values["batch"],
        output=Path(values["output"]) if values["output"] else None,
    )
    _, domain = assemble_plugin(settings.plugin)
    options = split_options(settings.options)
    read_options(domain, options)
    writer = Writer(domain, choose_loader(settings, domain.languages), options)
    if settings.batch:
        answer_batch(_read_batch(settings.batch), writer, settings.seed, settings.output)
        return
    prompt = check_prompt(" ".join(settings.prompt) if settings.prompt else _read_input())
    _print_texts(writer, prompt, settings)


def choose_loader(settings: GenerateSettings, languages: Sequence[str]) -> Callable[[str], Generator]:
    """Give what loads the model for a language, once each: the checkpoint named, or else the starters.

    Raises:
        MissingError: There is no such checkpoint, or no starter of any of the languages.
    """
    if settings.checkpoint is not None:
        load = cache(engine_loader(settings.checkpoint, settings.device))
        return lambda language: load()
    engine_loader(languages[0], settings.device)
    return cache(lambda language: engine_loader(language, settings.device)())


def split_options(pairs: tuple[str, ...]) -> dict[str, str]:
    """Split ``KEY=VALUE`` pairs.

    Raises:
        MisuseError: One has no ``=``.

    Example:
        >>> split_options(("temperature=0.5",))
        {'temperature': '0.5'}
    """
    options = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise MisuseError(f"-o takes KEY=VALUE, got {pair!r}")
        options[name.strip()] = value.strip()
    return options


def _read_input() -> str:
    if sys.stdin.isatty():
        raise MisuseError("no prompt; give some words after the plugin's name, or pipe them in")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError as error:
        raise MisuseError("standard input is not UTF-8 text; convert it with iconv") from error


def _read_batch(place: str) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise MisuseError(f"{place}: cannot be read: {error.strerror}") from error
    return content.removeprefix(b"\xef\xbb\xbf").splitlines()


def _print_texts(writer: Writer, prompt: str, settings: GenerateSettings) -> None:
    unmet = []
    for seed in range(settings.seed, settings.seed + settings.n):
        if settings.form == "text":
            if seed > settings.seed:
                say("")
            generated = _print_text(writer, prompt, seed)
        else:
            generated = write_text(writer, prompt, seed=seed)
            show_json(describe_text(writer, generated), indent=1 if settings.form == "json" else None)
        if generated.finish == "interrupted":
            raise KeyboardInterrupt
        if generated.finish == "constraint":
            unmet.append(str(generated.details.get("unmet", "a promised form could not be met")))
    if unmet:
        raise ConstraintError(unmet[0])


def _print_text(writer: Writer, prompt: str, seed: int) -> Generated:
    """Print a text as it comes, and end its last line whatever stops it."""
    cleaner = StreamCleaner() if sys.stdout.isatty() else None
    told = ""

    def show(piece: Piece) -> None:
        nonlocal told
        told = piece.text or told
        print(cleaner.feed(piece.text) if cleaner else piece.text, end="", flush=True)

    try:
        return write_text(writer, prompt, seed=seed, show=show)
    finally:
        rest = cleaner.close() if cleaner else ""
        if told and not told.endswith("\n"):
            rest += "\n"
        print(rest, end="", flush=True)
