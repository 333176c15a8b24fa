"""From what ``chatlstm train`` was asked to a run that is ready to train."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chatlstm.engine.checkpoint import find_checkpoint, read_config
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.assemble import (
    assemble_registry,
    checkpoint_folders,
    choose_torch_device,
    corpora_folder,
)
from chatlstm.interface.output import tell
from chatlstm.interface.settings import TrainSettings
from chatlstm.interface.shards import take_share
from chatlstm.pipeline.domain import Domain, list_records
from chatlstm.pipeline.own_text import OwnText, list_files
from chatlstm.records import Record

if TYPE_CHECKING:
    from chatlstm.engine.run import RunConfig, Start
    from chatlstm.engine.workers import Workers
    from chatlstm.tokens.tokenizer import Tokenizer

    Parts = tuple[Tokenizer, NetworkConfig, Start | None]

# Held-out loss of 100 kB was least after three passes or more; patience ends it where it rises.
SMALL_BYTES, SMALL_EPOCHS = 500_000, 8.0


class Text(Protocol):
    """Training text that can be read again and again, and how far reading has come.

    Args:
        size: Bytes of the whole; 0 where that is not known beforehand.
        bytes_read: Bytes read so far.
    """

    size: int
    bytes_read: int

    def read(self) -> Iterator[Record]:
        """Read it from its beginning."""
        ...


class PluginText:
    """The text that plugins bring, one after the other.

    Args:
        domains: The plugins.
        corpora: Folder of the downloaded corpora.
        language: Which of their languages.
    """

    def __init__(self, domains: Sequence[Domain], corpora: Path, language: str) -> None:
        self._domains = domains
        self._corpora = corpora
        self._language = language
        self.size = 0
        self.bytes_read = 0

    def read(self) -> Iterator[Record]:
        """Read it all anew; ``bytes_read`` counts characters.

        Raises:
            ChatLSTMError: A plugin failed, or brings no text.
        """
        self.bytes_read = 0
        for domain in self._domains:
            before = self.bytes_read
            for record in self._read(domain):
                self.bytes_read += sum(map(len, record.turns))
                yield record
            if self.bytes_read == before:
                raise MisuseError(f"the plugin {domain.name!r} brings no text to train on; give --corpus PATH")

    def _read(self, domain: Domain) -> Iterator[Record]:
        try:
            yield from list_records(domain, self._corpora, language=self._language)
        except ChatLSTMError:
            raise
        except Exception as error:  # whatever a stranger's plugin does
            raise ChatLSTMError(
                f"the plugin {domain.name!r} failed while giving its text: {type(error).__name__}: {error}"
            ) from error


def prepare(settings: TrainSettings, folder: Path, workers: "Workers") -> None:
    """Read the text, cut it into tokens, and write down what to do with it.

    The leading worker does it for all; with ``shards`` each does it with its own files, once
    the leading one has a tokenizer.

    Args:
        settings: What was asked.
        folder: The run's folder.
        workers: Who trains.

    Raises:
        ChatLSTMError: A plugin, checkpoint or text is missing or cannot be used.
    """
    if settings.shards:
        settings = take_share(settings, workers)
    if not workers.leads:
        if settings.shards:
            _prepare_share(settings, folder, workers)
        return
    from chatlstm.engine.workplace import check_rows

    check_rows(make_training_config(settings), workers)
    text = choose_text(settings)
    parts = _begin_from_nothing(settings, text) if settings.scratch else _begin_from_checkpoint(settings)
    config = _make_config(settings, parts)
    if settings.shards:
        config = replace(config, shards=workers.count)
        workers.share((asdict(config), parts[0].definition))
    _write_run(folder, text, parts, config)


def prepare_student(
    settings: TrainSettings, folder: Path, workers: "Workers", *, hidden_size: int | None, num_layers: int | None
) -> None:
    """Prepare a run in which the checkpoint that is started from teaches a smaller network.

    Args:
        settings: What was asked; ``start`` names the teacher.
        folder: The run's folder.
        workers: Who trains; the leading one prepares.
        hidden_size: Width of the student; three quarters of its teacher's if not given.
        num_layers: Layers of the student; one less than its teacher's if not given.

    Raises:
        ChatLSTMError: A plugin, checkpoint or text is missing or cannot be used, or the student
            would be larger than its teacher.
    """
    if not workers.leads:
        return
    found = find_checkpoint(settings.start or settings.language, checkpoint_folders())
    from chatlstm.engine.run import Start
    from chatlstm.engine.weights import load_checkpoint

    loaded, tokenizer, config = load_checkpoint(found, choose_torch_device("cpu"))
    large = config.network
    sizes = {
        "hidden_size": (hidden_size or -(-3 * large.hidden_size // 4), large.hidden_size),
        "num_layers": (num_layers or max(1, large.num_layers - 1), large.num_layers),
    }
    for name, (size, most) in sizes.items():
        if size > most:
            raise MisuseError(f"--{name.replace('_', '-')} must be at most its teacher's {most}, got {size}")
    network = NetworkConfig(
        large.vocabulary_size,
        sizes["hidden_size"][0],
        sizes["num_layers"][0],
        residual=large.residual,
        tie_weights=large.tie_weights,
    )
    parts = (tokenizer, network, Start(loaded.state_dict(), config))
    config_of_run = replace(_make_config(settings, parts), taught=True)
    _write_run(folder, choose_text(settings), parts, config_of_run)


def choose_text(settings: TrainSettings) -> Text:
    """Find the training text.

    Raises:
        MissingError: There is no plugin of a name, or no file of a person's own text.
    """
    registry = assemble_registry()
    domains = [registry.find(name) for name in settings.plugins]
    if settings.corpus:
        return OwnText(list_files(settings.corpus), domains[0].name)
    language = settings.language
    if not settings.scratch:
        language = read_config(find_checkpoint(settings.start or language, checkpoint_folders())).language
    return PluginText(domains, settings.corpora or corpora_folder(), language)


def make_training_config(settings: TrainSettings) -> TrainingConfig:
    """Fill what was left open: many small steps first from nothing, short and gentle from a checkpoint.

    From a checkpoint the rate falls from the start, and patience counts from there.
    """
    return TrainingConfig(
        choose_budget(settings),
        seed=settings.seed,
        batch_size=settings.batch_size or (64 if settings.scratch else 16),
        backprop_steps=settings.backprop_steps or 64,
        learning_rate=settings.learning_rate or (3e-3 if settings.scratch else 1e-3),
        decay_from=0.5 if settings.scratch else 0.0,
        small_batches=0.02 if settings.scratch else 0.0,
        patience=settings.patience or (8 if settings.scratch else 4),
        unlikelihood=settings.unlikelihood,
    )


def choose_budget(settings: TrainSettings) -> Budget:
    """Take the budget that was given, or one that ends before the text is known by heart."""
    if (settings.minutes, settings.tokens, settings.epochs) != (None, None, None):
        return Budget(settings.minutes, settings.tokens, settings.epochs)
    if settings.scratch:
        return Budget(minutes=150.0)
    size = sum(path.stat().st_size for path in list_files(settings.corpus)) if settings.corpus else 0
    return Budget(epochs=SMALL_EPOCHS) if 0 < size <= SMALL_BYTES else Budget(minutes=10.0)


def _prepare_share(settings: TrainSettings, folder: Path, workers: "Workers") -> None:
    """Cut a worker's own files as the leading worker says."""
    from chatlstm.engine.run import find_share, make_run_config, prepare_run
    from chatlstm.tokens.tokenizer import Tokenizer

    nothing: dict[str, object] = {}
    facts, definition = workers.share((nothing, ""))
    prepare_run(
        find_share(folder, workers), choose_text(settings).read, Tokenizer(definition), make_run_config(facts)
    )


