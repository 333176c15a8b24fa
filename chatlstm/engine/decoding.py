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
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.sampling import choose_tokens
from chatlstm.errors import ChatLSTMError
from chatlstm.records import Finish
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN, StreamDecoder, Tokenizer

ENDS = (END, TURN)
BANNED = [token_id for token_id in range(len(SPECIAL_TOKENS)) if token_id not in ENDS]


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
        _, lstm_state = self._read(ids, self._load_state(state)) if ids else (None, self._load_state(state))
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
        finish: Finish | None = None
        while finish is None:
            masked = self._mask(logits, [drawn], constraint, may_end=bool(drawn or prompt.beginning))
            if masked is None:
                finish = "constraint"
                break
            token_ids = choose_tokens(masked, [drawn], sampling, random)  # (1,)
            token_id = int(token_ids)
            if token_id in ENDS:
                finish = "end"
                break
            drawn.append(token_id)
            yield Piece(decoder.feed(token_id), len(drawn))
            if len(drawn) == sampling.max_tokens:
                finish = "length"
                break
            logits, lstm_state = self._step(token_ids, lstm_state)
        yield Piece(decoder.close(), len(drawn), finish)

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
        logits = logits.expand(n, -1)  # (B, V)
        state = LSTMState(state.hidden.expand(-1, n, -1), state.cell.expand(-1, n, -1))
        random = torch.Generator(self._device).manual_seed(seed)
        rows = _Rows(n)
        while rows.alive:
            masked = self._mask(logits, rows.drawn_alive(), constraint, may_end=bool(rows.steps or prompt.beginning))
            if masked is None:
                rows.finish_alive("constraint")
                break
            token_ids = choose_tokens(masked, rows.drawn_alive(), sampling, random)  # (B,)
            gained = logits.log_softmax(1).gather(1, token_ids[:, None]).squeeze(1)  # (B,)
            going_on = rows.add(token_ids.tolist(), gained.tolist(), sampling.max_tokens)
            if not going_on:
                break
            kept = torch.tensor(going_on, device=self._device)
            state = LSTMState(state.hidden[:, kept], state.cell[:, kept])
            logits, state = self._step(token_ids[kept], state)
        return [
            Candidate(self._tokenizer.decode(drawn), tuple(drawn), log_probability, finish)
            for drawn, log_probability, finish in rows.finished()
        ]

    @torch.inference_mode()
    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Give the log-probability in nats of each continuation as the whole next turn."""
        if not continuations:
            return []
        first, state = self._read(self._lay_out(prompt, cold=True), self._load_state(None))  # (1, V)
        rows = [torch.tensor([*ids, TURN]) for ids in self._tokenizer.encode_many(continuations)]
        token_ids = pad_sequence(rows, batch_first=True).to(self._device)  # (B, T)
        n, steps = token_ids.shape
        log_probabilities = first.log_softmax(1).expand(n, -1).unsqueeze(1)  # (B, 1, V)
        if steps > 1:
            expanded = LSTMState(
                state.hidden.expand(-1, n, -1).contiguous(), state.cell.expand(-1, n, -1).contiguous()
            )
            features, _ = self._network.read(token_ids[:, :-1], expanded)
            rest = self._network.logits(features).float().log_softmax(2)  # (B, T - 1, V)
            log_probabilities = torch.cat([log_probabilities, rest], dim=1)  # (B, T, V)
        gained = log_probabilities.gather(2, token_ids.unsqueeze(2)).squeeze(2)  # (B, T)
        lengths = torch.tensor([len(row) for row in rows], device=self._device)
        last = torch.arange(n, device=self._device), lengths - 1
        # a turn ends with TURN or, at the end of a record, with END
        gained[last] = torch.logaddexp(gained[last], log_probabilities[(*last, END)])
        counted = torch.arange(steps, device=self._device) < lengths[:, None]
        totals: list[float] = (gained * counted).sum(1).tolist()
        return totals

    def _lay_out(self, prompt: Prompt, *, cold: bool) -> list[int]:
        opening = self._tokenizer.encode_opening(prompt.domain) if cold else []
        return opening + self._tokenizer.encode_turns([*prompt.turns, prompt.beginning])

    def _read(self, ids: list[int], state: LSTMState) -> tuple[Tensor, LSTMState]:
        """Read a prompt; returns the next token's logits ``(1, V)`` and the state behind it."""
        features, state = self._network.read(torch.tensor([ids], device=self._device), state)
        return self._network.logits(features[:, -1]).float(), state

    def _step(self, token_ids: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        features, state = self._network.step(token_ids, state)
        return self._network.logits(features).float(), state

    def _mask(
        self, logits: Tensor, drawn: Sequence[Sequence[int]], constraint: Constraint | None, *, may_end: bool
    ) -> Tensor | None:
        """Take out special tokens and what the constraint forbids; None when a row has nothing left."""
        banned = torch.tensor(BANNED if may_end else [*BANNED, *ENDS], device=self._device)
        masked = logits.index_fill(1, banned, -torch.inf)
        if constraint is None:
            return masked
        allowed = torch.from_numpy(np.stack([constraint.allowed(row) for row in drawn])).to(self._device)
        masked = masked.masked_fill(~allowed, -torch.inf)
        return masked if bool((masked > -torch.inf).any(1).all()) else None

    def _load_state(self, state: bytes | None) -> LSTMState:
        if state is None:
            return self._network.zero_state(1)
        hash_ = self.checkpoint.partition("@")[2]
        try:
            tensors = load(state)
            hidden, cell = tensors[f"hidden@{hash_}"], tensors[f"cell@{hash_}"]
        except (SafetensorError, KeyError) as error:
            raise ChatLSTMError(f"this state was not saved with the checkpoint {self.checkpoint}") from error
        return LSTMState(hidden.to(self._device), cell.to(self._device))


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

    def finish_alive(self, finish: Finish) -> None:
        for row in self.alive:
            self._finish[row] = finish
        self.alive = []

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
