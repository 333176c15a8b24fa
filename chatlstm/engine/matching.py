"""Learning which reply answers which turn, from records, with the network as it is.

Axes: P pairs of a turn and the reply to it, H hidden.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from chatlstm.engine.corpus import RECORDS_TO_RELEASE, TokenFile
from chatlstm.engine.device import autocast
from chatlstm.engine.matcher import Matcher, take_gists
from chatlstm.engine.network import Network
from chatlstm.tokens.tokenizer import END, TURN

MATCH_SIZE = 128
RECORD_TOKENS, REPLY_TOKENS = 400, 64  # what is read of a record, and of a reply
TOKENS_AT_ONCE, RECORDS_AT_ONCE = 8192, 1024
PASSES, BATCH, LEARNING_RATE, STEADY = 8, 256, 2e-3, 0.3
CHOICES, MOST_RATED = 20, 4096

Span = tuple[int, int]  # places of the marks that open and close a turn


@dataclass(frozen=True)
class Pairs:
    """Turns and the replies to them, as the network read them.

    Args:
        gists: Of each turn, after all before it, and of the reply to it, read alone; a file of
            half-precision numbers, shape ``(P, 2, 2H)``, since many pairs fill the memory.
        width: Numbers of a gist, 2H.
        weights: How often an epoch shows each, shape ``(P,)``.
        records: The record each comes from, shape ``(P,)``.
    """

    gists: BinaryIO
    width: int
    weights: Tensor
    records: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.records)

    def pick(self, chosen: Sequence[int] | NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Fetch some pairs.

        Args:
            chosen: Their numbers, N of them.

        Returns:
            Gists of the turns and of the replies, each of shape ``(N, 2H)``, in single precision.
        """
        found = np.empty((len(chosen), 2, self.width), np.float16)
        for place, number in zip(found, chosen, strict=True):
            self.gists.seek(int(number) * place.nbytes)
            self.gists.readinto(place)  # type: ignore[attr-defined]  # every open file has it
        contexts, replies = torch.from_numpy(found).float().unbind(1)
        return contexts, replies


@dataclass(frozen=True)
class Answered:
    """A record that holds turns with a reply.

    Args:
        number: Of the record.
        weight: How often an epoch shows it.
        row: Its token ids.
        turns: Where those turns lie.
        replies: The reply to each, laid out alone.
    """

    number: int
    weight: float
    row: NDArray[np.int64]
    turns: list[Span]
    replies: list[NDArray[np.int64]]


@torch.no_grad()
def read_gists(
    network: Network, rows: Sequence[NDArray[np.int64]], spans: Sequence[Sequence[Span]], *, bfloat16: bool = False
) -> Tensor:
    """Read texts from a cold start and sum up turns of them.

    Args:
        network: The model, in evaluation mode.
        rows: Token ids of each text.
        spans: Where the turns of each lie, one at least.
        bfloat16: Whether matrix products run in bfloat16.

    Returns:
        Gists in the order of rows and spans, shape ``(P, 2H)``, in half precision on the CPU.
    """
    device = network.embedding.weight.device
    read: list[Tensor] = [torch.empty(0)] * len(rows)
    for batch in _batch_by_length([len(row) for row in rows]):
        token_ids = pad_sequence([torch.from_numpy(rows[n]) for n in batch], batch_first=True)  # (B, T)
        places = pad_sequence([torch.tensor(spans[n]) for n in batch], batch_first=True)  # (B, turns, 2)
        starts, ends = places.to(device).unbind(2)
        with autocast(device, enabled=bfloat16):
            features, _ = network.read(token_ids.to(device), network.zero_state(len(batch)))
        # a padded turn has no length; what comes out for it is dropped
        gists = take_gists(features.float(), starts, ends.clamp(min=1)).half().cpu()
        for place, number in enumerate(batch):
            read[number] = gists[place, : len(spans[number])]
    return torch.cat(read)


def choose_answered(tokens: TokenFile, *, limit: int, seed: int) -> Iterator[Answered]:
    """Choose records that hold turns with a reply, by chance.

    Args:
        tokens: Records; those of one turn give nothing.
        limit: Replies at most, or a record's more.
        seed: Fixes which records.

    Yields:
        A record at a time.
    """
    order = np.arange(len(tokens), dtype=np.int32)  # half of what it would take by default
    np.random.default_rng(seed).shuffle(order)
    count = 0
    for place, number in enumerate(order):
        if count >= limit:
            break
        if place % RECORDS_TO_RELEASE == 0:
            tokens.release()
        row = np.concatenate([[END], tokens.record(int(number))[:RECORD_TOKENS]]).astype(np.int64)
        turns, replies = [], []
        for turn, reply in _list_answered(row):
            turns.append(turn)
            replies.append(reply)
        count += len(turns)
        if turns:
            yield Answered(int(number), float(tokens.weights[number]), row, turns, replies)


