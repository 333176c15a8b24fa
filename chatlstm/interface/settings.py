"""What ``chatlstm train`` and ``checkpoints compress`` can be told, checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from chatlstm.errors import MisuseError

COMPRESSED = ("int8", "half", "low-rank", "distilled")


@dataclass(frozen=True)
class TrainSettings:
    """What ``chatlstm train`` was asked to do; None takes what suits the kind of training.

    Args:
        plugins: Domains to train on, in this order.
        corpus: A person's own text, instead of the plugin's: files, folders and patterns.
        corpora: Folder of the downloaded corpora.
        start: Name or path of the checkpoint to start from; None is the language's starter.
        scratch: Start from nothing.
        name: Of the run and of the checkpoint it makes.
        minutes: Budget, one of three.
        tokens: Budget, one of three.
        epochs: Budget, one of three.
        resume: Go on with the run of this name.
        overwrite: Begin anew although there is a run of this name.
        language: ``"en"``, ``"zh"`` or ``"code"``.
        device: ``"cuda"``, ``"mps"``, ``"cpu"``, or None for the fastest there is.
        seed: Fixes order, dropout and first weights.
        hidden_size: Width of the network, from scratch only.
        num_layers: Layers, from scratch only.
        vocabulary_size: Tokens, from scratch only.
        plain: Stack the layers without residual connections, from scratch only.
        batch_size: Rows.
        backprop_steps: Steps gradients flow back through.
        learning_rate: At its highest.
        dropout: Of each layer's output and of the last features.
        shards: Give each worker that torchrun started files of its own to read.
        patience: Validations without a better one, once the rate falls, that end training.
        unlikelihood: Weight of the loss that makes repetitions less likely; 0 has none.
        reinforce: Updates on replies that are drawn and rated, instead of training on text.

    Raises:
        MisuseError: Two of them contradict each other.
    """

    plugins: tuple[str, ...]
    corpus: tuple[Path, ...] = ()
    corpora: Path | None = None
    start: str | None = None
    scratch: bool = False
    name: str | None = None
    minutes: float | None = None
    tokens: int | None = None
    epochs: float | None = None
    resume: bool = False
    overwrite: bool = False
    language: str = "en"
    device: str | None = None
    seed: int = 1
    hidden_size: int | None = None
    num_layers: int | None = None
    vocabulary_size: int | None = None
    plain: bool = False
    batch_size: int | None = None
    backprop_steps: int | None = None
    learning_rate: float | None = None
    dropout: float | None = None
    patience: int | None = None
    shards: bool = False
    unlikelihood: float = 0.0
    reinforce: int | None = None

    def __post_init__(self) -> None:
        budgets = [each for each in (self.minutes, self.tokens, self.epochs) if each is not None]
        sizes = (self.hidden_size, self.num_layers, self.vocabulary_size)
        of_text = (*budgets, self.batch_size, self.backprop_steps, self.dropout, self.patience, self.unlikelihood)
        rules = (
            (not self.plugins and not self.resume, "name a PLUGIN to train, such as dialogue"),
            (len(budgets) > 1, "--minutes, --tokens, --epochs: give one of them"),
            (self.scratch and self.start is not None, "--from or --scratch: give one of them"),
            (self.resume and self.overwrite, "--resume or --overwrite: give one of them"),
            (bool(self.corpus) and len(self.plugins) > 1, "--corpus is for one PLUGIN"),
            (self.shards and not self.corpus, "--shards deals the files of --corpus to the workers; give --corpus"),
            (
                not self.scratch and not self.resume and any(sizes),
                "a checkpoint keeps its sizes and its vocabulary; --scratch makes a network of other ones",
            ),
            (
                self.plain and not self.scratch,
                "--plain goes with --scratch: a checkpoint keeps the layers it was made with",
            ),
            (
                self.reinforce is not None and (self.scratch or self.resume or self.shards or any(of_text)),
                "--reinforce tunes a checkpoint on what it draws; beside it go --from, --name, --overwrite, "
                "--corpus, --corpora, --language, --learning-rate, --seed and --device",
            ),
            _check_name(self.name),
        )
        _refuse_broken(rules)


@dataclass(frozen=True)
class CompressSettings:
    """What ``chatlstm checkpoints compress`` was asked to do; None takes what suits the checkpoint.

    Args:
        name: Name or path of the checkpoint.
        kind: One of ``COMPRESSED``, or None for every one that needs no training.
        rank: Of the factors of ``"low-rank"``.
        new_name: Name of the checkpoint that is made.
        minutes: How long ``"distilled"`` is trained.
        hidden_size: Width of ``"distilled"``.
        num_layers: Layers of ``"distilled"``.
        corpora: Folder of the downloaded corpora.

    Raises:
        MisuseError: Two of them contradict each other.
    """

    name: str
    kind: str | None = None
    rank: int | None = None
    new_name: str | None = None
    minutes: float | None = None
    hidden_size: int | None = None
    num_layers: int | None = None
    corpora: Path | None = None

    def __post_init__(self) -> None:
        rules = (
            (
                self.rank is not None and self.kind not in ("low-rank", None),
                "--rank goes with --as low-rank",
            ),
            (
                self.new_name is not None and self.kind is None,
                "--name goes with --as: without it there are several new checkpoints",
            ),
            (
                self.kind != "distilled" and any((self.minutes, self.hidden_size, self.num_layers)),
                "--minutes, --hidden-size and --num-layers go with --as distilled",
            ),
            _check_name(self.new_name),
        )
        _refuse_broken(rules)


def _check_name(name: str | None) -> tuple[bool, str]:
    broken = name is not None and not re.fullmatch(r"\w[\w.-]*", name)
    return broken, f"--name must be letters, digits, '.', '-' and '_', got {name!r}"


def _refuse_broken(rules: tuple[tuple[bool, str], ...]) -> None:
    for broken, sentence in rules:
        if broken:
            raise MisuseError(sentence)
