"""Streaming, drawing, scoring and states behind ``engine.api.Generator``; no torch here.

Axes: B rows (candidates), T steps, V vocabulary, L layers, H hidden.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Generic

import numpy as np

from chatlstm.engine.api import Candidate, Constraint, Piece, Prompt, Reading, Sampling
from chatlstm.engine.cache import SIZE, Cache, Recaller
from chatlstm.engine.inspection import Step, read_along
from chatlstm.engine.sampling import choose_tokens, sum_powers
from chatlstm.engine.saved_state import read_state, write_state
from chatlstm.engine.stepper import Floats, Ids, State, Stepper
from chatlstm.records import Finish
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN, StreamDecoder, Tokenizer

ENDS = (END, TURN)
KEPT_PROMPTS, KEPT_REPLIES = 4, 1


class StepGenerator(Generic[State]):
    """Generates with a network that is stepped through, whatever computes the steps.

    Args:
        stepper: The network.
        tokenizer: What cuts its text.
        checkpoint: Name and hash of the checkpoint.
        language: What it writes.

    Attributes:
        precision: What the stepper computes in.
    """

    end_ids = ENDS

    def __init__(self, stepper: Stepper[State], tokenizer: Tokenizer, checkpoint: str, language: str = "en") -> None:
        self.precision = stepper.precision
        self._stepper = stepper
        self._tokenizer = tokenizer
        self.checkpoint = checkpoint
        self.language = language
        self.token_bytes: Sequence[bytes] = tokenizer.token_bytes
        # what a plugin draws from it also scores with, and rates twice what it drew
        self._recall_prompt = lru_cache(KEPT_PROMPTS)(self._read_prompt)
        self._recall_replies = lru_cache(KEPT_REPLIES)(self._sum_up_replies)

    def encode(self, text: str) -> list[int]:
        """Cut text into token ids, none of them a mark."""
        return self._tokenizer.encode(text)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of ``text``."""
        return len(self._tokenizer.encode(text))

    def save_state(self, prompt: Prompt) -> bytes:
        """Read ``prompt`` and return the model's state behind it, for other prompts' ``behind`` or ``within``."""
        ids, behind, cache = self._place(prompt)
        if not prompt.beginning:
            ids.pop()  # the mark that would open the next turn is not part of the state
        kept: Cache | None = None
        if prompt.recall:
            behind, kept = self._read_with(ids, behind, cache)
        else:
            behind = self._read(ids, behind)
        return write_state(*self._stepper.export_state(behind), kept, checkpoint=self.checkpoint)

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        """Continue ``prompt``, piece by piece; closing the iterator stops the work."""
        logits, behind, step = self._recall_prompt(prompt)
        random = np.random.default_rng(seed)
        decoder = StreamDecoder(self._tokenizer)
        drawn: list[int] = []
        finish: Finish = "length"
        while len(drawn) < sampling.max_tokens:
            masked = _mask(logits.copy(), [drawn], constraint, may_end=bool(drawn or prompt.beginning))
            if constraint is not None and not _list_free_rows(masked):
                finish = "constraint"
                break
            token_ids = choose_tokens(masked, [drawn], sampling, random)  # (1,)
            token_id = int(token_ids[0])
            if token_id in ENDS:
                finish = "end"
                break
            drawn.append(token_id)
            yield Piece(decoder.feed(token_id), len(drawn))
            logits, behind = step(token_ids, behind)
        yield Piece("", len(drawn), finish)

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
        logits, state, step = self._recall_prompt(prompt)
        logits, state = logits.repeat(n, axis=0), self._stepper.pick(state, [0] * n)  # (B, V)
        random = np.random.default_rng(seed)
        rows = _Rows(n)
        while rows.alive:
            totals, ends = sum_powers(logits), logits[:, ENDS]
            plain = logits if constraint is None else logits.copy()
            masked = _mask(logits, rows.drawn_alive(), constraint, may_end=bool(rows.steps or prompt.beginning))
            free = list(range(len(masked))) if constraint is None else _list_free_rows(masked)
            if len(free) < len(masked):
                rows.stop_but(free)
                masked, state = masked[free], self._stepper.pick(state, free)
                plain, totals, ends = plain[free], totals[free], ends[free]
            if not free:
                break
            token_ids = choose_tokens(masked, rows.drawn_alive(), sampling, random)  # (B,)
            gained = _rate(plain, ends, token_ids) - totals  # (B,)
            going_on = rows.add(token_ids.tolist(), gained.tolist(), sampling.max_tokens)
            if going_on:
                if len(going_on) < len(token_ids):
                    token_ids, state = token_ids[going_on], self._stepper.pick(state, going_on)
                logits, state = step(token_ids, state)
        return [
            Candidate(self._tokenizer.decode(drawn), tuple(drawn), log_probability, finish)
            for drawn, log_probability, finish in rows.finished()
        ]

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Give the log-probability in nats of each continuation as the whole next turn."""
        if not continuations:
            return []
        rows = [[*ids, TURN] for ids in self._tokenizer.encode_many(continuations)]
        order = sorted(range(len(rows)), key=lambda row: -len(rows[row]))
        logits, state, step = self._recall_prompt(prompt)
        logits, state = logits.repeat(len(rows), axis=0), self._stepper.pick(state, [0] * len(rows))
        totals = [0.0] * len(rows)
        for place in range(len(rows[order[0]])):
            column = np.array([rows[row][place] for row in order])  # (B,)
            rated = _rate(logits, logits[:, ENDS], column) - sum_powers(logits)
            for row, nats in zip(order, rated.tolist(), strict=True):
                totals[row] += nats
            order = [row for row in order if len(rows[row]) > place + 1]  # the longest stand first
            if len(order) < len(column):
                state = self._stepper.pick(state, range(len(order)))
            if order:
                logits, state = step(column[: len(order)], state)
        return totals

    def inspect(self, prompt: Prompt, text: str) -> Iterator[Reading]:
        """Read ``text`` as the next turn, and tell part by part what was expected."""
        return read_along(self._stepper.export_state, self._tokenizer, self._recall_prompt(prompt), text)

    def match(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Tell how well each continuation answers the last turn, as people have answered."""
        if not self._stepper.config.match_size or not prompt.turns or not continuations:
            return [0.0] * len(continuations)
        *earlier, last = [[TURN, *ids] for ids in self._tokenizer.encode_many(prompt.turns)]
        opened = self._load_state(prompt.behind)[0] if prompt.behind else self._open(prompt.domain)
        context = self._read([token_id for turn in earlier for token_id in turn], opened)
        contexts = self._sum_up([[*last, TURN]], context)
        rated = self._stepper.match(contexts, self._recall_replies(prompt.domain, tuple(continuations)))
        nats: list[float] = rated[0].tolist()
        return nats

    def _open(self, domain: str) -> State:
        return self._read(self._tokenizer.encode_opening(domain), self._stepper.start(1))

    def _sum_up_replies(self, domain: str, replies: tuple[str, ...]) -> Floats:
        """Sum up replies, each read behind the opening alone."""
        turns = [[TURN, *ids, TURN] for ids in self._tokenizer.encode_many(replies)]
        return self._sum_up(turns, self._stepper.pick(self._open(domain), [0] * len(turns)))

    def _sum_up(self, turns: Sequence[Sequence[int]], state: State) -> Floats:
        """Sum up turns, from the mark that opens each to the one that closes it, as ``take_gists`` does."""
        longest = max(map(len, turns))
        padded = np.array([[*turn, *[TURN] * (longest - len(turn))] for turn in turns])
        features, _ = self._stepper.read_features(padded, state)  # (B, T, H)
        ends = [len(turn) - 1 for turn in turns]
        gists = [np.concatenate([read[end], read[:end].mean(0)]) for read, end in zip(features, ends, strict=True)]
        return np.stack(gists)  # (B, 2H)

    def _read_prompt(self, prompt: Prompt) -> tuple[Floats, State, Step[State]]:
        """Read a prompt; returns the next token's logits ``(1, V)``, the state behind it, and how it goes on."""
        ids, behind, cache = self._place(prompt)
        if not prompt.recall:
            logits, behind = self._stepper.step(np.array(ids[-1:]), self._read(ids[:-1], behind))
            return logits, behind, self._stepper.step
        behind, cache = self._read_with(ids, behind, cache)
        recaller = Recaller(self._stepper, cache, prompt.recall)
        return recaller.predict(cache.features[-1:]), behind, recaller.step

    def _place(self, prompt: Prompt) -> tuple[list[int], State, Cache]:
        """Lay out a prompt; returns its tokens, and the state and cache they are read behind."""
        if prompt.within:
            return self._tokenizer.encode(prompt.beginning), *self._load_state(prompt.within)
        ids = self._tokenizer.encode_turns([*prompt.turns, prompt.beginning])
        if prompt.behind:
            return ids, *self._load_state(prompt.behind)
        nothing = Cache(np.zeros((0, self._stepper.config.hidden_size), np.float32), np.zeros(0, np.int64))
        return self._tokenizer.encode_opening(prompt.domain) + ids, self._stepper.start(1), nothing

    def _read(self, ids: list[int], state: State) -> State:
        return self._stepper.read(np.array([ids]), state) if ids else state

    def _read_with(self, ids: list[int], state: State, cache: Cache) -> tuple[State, Cache]:
        """Read tokens and keep the last of them in the cache."""
        early, late = ids[: -SIZE - 1], ids[-SIZE - 1 :]
        if not late:
            return state, cache
        features, state = self._stepper.read_features(np.array([late]), self._read(early, state))
        return state, cache.extend(features[0], np.array(late))

    def _load_state(self, state: bytes) -> tuple[State, Cache]:
        hidden, cell, cache = read_state(state, self._stepper.config, checkpoint=self.checkpoint)
        return self._stepper.import_state(hidden, cell), cache


