"""The PyTorch engine: streaming, drawing, scoring and states behind ``engine.api.Generator``.

Axes: B rows (candidates), T steps, V vocabulary, L layers, H hidden.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from chatlstm.engine.api import Candidate, Constraint, Piece, Prompt, Sampling
from chatlstm.engine.matching import find_last_turn, read_gists
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.sampling import choose_tokens
from chatlstm.errors import ChatLSTMError
from chatlstm.records import Finish
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN, StreamDecoder, Tokenizer

ENDS = (END, TURN)
SPECIAL = range(len(SPECIAL_TOKENS))
READ_STEPS = 1024  # read at once of a prompt, so that memory does not grow with it
SCORE_ENTRIES = 2**24  # logits held at once while scoring


class TorchGenerator:
    """Generates with the network itself, on whatever device it is.

    Args:
        network: The model, in evaluation mode.
        tokenizer: What cuts its text.
        checkpoint: Name and hash of the checkpoint.
    """

    def __init__(self, network: Network, tokenizer: Tokenizer, checkpoint: str) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._device = network.embedding.weight.device
        self._ends = torch.tensor(ENDS, device=self._device)
        self._special = torch.tensor(SPECIAL, device=self._device)
        self._special_but_ends = torch.tensor([id_ for id_ in SPECIAL if id_ not in ENDS], device=self._device)
        self.checkpoint = checkpoint

    def count_tokens(self, text: str) -> int:
        """Count the tokens of ``text``."""
        return len(self._tokenizer.encode(text))

    @torch.inference_mode()
    def save_state(self, prompt: Prompt, *, state: bytes | None = None) -> bytes:
        """Read ``prompt`` (after ``state``, if given) and return the model's state behind it."""
        ids = self._lay_out(prompt, cold=state is None)
        if not prompt.beginning:
            ids.pop()  # the mark that would open the next turn is not part of the state
        lstm_state = self._load_state(state)
        if ids:
            _, lstm_state = self._read(ids, lstm_state)
        hash_ = self.checkpoint.partition("@")[2]
        return save({f"hidden@{hash_}": lstm_state.hidden.cpu(), f"cell@{hash_}": lstm_state.cell.cpu()})

    @torch.inference_mode()
    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        state: bytes | None = None,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        """Continue ``prompt``, piece by piece; closing the iterator stops the work."""
        logits, lstm_state = self._read(self._lay_out(prompt, cold=state is None), self._load_state(state))
        random = torch.Generator(self._device).manual_seed(seed)
        decoder = StreamDecoder(self._tokenizer)
        drawn: list[int] = []
        finish: Finish = "length"
        while len(drawn) < sampling.max_tokens:
            masked = self._mask(logits, [drawn], constraint, may_end=bool(drawn or prompt.beginning))
            if not _list_free_rows(masked):
                finish = "constraint"
                break
            token_ids = choose_tokens(masked, [drawn], sampling, random)  # (1,)
            token_id = int(token_ids)
            if token_id in ENDS:
                finish = "end"
                break
            drawn.append(token_id)
            yield Piece(decoder.feed(token_id), len(drawn))
            logits, lstm_state = self._step(token_ids, lstm_state)
        yield Piece("", len(drawn), finish)

    @torch.inference_mode()
    def draw(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        n: int,
        seed: int,
        constraint: Constraint | None = None,
    ) -> list[Candidate]:
        """Draw ``n`` continuations of ``prompt`` in one batch."""
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        logits, state = self._read(self._lay_out(prompt, cold=True), self._load_state(None))
        logits, state = logits.expand(n, -1), _expand_state(state, n)  # (B, V)
        random = torch.Generator(self._device).manual_seed(seed)
        rows = _Rows(n)
        while rows.alive:
            masked = self._mask(logits, rows.drawn_alive(), constraint, may_end=bool(rows.steps or prompt.beginning))
            free = _list_free_rows(masked)
            if len(free) < len(masked):
                rows.stop_but(free)
                logits, masked, state = logits[free], masked[free], _pick_state(state, free)
            if not free:
                break
            token_ids = choose_tokens(masked, rows.drawn_alive(), sampling, random)  # (B,)
            gained = self._rate(logits, token_ids)  # (B,)
            going_on = rows.add(token_ids.tolist(), gained.tolist(), sampling.max_tokens)
            if going_on:
                logits, state = self._step(token_ids[going_on], _pick_state(state, going_on))
        return [
            Candidate(self._tokenizer.decode(drawn), tuple(drawn), log_probability, finish)
            for drawn, log_probability, finish in rows.finished()
        ]

    @torch.inference_mode()
    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Give the log-probability in nats of each continuation as the whole next turn."""
        if not continuations:
            return []
        rows = [torch.tensor([*ids, TURN]) for ids in self._tokenizer.encode_many(continuations)]
        token_ids = pad_sequence(rows, batch_first=True).to(self._device)  # (B, T)
        n, steps = token_ids.shape
        logits, state = self._read(self._lay_out(prompt, cold=True), self._load_state(None))  # (1, V)
        state = _expand_state(state, n)
        gained = [self._rate(logits.expand(n, -1), token_ids[:, 0]).unsqueeze(1)]  # (B, 1)
        size = max(1, SCORE_ENTRIES // (n * logits.shape[1]))
        for start in range(0, steps - 1, size):
            window = token_ids[:, start : start + size + 1]
            features, state = self._network.read(window[:, :-1], state)
            gained.append(self._rate(self._network.logits(features).float(), window[:, 1:]))
        lengths = torch.tensor([len(row) for row in rows], device=self._device)
        counted = torch.arange(steps, device=self._device) < lengths[:, None]  # (B, T)
        totals: list[float] = (torch.cat(gained, dim=1) * counted).sum(1).tolist()
        return totals

    @torch.inference_mode()
    def match(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Tell how well each continuation answers the last turn, as people have answered."""
        matcher = self._network.matcher
        if matcher is None or not prompt.turns or not continuations:
            return [0.0] * len(continuations)
        opening = self._tokenizer.encode_opening(prompt.domain)
        context = [*opening, *self._tokenizer.encode_turns(prompt.turns), TURN]
        replies = [[*opening, TURN, *ids, TURN] for ids in self._tokenizer.encode_many(continuations)]
        rows = [np.array(row, np.int64) for row in (context, *replies)]
        gists = read_gists(self._network, rows, [[find_last_turn(row)] for row in rows]).float().to(self._device)
        nats: list[float] = matcher(gists[:1], gists[1:])[0].tolist()
        return nats

    def _lay_out(self, prompt: Prompt, *, cold: bool) -> list[int]:
        opening = self._tokenizer.encode_opening(prompt.domain) if cold else []
        return opening + self._tokenizer.encode_turns([*prompt.turns, prompt.beginning])

    def _read(self, ids: list[int], state: LSTMState) -> tuple[Tensor, LSTMState]:
        """Read a prompt; returns the next token's logits ``(1, V)`` and the state behind it."""
        token_ids = torch.tensor([ids], device=self._device)
        for start in range(0, len(ids), READ_STEPS):
            features, state = self._network.read(token_ids[:, start : start + READ_STEPS], state)
        return self._network.logits(features[:, -1]).float(), state

    def _step(self, token_ids: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        features, state = self._network.step(token_ids, state)
        return self._network.logits(features).float(), state

    def _mask(
        self, logits: Tensor, drawn: Sequence[Sequence[int]], constraint: Constraint | None, *, may_end: bool
    ) -> Tensor:
        """Take out special tokens and what the constraint forbids."""
        masked = logits.index_fill(1, self._special_but_ends if may_end else self._special, -torch.inf)
        if constraint is None:
            return masked
        allowed = torch.from_numpy(np.stack([constraint.allowed(row) for row in drawn])).to(self._device)
        return masked.masked_fill(~allowed, -torch.inf)

    def _rate(self, logits: Tensor, token_ids: Tensor) -> Tensor:
        """Give each token's log-probability, shaped like ``token_ids``; logits have V as one more axis.

        A turn ends with TURN or, at the end of a record, with END: either mark counts as both.
        """
        log_probabilities = logits.log_softmax(-1)
        gained = log_probabilities.gather(-1, token_ids.unsqueeze(-1)).squeeze(-1)
        ending = log_probabilities[..., self._ends].logsumexp(-1)
        return torch.where(torch.isin(token_ids, self._ends), ending, gained)

    def _load_state(self, state: bytes | None) -> LSTMState:
        zero = self._network.zero_state(1)
        if state is None:
            return zero
        hash_ = self.checkpoint.partition("@")[2]
        try:
            tensors = load(state)
            hidden, cell = tensors[f"hidden@{hash_}"], tensors[f"cell@{hash_}"]
        except (SafetensorError, KeyError) as error:
            raise ChatLSTMError(f"this state was not saved with the checkpoint {self.checkpoint}") from error
        if not hidden.shape == cell.shape == zero.hidden.shape:
            raise ChatLSTMError(f"this state does not fit the checkpoint {self.checkpoint}: it is damaged")
        return LSTMState(hidden.to(zero.hidden), cell.to(zero.cell))


def _list_free_rows(masked: Tensor) -> list[int]:
    """List the rows that have a token left."""
    rows: list[int] = (masked > -torch.inf).any(1).nonzero().squeeze(1).tolist()
    return rows


def _expand_state(state: LSTMState, rows: int) -> LSTMState:
    """Give each of so many rows the state of the one there is."""
    return LSTMState(*(part.expand(-1, rows, -1).contiguous() for part in state))


def _pick_state(state: LSTMState, rows: list[int]) -> LSTMState:
    return LSTMState(state.hidden[:, rows], state.cell[:, rows])


class _Rows:
    """Book-keeping of a batch whose rows end one by one."""

    def __init__(self, count: int) -> None:
        self._drawn: list[list[int]] = [[] for _ in range(count)]
        self._gained = [0.0] * count
        self._finish: list[Finish] = ["length"] * count
        self.alive = list(range(count))
        self.steps = 0

    def drawn_alive(self) -> list[list[int]]:
        return [self._drawn[row] for row in self.alive]

    def stop_but(self, free: list[int]) -> None:
        """End the living rows whose place is not ``free``: the constraint allows them nothing."""
        for place in set(range(len(self.alive))).difference(free):
            self._finish[self.alive[place]] = "constraint"
        self.alive = [self.alive[place] for place in free]

    def add(self, token_ids: list[int], gained: list[float], max_tokens: int) -> list[int]:
        """Take one token a living row; returns the places, among those, of the rows that go on."""
        self.steps += 1
        going_on = []
        for place, (row, token_id, nats) in enumerate(zip(self.alive, token_ids, gained, strict=True)):
            self._gained[row] += nats
            if token_id in ENDS:
                self._finish[row] = "end"
                continue
            self._drawn[row].append(token_id)
            if len(self._drawn[row]) < max_tokens:
                going_on.append(place)
        self.alive = [self.alive[place] for place in going_on]
        return going_on

    def finished(self) -> list[tuple[list[int], float, Finish]]:
        return list(zip(self._drawn, self._gained, self._finish, strict=True))