def read_pairs(network: Network, records: Iterable[Answered], gists: BinaryIO, *, bfloat16: bool) -> Pairs:
    """Read turns and the replies to them.

    Args:
        network: The model, in evaluation mode.
        records: What to read; a thousand are held at once.
        gists: An empty file, where what was read is kept; it takes 8H bytes a pair.
        bfloat16: Whether matrix products run in bfloat16.

    Returns:
        The pairs, those of a record one after the other.
    """
    numbers, weights = array("q"), array("f")
    remaining = iter(records)
    while held := list(islice(remaining, RECORDS_AT_ONCE)):
        replies = [reply for record in held for reply in record.replies]
        spans = [[find_last_turn(reply)] for reply in replies]
        contexts = read_gists(network, [one.row for one in held], [one.turns for one in held], bfloat16=bfloat16)
        answers = read_gists(network, replies, spans, bfloat16=bfloat16)
        gists.write(torch.stack([contexts, answers], dim=1).numpy().tobytes())  # (P, 2, 2H)
        for record in held:
            numbers.extend([record.number] * len(record.turns))
            weights.extend([record.weight] * len(record.turns))
    width = 2 * network.config.hidden_size
    return Pairs(gists, width, torch.tensor(weights), np.asarray(numbers, np.int64))


def fit_matcher(network: Network, pairs: Pairs, *, seed: int) -> Matcher:
    """Teach a matcher to tell a turn's reply from the others of a batch.

    Args:
        network: The model that read the pairs; where it has a matcher, that one is taught on.
        pairs: What to learn from, one at least.
        seed: Fixes first weights and order.

    Returns:
        The matcher, on the network's device.
    """
    device = network.embedding.weight.device
    steps = max(1, PASSES * len(pairs) // BATCH)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        matcher = Matcher(network.config.hidden_size, network.config.match_size or MATCH_SIZE)
        if network.matcher is not None:
            matcher.load_state_dict(network.matcher.state_dict())
        matcher.to(device)
        order = torch.multinomial(pairs.weights, steps * BATCH, replacement=True).view(steps, BATCH)
        optimizer = torch.optim.AdamW(matcher.parameters(), lr=LEARNING_RATE)
        for step, chosen in enumerate(order):
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * min(1.0, (1 - step / steps) / (1 - STEADY))
            contexts, replies = pairs.pick(chosen.numpy())
            rated = matcher(contexts.to(device), replies.to(device))
            right = torch.arange(BATCH, device=device)
            loss = functional.cross_entropy(rated, right) + functional.cross_entropy(rated.T, right)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            optimizer.step()
    return matcher.eval()


@torch.no_grad()
def rate_matcher(matcher: Matcher, pairs: Pairs, *, seed: int) -> float:
    """Measure hits@1 of 20: how often the true reply is rated above 19 of other records.

    Args:
        matcher: What rates.
        pairs: Held-out pairs; one of each record counts, of 4,096 records at most.
        seed: Fixes which pair of a record, and which other replies.

    Returns:
        A share, 0 to 1; 0 where there are no two records.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(pairs))
    _, first = np.unique(pairs.records[shuffled], return_index=True)
    chosen = shuffled[first]
    if len(chosen) < 2:
        return 0.0
    if len(chosen) > MOST_RATED:
        chosen = random.permutation(chosen)[:MOST_RATED]
    device = matcher.log_scale.device
    contexts, replies = pairs.pick(chosen)
    rated = matcher(contexts.to(device), replies.to(device)).cpu()
    hits = 0
    for row, nats in enumerate(rated):
        others = random.permutation(np.delete(np.arange(len(chosen)), row))[: CHOICES - 1]
        hits += int(nats[row] > nats[torch.from_numpy(others)].max())
    return hits / len(chosen)


def find_last_turn(row: Sequence[int] | NDArray[np.int64]) -> Span:
    """Find the turn that the last mark of a text closes, where there are two marks at least.

    Example:
        >>> find_last_turn([TURN, 20, TURN, 30, 31, TURN])
        (2, 5)
    """
    marks = np.flatnonzero(np.asarray(row) == TURN)
    return int(marks[-2]), int(marks[-1])


def _list_answered(row: NDArray[np.int64]) -> Iterator[tuple[Span, NDArray[np.int64]]]:
    """List the turns of a record that have a reply short enough to read, and that reply alone."""
    marks = np.flatnonzero((row == TURN) | (row == END))[1:]  # the first END opens the record
    opening = row[: marks[0] + 1] if len(marks) else row
    for start, end, after in zip(marks, marks[1:], marks[2:], strict=False):
        if 1 < after - end <= REPLY_TOKENS + 1:
            yield (int(start), int(end)), np.concatenate([opening, row[end + 1 : after], [TURN]])


def _batch_by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group rows of like length, as many at once as fit; there is one row at least."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if batch and (len(batch) + 1) * lengths[number] > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(number)
    yield batch