def _mask(
    logits: Floats, drawn: Sequence[Sequence[int]], constraint: Constraint | None, *, may_end: bool
) -> Floats:
    """Take out special tokens and what the constraint forbids, and add what it wishes, in place."""
    ends = logits[:, ENDS]
    logits[:, : len(SPECIAL_TOKENS)] = -np.inf
    if may_end:
        logits[:, ENDS] = ends
    if constraint is not None:
        for row, done in enumerate(drawn):
            asked = constraint.allowed(done)
            if asked.dtype == np.bool_:
                logits[row, np.logical_not(asked)] = -np.inf
            else:
                logits[row] += asked
    return logits


def _rate(logits: Floats, ends: Floats, token_ids: Ids) -> Floats:
    """Give each row's token's logit, shape ``(B,)``; ``ends`` ``(B, 2)`` are those of the marks.

    A turn ends with TURN or, at the end of a record, with END: either mark counts as both.
    """
    gained: Floats = logits[np.arange(len(token_ids)), token_ids]
    ended = [row for row, token_id in enumerate(token_ids.tolist()) if token_id in ENDS]
    if ended:
        gained[ended] = np.logaddexp(*ends[ended].T)
    return gained


def _list_free_rows(masked: Floats) -> list[int]:
    """List the rows that have a token left."""
    rows: list[int] = np.flatnonzero(masked.max(1) > -np.inf).tolist()
    return rows


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
