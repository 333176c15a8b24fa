"""What a checkpoint predicts of held-out records, with and without their context."""

from collections.abc import Sequence

import numpy as np

from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.measure import HeldOut, measure_loss
from chatlstm.engine.network import Network
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer


def measure_records(network: Network, tokenizer: Tokenizer, records: Sequence[Record]) -> HeldOut:
    """Predict every token of some records, in full precision.

    Args:
        network: The model.
        tokenizer: What cuts its text.
        records: At least one.

    Returns:
        Totals over all of them.
    """
    laid_out = [np.array(ids, np.uint16) for ids in tokenizer.encode_records(records)]
    tokens = TokenFile(
        tokens=np.concatenate(laid_out),
        starts=np.cumsum([0, *map(len, laid_out)]),
        weights=np.ones(len(records), np.float32),
        sources=np.zeros(len(records), np.int32),
        names=("held-out",),
    )
    return measure_loss(network, tokens, np.arange(len(records)), tokenizer.count_bytes(), bfloat16=False)


def drop_context(records: Sequence[Record]) -> list[Record]:
    """Make a record of every turn, so that each is predicted without those before it.

    Example:
        >>> [record.turns for record in drop_context([Record("dialogue", ("Hello.", "Hi."))])]
        [('Hello.',), ('Hi.',)]
    """
    return [Record(record.domain, (turn,)) for record in records for turn in record.turns]