def _begin_from_nothing(settings: TrainSettings, text: Text) -> "Parts":
    from chatlstm.engine.run import learn_tokenizer

    tell("reading the text and learning its vocabulary")
    tokenizer = learn_tokenizer(_show(text, "reading"), settings.language, settings.vocabulary_size or 8192)
    dropout = 0.1 if settings.dropout is None else settings.dropout
    network = NetworkConfig(
        tokenizer.vocabulary_size,
        settings.hidden_size or 512,
        settings.num_layers or 3,
        residual=not settings.plain,
        hidden_dropout=dropout,
        output_dropout=dropout,
    )
    return tokenizer, network, None


def _begin_from_checkpoint(settings: TrainSettings) -> "Parts":
    found = find_checkpoint(settings.start or settings.language, checkpoint_folders())
    from chatlstm.engine.run import Start
    from chatlstm.engine.weights import load_checkpoint

    loaded, tokenizer, config = load_checkpoint(found, choose_torch_device("cpu"))
    dropout = 0.2 if settings.dropout is None else settings.dropout
    network = replace(config.network, hidden_dropout=dropout, output_dropout=dropout)
    return tokenizer, network, Start(loaded.state_dict(), config)


def _make_config(settings: TrainSettings, parts: "Parts") -> "RunConfig":
    from chatlstm.engine.device import prefers_bfloat16
    from chatlstm.engine.run import RunConfig

    _, network, start = parts
    return RunConfig(
        language=settings.language if start is None else start.config.language,
        domains=settings.plugins,
        network=network,
        training=make_training_config(settings),
        bfloat16=prefers_bfloat16(choose_torch_device(settings.device), size=network.hidden_size),
        start="" if start is None else start.config.identity,
    )


def _write_run(folder: Path, text: Text, parts: "Parts", config: "RunConfig") -> None:
    from chatlstm.engine.run import prepare_run, read_held_out

    tokenizer, _, start = parts
    tell("cutting the text into tokens")
    prepare_run(folder, lambda: _show(text, "cutting"), tokenizer, config, start)
    notices = {
        "one in ten": "there is little text: one document in ten is held out to validate on",
        "none": "there is a single document: it is validated on itself, which tells nothing of new text",
    }
    if read_held_out(folder) in notices:
        tell(notices[read_held_out(folder)])


def _show(text: Text, label: str) -> Iterator[Record]:
    """Read a text, with a bar on a terminal."""
    from chatlstm.interface.progress import show_reading

    with show_reading(label, text.size) as report:
        for record in text.read():
            report(text.bytes_read)
            yield record
        report(text.bytes_read)
