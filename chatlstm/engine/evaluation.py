"""A checkpoint ready to generate and to be measured; torch only where it is asked for.

Axes: B rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic

import numpy as np

from chatlstm.engine.checkpoint import CheckpointConfig, read_checkpoint
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.derived import load_stepper
from chatlstm.engine.held_out import ROWS, HeldOut, predict_rows
from chatlstm.engine.stepper import Floats, State, Stepper
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    from chatlstm.engine.device import Device
    from chatlstm.engine.network import LSTMState


@dataclass(frozen=True)
class Model(Generic[State]):
    """A loaded checkpoint.

    Args:
        stepper: The network.
        tokenizer: What cuts its text.
        config: What the checkpoint says of itself.
    """

    stepper: Stepper[State]
    tokenizer: Tokenizer
    config: CheckpointConfig

    @property
    def engine(self) -> StepGenerator[State]:
        """What plugins ask."""
        return StepGenerator(self.stepper, self.tokenizer, self.config.identity, self.config.language)

    def measure(self, records: Sequence[Record], *, in_context: bool) -> HeldOut:
        """Predict every token of some records.

        Args:
            records: At least one.
            in_context: Each turn after those before it; False is each turn alone.

        Returns:
            Totals over all of them. The domain's name heads every record and is no text: its
            bytes count nothing.
        """
        if not in_context:
            records = [Record(record.domain, (turn,)) for record in records for turn in record.turns]
        laid_out = self.tokenizer.encode_records(records)
        shares = np.array_split(np.arange(len(laid_out)), min(ROWS, len(laid_out)))
        rows = [np.concatenate([np.array(laid_out[number]) for number in share]) for share in shares]
        nats, tokens = predict_rows(self.stepper, rows)
        return HeldOut(nats, tokens, sum(len(turn.encode()) for record in records for turn in record.turns))


def load_model(folder: Path, *, cache: Path, precision: str = "int8") -> "Model[Floats]":
    """Load a checkpoint to run on the CPU, after checking every file of it; torch is not imported.

    Args:
        folder: The checkpoint's folder.
        cache: Folder for what is derived from its weights.
        precision: ``"int8"`` or ``"float32"``.

    Raises:
        CheckpointError: It cannot be trusted.
    """
    config, tokenizer = read_checkpoint(folder)
    return Model(load_stepper(folder, config, cache=cache, precision=precision), tokenizer, config)


def load_reference(folder: Path, device: "Device") -> "Model[LSTMState]":
    """Load a checkpoint to run by PyTorch, in float32 on any device, after checking every file of it.

    Args:
        folder: The checkpoint's folder.
        device: Where the network shall be.

    Raises:
        CheckpointError: It cannot be trusted.
    """
    from chatlstm.engine.torch_stepper import TorchStepper  # noqa: PLC0415  # torch takes seconds
    from chatlstm.engine.weights import load_checkpoint  # noqa: PLC0415

    network, tokenizer, config = load_checkpoint(folder, device)
    return Model(TorchStepper(network), tokenizer, config)
