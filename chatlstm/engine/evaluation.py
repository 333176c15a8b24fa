"""A checkpoint ready to be measured: what it predicts of held-out records, and its generator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.decoding import TorchGenerator
from chatlstm.engine.measure import HeldOut, measure_loss
from chatlstm.engine.network import Network
from chatlstm.engine.weights import load_checkpoint
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer


@dataclass(frozen=True)
class Model:
    """A loaded checkpoint.

    Args:
        network: The network, in evaluation mode.
        tokenizer: What cuts its text.
        engine: Generates with it.
    """

    network: Network
    tokenizer: Tokenizer
    engine: TorchGenerator

    def measure(self, records: Sequence[Record], *, in_context: bool) -> HeldOut:
        """Predict every token of some records, in full precision.

        Args:
            records: At least one.
            in_context: Each turn after those before it; False is each turn alone.

        Returns:
            Totals over all of them.
        """
        if not in_context:
            records = [Record(record.domain, (turn,)) for record in records for turn in record.turns]
        laid_out = [np.array(ids, np.uint16) for ids in self.tokenizer.encode_records(records)]
        tokens = TokenFile(
            tokens=np.concatenate(laid_out),
            starts=np.cumsum([0, *map(len, laid_out)]),
            weights=np.ones(len(records), np.float32),
            sources=np.zeros(len(records), np.int32),
            names=("held-out",),
        )
        token_bytes = self.tokenizer.count_bytes()
        held_out = measure_loss(self.network, tokens, np.arange(len(records)), token_bytes, bfloat16=False)
        # the domain's name heads every record and is no text
        return replace(held_out, bytes=sum(len(turn.encode()) for record in records for turn in record.turns))


def load_model(folder: Path, device: torch.device) -> Model:
    """Load a checkpoint after checking every file of it.

    Raises:
        CheckpointError: It cannot be trusted.
    """
    network, tokenizer, config = load_checkpoint(folder, device)
    return Model(network, tokenizer, TorchGenerator(network, tokenizer, config.identity))
