"""From what ``chatlstm train`` was asked to a run that is ready to train."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chatlstm.engine.checkpoint import find_checkpoint
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.errors import ChatLSTMError, MissingError, MisuseError
from chatlstm.interface.assemble import (
    assemble_registry,
    checkpoint_folders,
    choose_torch_device,
    corpora_folder,
)
from chatlstm.interface.output import tell
from chatlstm.interface.settings import TrainSettings
from chatlstm.pipeline.corpora import read_records
from chatlstm.pipeline.domain import Domain, list_records
from chatlstm.records import Record

if TYPE_CHECKING:
    from chatlstm.engine.run import Start
    from chatlstm.tokens.tokenizer import Tokenizer


def prepare(settings: TrainSettings, folder: Path) -> None:
    """Read the text, cut it into tokens, and write down what to do with it.

    Args:
        settings: What was asked.
        folder: The run's folder.

    Raises:
        ChatLSTMError: A plugin, checkpoint or text is missing or cannot be used.
    """
    read = choose_text(settings)
    if settings.scratch:
        _prepare_from_nothing(settings, folder, read)
    else:
        _prepare_from_checkpoint(settings, folder, read)


def choose_text(settings: TrainSettings) -> Callable[[], Iterator[Record]]:
    """Give a function that reads the training text anew each time it is called.

    Raises:
        MissingError: There is no plugin of a name, or no file of a person's own text.
    """
    registry = assemble_registry()
    domains = [registry.find(name) for name in settings.plugins]
    for path in settings.corpus:
        if not path.is_file():
            raise MissingError(f"no file {path}")
    if settings.corpus:
        return lambda: _read_own(settings.corpus, domains[0])
    corpora = settings.corpora or corpora_folder()
    return lambda: _read_plugins(domains, corpora)


def make_training_config(settings: TrainSettings) -> TrainingConfig:
    """Fill what was left open: many small steps first from nothing, short and gentle from a checkpoint."""
    minutes = settings.minutes
    if (minutes, settings.tokens, settings.epochs) == (None, None, None):
        minutes = 150.0 if settings.scratch else 10.0
    return TrainingConfig(
        Budget(minutes, settings.tokens, settings.epochs),
        seed=settings.seed,
        batch_size=settings.batch_size or (64 if settings.scratch else 16),
        backprop_steps=settings.backprop_steps or 64,
        learning_rate=settings.learning_rate or (3e-3 if settings.scratch else 1e-3),
        small_batches=0.02 if settings.scratch else 0.0,
        patience=settings.patience or (8 if settings.scratch else 4),
    )


def _prepare_from_nothing(
    settings: TrainSettings, folder: Path, read: Callable[[], Iterator[Record]]
) -> None:
    from chatlstm.engine.run import learn_tokenizer

    tell("reading the text and learning its vocabulary")
    tokenizer = learn_tokenizer(read(), settings.language, settings.vocabulary_size or 8192)
    dropout = 0.1 if settings.dropout is None else settings.dropout
    network = NetworkConfig(
        tokenizer.vocabulary_size,
        settings.hidden_size or 512,
        settings.num_layers or 3,
        residual=not settings.plain,
        hidden_dropout=dropout,
        output_dropout=dropout,
    )
    _write_run(settings, folder, read, (tokenizer, network, None))


def _prepare_from_checkpoint(
    settings: TrainSettings, folder: Path, read: Callable[[], Iterator[Record]]
) -> None:
    found = find_checkpoint(settings.start or settings.language, checkpoint_folders())
    from dataclasses import replace

    from chatlstm.engine.run import Start
    from chatlstm.engine.weights import load_checkpoint

    loaded, tokenizer, config = load_checkpoint(found, choose_torch_device("cpu"))
    dropout = 0.2 if settings.dropout is None else settings.dropout
    network = replace(config.network, hidden_dropout=dropout, output_dropout=dropout)
    _write_run(settings, folder, read, (tokenizer, network, Start(loaded.state_dict(), config)))


def _write_run(
    settings: TrainSettings,
    folder: Path,
    read: Callable[[], Iterator[Record]],
    parts: "tuple[Tokenizer, NetworkConfig, Start | None]",
) -> None:
    from chatlstm.engine.device import prefers_bfloat16
    from chatlstm.engine.run import RunConfig, prepare_run, read_held_out

    tokenizer, network, start = parts
    tell("cutting the text into tokens")
    config = RunConfig(
        language=settings.language if start is None else start.config.language,
        domains=settings.plugins,
        network=network,
        training=make_training_config(settings),
        bfloat16=prefers_bfloat16(choose_torch_device(settings.device), size=network.hidden_size),
        start="" if start is None else start.config.identity,
    )
    prepare_run(folder, read, tokenizer, config, start)
    notices = {
        "one in ten": "there is little text: one document in ten is held out to validate on",
        "none": "there is a single document: it is validated on itself, which tells nothing of new text",
    }
    if read_held_out(folder) in notices:
        tell(notices[read_held_out(folder)])


def _read_own(paths: tuple[Path, ...], domain: Domain) -> Iterator[Record]:
    for path in paths:
        yield from read_records(path, domain=domain.name)


def _read_plugins(domains: list[Domain], corpora: Path) -> Iterator[Record]:
    for domain in domains:
        count = 0
        try:
            for record in list_records(domain, corpora):
                count += 1
                yield record
        except ChatLSTMError:
            raise
        except Exception as error:  # whatever a stranger's plugin does
            raise ChatLSTMError(
                f"the plugin {domain.name!r} failed while giving its text: {type(error).__name__}: {error}"
            ) from error
        if not count:
            raise MisuseError(f"the plugin {domain.name!r} brings no text to train on; give --corpus PATH")
