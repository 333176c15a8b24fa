"""How well the network predicts held-out text."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from chatlstm.engine.corpus import TokenFile, read_in_rows
from chatlstm.engine.device import autocast
from chatlstm.engine.held_out import ROWS, HeldOut, list_measured
from chatlstm.engine.network import Network
from chatlstm.tokens.tokenizer import END

IGNORED = -100  # torch's own mark for targets that do not count


def measure_domains(
    network: Network, tokens: TokenFile, token_bytes: NDArray[np.int32], *, bfloat16: bool
) -> dict[str, HeldOut]:
    """Measure each domain on records evenly spread over it, 40,000 tokens of them or so.

    Args:
        network: The model.
        tokens: The token file, of any number of domains.
        token_bytes: Bytes each token stands for, shape ``(V,)``.
        bfloat16: Whether matrix products run in bfloat16.

    Returns:
        Totals by domain, in the order of their names.
    """
    measured = {}
    for domain, records in list_measured(tokens):
        measured[domain] = measure_loss(network, tokens, records, token_bytes, bfloat16=bfloat16)
    return measured


@torch.no_grad()
def measure_loss(
    network: Network,
    tokens: TokenFile,
    records: NDArray[np.int64],
    token_bytes: NDArray[np.int32],
    *,
    bfloat16: bool,
) -> HeldOut:
    """Predict every token of some records once, each after those before it.

    Args:
        network: The model; it is put in evaluation mode and back.
        tokens: The token file.
        records: Numbers of the records to measure.
        token_bytes: Bytes each token stands for, shape ``(V,)``.
        bfloat16: Whether matrix products run in bfloat16.

    Returns:
        Totals over all the records.
    """
    rows = list(read_in_rows(tokens, records, rows=ROWS))
    if not rows:
        return HeldOut(0.0, 0, 0)
    longest = max(map(len, rows))
    padded = np.full((len(rows), longest + 1), IGNORED, np.int64)
    padded[:, 0] = END
    for place, row in zip(padded, rows, strict=True):
        place[1 : len(row) + 1] = row
    training = network.training
    network.eval()
    nats = _sum_losses(network, padded, bfloat16=bfloat16)
    network.train(training)
    count = sum(map(len, rows))
    return HeldOut(nats, count, sum(int(token_bytes[row].sum()) for row in rows))


def _sum_losses(network: Network, padded: NDArray[np.int64], *, bfloat16: bool) -> float:
    """Sum the losses of rows that start with END and end in IGNORED, 64 steps at a time."""
    device = network.embedding.weight.device
    state = network.zero_state(len(padded))
    nats = torch.zeros((), device=device)
    for start in range(0, padded.shape[1] - 1, 64):
        window = torch.from_numpy(padded[:, start : start + 65]).to(device)  # (B, T + 1)
        with autocast(device, enabled=bfloat16):
            features, state = network.read(window[:, :-1].clamp(min=0), state)
            logits = network.logits(features).float()  # (B, T, V)
        targets = window[:, 1:].flatten()
        nats += functional.cross_entropy(logits.flatten(0, 1), targets, reduction="sum", ignore_index=IGNORED)
    return float(nats)
