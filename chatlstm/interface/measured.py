"""What checkpoints are measured on: what a run held out, downloaded texts, or the project's own."""

from dataclasses import dataclass
from pathlib import Path

from chatlstm.engine.checkpoint import TOKENIZER, CheckpointConfig, read_config
from chatlstm.engine.corpus import VALIDATION, TokenFile, choose_split, lay_out_records
from chatlstm.errors import MissingError
from chatlstm.interface.assemble import assemble_registry, corpora_folder
from chatlstm.pipeline.corpora import read_own_records
from chatlstm.pipeline.domain import list_records
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import read_tokenizer

TEXTS = {
    "one in forty": "held-out records",
    "one in ten": "held-out records",
    "none": "the text it was trained on, since none was held out",
    "own": "the project's own text, part of what it was trained on; --corpora FOLDER names the downloaded texts",
}


@dataclass(frozen=True)
class MeasuredText:
    """What checkpoints are measured on.

    Args:
        tokens: The records.
        held_out: What they are, in the words of ``engine.run.read_held_out``, or ``"own"``.
    """

    tokens: TokenFile
    held_out: str


def find_text(folder: Path, corpora: Path | None, run: Path) -> MeasuredText:
    """Find what to measure on: what a run held out, else downloaded texts, else the project's own.

    Args:
        folder: The checkpoint's.
        corpora: Folder of the downloaded texts; where it is named, no run is looked at.
        run: Folder of the run that made the checkpoint, if it is there.

    Raises:
        MissingError: The folder that was named lacks a text, or there is nothing at all.
    """
    from chatlstm.engine.run import read_held_out, read_text

    config, tokenizer = read_config(folder), read_tokenizer(folder / TOKENIZER)
    if corpora is None and (run / "run.json").is_file():
        cut_by, _, validation = read_text(run)
        if cut_by.definition == tokenizer.definition:
            return MeasuredText(validation, read_held_out(run))
    try:
        records = hold_out(config, corpora or corpora_folder())
    except MissingError:
        if corpora is not None:
            raise
        records = []
    if records:
        return MeasuredText(lay_out_records(records, tokenizer), "one in forty")
    own = [one for domain in config.domains for one in read_own_records(domain, language=config.language)]
    if not own:
        raise MissingError(f"no text to measure {folder.name!r} on; --corpora FOLDER names the downloaded ones")
    return MeasuredText(lay_out_records(own, tokenizer), "own")


def hold_out(config: CheckpointConfig, corpora: Path, *, split: str = VALIDATION) -> list[Record]:
    """Read the records of a checkpoint's domains that are held out, to validate on or for the test.

    Raises:
        MissingError: A plugin or a text is missing.
    """
    registry = assemble_registry()
    domains = [registry.find(name) for name in config.domains]
    listed = (one for domain in domains for one in list_records(domain, corpora, language=config.language))
    return [one for one in listed if choose_split(one) == split]
