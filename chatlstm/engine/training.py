"""Training: truncated backpropagation over packed records, killed and resumed at will.

Axes: B rows, T steps, L layers, H hidden.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.config import TrainingConfig
from chatlstm.engine.corpus import Packer, TokenFile
from chatlstm.engine.device import autocast
from chatlstm.engine.files import write_whole
from chatlstm.engine.loss import linear_cross_entropy
from chatlstm.engine.measure import HeldOut, measure_loss
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.optimizer import list_moments, make_optimizer, restore_optimizer
from chatlstm.engine.snapshot import read_snapshot, write_snapshot

REPORT_TOKENS = 40_960
SNAPSHOT_SECONDS = 120.0
VALIDATION_TOKENS = 40_000
DIVERGED_NATS = 2.0


@dataclass(frozen=True)
class Progress:
    """Where a training run stands.

    Args:
        step: Optimiser steps done.
        tokens: Tokens read.
        epochs: Passes over the text.
        share: Share of the budget used up, 0 to 1.
        seconds: Time spent training, pauses and measuring left out.
        loss: Mean nats per token since the last report.
        bits_per_byte: The same in bits per byte of text.
        learning_rate: The last step's.
        tokens_per_second: Since the last report.
        validation: Bits per byte a domain and ``"all"``; empty unless just measured.
        best: Whether this validation is the best so far.
        sample: A text the network wrote at this validation.
    """

    step: int
    tokens: int
    epochs: float
    share: float
    seconds: float
    loss: float
    bits_per_byte: float
    learning_rate: float
    tokens_per_second: float
    validation: dict[str, float] = field(default_factory=dict)
    best: bool = False
    sample: str = ""

    @property
    def seconds_left(self) -> float:
        """Estimate the training time left from the share used up."""
        return self.seconds * (1 - self.share) / self.share if self.share else math.inf


class Trainer:
    """One training run: a network, its optimiser, and its place in the text.

    Everything a step depends on is either in the snapshot or follows from the seed and the
    step's number, so a run killed at any moment ends, on the CPU and with a budget in tokens or
    epochs, with the very weights of one that was not.

    Args:
        network: What is trained, on its device.
        tokens: Training records.
        validation: Held-out records.
        token_bytes: Bytes each token stands for, shape ``(V,)``.
        config: How to train.
        folder: Where ``snapshot.safetensors``, ``best.safetensors`` and ``metrics.jsonl`` go.
        bfloat16: Whether matrix products run in bfloat16.
        draw_sample: Writes a text with the network, shown at each validation.
    """

    def __init__(  # noqa: PLR0913  # a run has these parts; bundling them would only hide them
        self,
        network: Network,
        tokens: TokenFile,
        validation: TokenFile,
        *,
        token_bytes: NDArray[np.int32],
        config: TrainingConfig,
        folder: Path,
        bfloat16: bool,
        draw_sample: Callable[[Network], str] | None = None,
    ) -> None:
        self.network = network
        self.config = config
        self._tokens = tokens
        self._validation = validation
        self._token_bytes = token_bytes
        self._folder = folder
        self._bfloat16 = bfloat16
        self._draw_sample = draw_sample
        self._device = network.embedding.weight.device
        self._optimizer = make_optimizer(network, config)
        self._packer = Packer(tokens, batch_size=config.window_at(0.0)[0], seed=config.seed)
        self._state = network.zero_state(self._packer.batch_size)
        self._facts = _Facts()
        self._loss_sum = torch.zeros((), device=self._device)
        self._loss_tokens = 0
        self._bytes = 0
        self._clock = time.perf_counter()

    def run(self) -> Iterator[Progress]:
        """Train until the budget ends or the held-out loss stops falling.

        Yields:
            A report every 40,000 tokens or so; those right after a validation carry it.
        """
        self.network.train()
        if not self._facts.step:
            self._save()
        self._clock = saved_at = time.perf_counter()
        while not self._facts.finished:
            self._step()
            share = self._share()
            validate = int(share * self.config.validations) > self._facts.validations
            if self._loss_tokens < REPORT_TOKENS and not validate and share < 1:
                continue
            progress = self._report(share)
            if self._has_diverged(progress.loss):
                self._go_back()
                continue
            yield self._validate(progress) if validate or share >= 1 else progress
            if self._facts.finished or time.perf_counter() - saved_at > SNAPSHOT_SECONDS:
                self._save()
                saved_at = time.perf_counter()

    def restore(self) -> None:
        """Go back to the last snapshot of this run's folder.

        Raises:
            CheckpointError: There is none, or it cannot be trusted.
        """
        tensors, facts = read_snapshot(self._folder / "snapshot.safetensors", self._device)
        self._facts = _Facts.read(facts)
        self.network.load_state_dict({name.removeprefix("network."): tensor for name, tensor in tensors.items()
                                      if name.startswith("network.")})  # fmt: skip
        restore_optimizer(self._optimizer, tensors)
        self._packer.restore_position(self._facts.position)
        self._state = LSTMState(tensors["state.hidden"], tensors["state.cell"])
        self._drop_metrics_after(self._facts.step)
        self._clear_loss()

    def _step(self) -> None:
        """Read one window and change the weights."""
        facts, config = self._facts, self.config
        share = self._share()
        rows, steps = config.window_at(share)
        torch.manual_seed(config.seed * 1_000_003 + facts.step)
        if rows != self._packer.batch_size:
            self._packer.resize(rows)
            self._state = self.network.zero_state(rows)
        window = self._packer.next_window(steps)  # (B, T + 1)
        token_ids = torch.from_numpy(window).to(self._device, non_blocking=True)
        with autocast(self._device, enabled=self._bfloat16):
            features, state = self.network.read(token_ids[:, :-1], self._forget_some(self._state))
            projection = self.network.projection
            loss = linear_cross_entropy(
                features.flatten(0, 1), projection.weight, projection.bias, token_ids[:, 1:].flatten()
            )
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_norm)
        facts.learning_rate = config.rate_at(share) * facts.rate_scale
        for group in self._optimizer.param_groups:
            group["lr"] = facts.learning_rate
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._state = LSTMState(state.hidden.detach().float(), state.cell.detach().float())
        facts.step += 1
        facts.tokens += rows * steps
        facts.seconds += self._lap()
        self._loss_sum += loss.detach() * (rows * steps)
        self._loss_tokens += rows * steps
        self._bytes += int(self._token_bytes[window[:, 1:]].sum())

    def _forget_some(self, state: LSTMState) -> LSTMState:
        """Zero the state of a few rows, chosen by the seed and the step's number."""
        random = np.random.default_rng([self.config.seed, self._facts.step])
        kept = random.random(self._packer.batch_size) >= self.config.state_reset
        mask = torch.from_numpy(kept.astype(np.float32)).to(self._device, state.hidden.dtype)[:, None]  # (B, 1)
        return LSTMState(state.hidden * mask, state.cell * mask)

    def _share(self) -> float:
        facts = self._facts
        return self.config.budget.share(
            minutes=facts.seconds / 60, tokens=facts.tokens, epochs=self._packer.epochs_read
        )

    def _lap(self) -> float:
        now = time.perf_counter()
        seconds, self._clock = now - self._clock, now
        return seconds

    def _report(self, share: float) -> Progress:
        facts = self._facts
        nats = float(self._loss_sum)
        progress = Progress(
            step=facts.step,
            tokens=facts.tokens,
            epochs=self._packer.epochs_read,
            share=min(share, 1.0),
            seconds=facts.seconds,
            loss=nats / self._loss_tokens,
            bits_per_byte=nats / math.log(2) / max(self._bytes, 1),
            learning_rate=facts.learning_rate,
            tokens_per_second=self._loss_tokens / max(facts.seconds - facts.reported_seconds, 1e-9),
        )
        facts.reported_seconds = facts.seconds
        self._clear_loss()
        if math.isfinite(progress.loss):
            facts.lowest_loss = min(facts.lowest_loss, progress.loss)
        self._append_metrics(progress)
        return progress

    def _clear_loss(self) -> None:
        self._loss_sum = torch.zeros((), device=self._device)
        self._loss_tokens = self._bytes = 0

    def _validate(self, progress: Progress) -> Progress:
        """Measure the held-out loss, keep the weights if they are the best, draw a sample."""
        facts = self._facts
        measured = self._measure_domains()
        facts.validations = max(facts.validations + 1, int(progress.share * self.config.validations))
        best = measured["all"] < facts.best
        facts.best = min(facts.best, measured["all"])
        facts.stale = 0 if best else facts.stale + 1
        facts.finished = progress.share >= 1 or facts.stale >= self.config.patience
        if best:
            weights = dict(self.network.state_dict())
            write_snapshot(self._folder / "best.safetensors", weights, {"step": facts.step, "validation": measured})
        sample = self._draw_sample(self.network) if self._draw_sample else ""
        told = Progress(**{**asdict(progress), "validation": measured, "best": best, "sample": sample})
        self._append_metrics(told)
        self._lap()
        return told

    def _measure_domains(self) -> dict[str, float]:
        domains = sorted({name.partition("/")[0] for name in self._validation.names})
        totals: list[HeldOut] = []
        measured = {}
        for domain in domains:
            records = self._validation.select(domain)
            ends = np.cumsum([len(self._validation.record(int(number))) for number in records])
            records = records[: max(1, int(np.searchsorted(ends, VALIDATION_TOKENS)))]
            held_out = measure_loss(
                self.network, self._validation, records, self._token_bytes, bfloat16=self._bfloat16
            )
            totals.append(held_out)
            measured[domain] = held_out.bits_per_byte
        overall = HeldOut(sum(t.nats for t in totals), sum(t.tokens for t in totals), sum(t.bytes for t in totals))
        return {**measured, "all": overall.bits_per_byte}

    def _has_diverged(self, loss: float) -> bool:
        return not math.isfinite(loss) or loss > self._facts.lowest_loss + DIVERGED_NATS

    def _go_back(self) -> None:
        """Return to the last snapshot with half the learning rate."""
        scale = self._facts.rate_scale / 2
        self.restore()
        self._facts.rate_scale = scale
        self._lap()

    def _save(self) -> None:
        self._facts.position = self._packer.save_position()
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        tensors |= {"state.hidden": self._state.hidden, "state.cell": self._state.cell}
        tensors |= list_moments(self._optimizer)
        write_snapshot(self._folder / "snapshot.safetensors", tensors, asdict(self._facts))
        self._lap()

    def _append_metrics(self, progress: Progress) -> None:
        with (self._folder / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(progress), ensure_ascii=False) + "\n")

    def _drop_metrics_after(self, step: int) -> None:
        """Forget what was logged after the snapshot; it will be logged again."""
        path = self._folder / "metrics.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
        write_whole(path, "".join(line + "\n" for line in kept).encode())


@dataclass
class _Facts:
    """The plain numbers of a run; they change at every step and go into the snapshot."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    reported_seconds: float = 0.0
    learning_rate: float = 0.0
    rate_scale: float = 1.0
    validations: int = 0
    stale: int = 0
    best: float = 1e9
    lowest_loss: float = 1e9
    finished: bool = False
    position: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, facts: dict[str, object]) -> "_Facts":
        return cls(**facts)  # type: ignore[arg-type]  # JSON that _save wrote, checked by its format number
