"""Training: truncated backpropagation over packed records; B rows, T steps, L layers, H hidden, V vocabulary."""

import math
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.averaging import WeightAverage
from chatlstm.engine.config import TrainingConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.device import autocast
from chatlstm.engine.dropout import Masks, draw_masks
from chatlstm.engine.facts import Facts
from chatlstm.engine.held_out import sum_held_out
from chatlstm.engine.loss import Objective, predict_next
from chatlstm.engine.measure import measure_domains
from chatlstm.engine.metrics import Progress, append_metrics, drop_metrics_after
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.optimizer import list_moments, make_optimizer, restore_optimizer
from chatlstm.engine.packer import Packer
from chatlstm.engine.snapshot import keep_prefixed, read_snapshot, write_snapshot
from chatlstm.errors import ChatLSTMError

REPORT_TOKENS = 10_240
SNAPSHOT_SECONDS = 120.0
SNAPSHOT_TOKENS = 409_600
DIVERGED_NATS = 2.0
LEAST_RATE_SCALE = 1 / 64


@dataclass(frozen=True)
class TrainingText:
    """What a run reads, and what it makes of it.

    Args:
        train: Training records.
        validation: Held-out records.
        token_bytes: Bytes each token stands for, shape ``(V,)``.
        objective: Rates a window; gives the loss to make small and the cross-entropy to report.
    """

    train: TokenFile
    validation: TokenFile
    token_bytes: NDArray[np.int32]
    objective: Objective = predict_next


class Trainer:
    """One training run: a network, its optimiser, and its place in the text.

    Everything a step depends on is either in the snapshot or follows from the seed and the
    step's number, so a run killed at any moment ends, on the CPU and with a budget in tokens or
    epochs, with the very weights of one that was not.

    Args:
        network: What is trained, on its device.
        text: What it reads.
        config: How to train.
        folder: Where ``snapshot.safetensors``, ``best.safetensors`` and ``metrics.jsonl`` go.
        bfloat16: Whether matrix products run in bfloat16.
    """

    def __init__(
        self,
        network: Network,
        text: TrainingText,
        config: TrainingConfig,
        *,
        folder: Path,
        bfloat16: bool,
    ) -> None:
        self.network = network
        self.config = config
        self._text = text
        self._folder = folder
        self._bfloat16 = bfloat16
        self._device = network.embedding.weight.device
        self._optimizer = make_optimizer(network, config)
        self._average = WeightAverage(network, config.averaging)
        self._packer = Packer(text.train, batch_size=config.window_at(0.0)[0], seed=config.seed)
        self._state = network.zero_state(self._packer.batch_size)
        self._facts = Facts()
        self._clear_loss()
        self._clock = time.perf_counter()

    def run(
        self, draw_sample: Callable[[int], str] | None = None, *, measure_first: bool = False
    ) -> Generator[Progress, None, None]:
        """Train until the budget ends or the held-out loss stops falling.

        Args:
            draw_sample: Writes the text shown at a validation; it is given the step's number.
            measure_first: Validate before the first step, so that weights which no training
                betters are kept.

        Yields:
            A report every 10,000 tokens or so; a validation's carries what was measured.

        Raises:
            ChatLSTMError: The loss diverges however small the learning rate.
            OSError: The disk is full or the folder cannot be written; the last snapshot stands.
        """
        self.network.train()
        if not self._facts.step:
            if measure_first:
                yield self._validate(self._report(0.0), draw_sample)
            self._save()
        self._clock = saved_at = time.perf_counter()
        saved_tokens = self._facts.tokens
        while not self._facts.finished:
            self._step()
            share = self._share()
            validates = share >= 1 or int(share * self.config.validations) > self._facts.validations
            if self._loss_tokens < REPORT_TOKENS and not validates:
                continue
            progress = self._report(share)
            if self._has_diverged(progress.loss):
                self._go_back()
                continue
            self._facts.lowest_loss = min(self._facts.lowest_loss, progress.loss)
            append_metrics(self._folder / "metrics.jsonl", progress)
            yield self._validate(progress, draw_sample) if validates else progress
            if validates or self._snapshot_due(saved_at, saved_tokens):
                self._save()
                saved_at, saved_tokens = time.perf_counter(), self._facts.tokens
            self._lap()

    @property
    def averaged(self) -> Network:
        """The network with the averaged weights: what is validated, kept and shown."""
        return self._average.network

    @property
    def share_used(self) -> float:
        """Tell which share of the budget is used up, 0 to 1."""
        return min(self._share(), 1.0)

    def restore(self) -> None:
        """Go back to the last snapshot of this run's folder.

        Raises:
            CheckpointError: There is none, or it cannot be trusted.
        """
        tensors, facts = read_snapshot(self._folder / "snapshot.safetensors", self._device)
        self._facts = Facts.read(facts)
        self.network.load_state_dict(keep_prefixed(tensors, "network."))
        self._average.restore(keep_prefixed(tensors, "average."))
        restore_optimizer(self._optimizer, keep_prefixed(tensors, "optimizer."))
        self._packer.restore_position(self._facts.position)
        self._state = LSTMState(tensors["state.hidden"], tensors["state.cell"])
        drop_metrics_after(self._folder / "metrics.jsonl", self._facts.step)
        self._clear_loss()

    def _step(self) -> None:
        """Read one window and change the weights."""
        facts, config = self._facts, self.config
        share = self._share()
        rows, steps = config.window_at(share)
        if rows != self._packer.batch_size:
            self._packer.resize(rows)
            self._state = self.network.zero_state(rows)
        window = self._packer.next_window(steps)  # (B, T + 1)
        loss = self._propagate(torch.from_numpy(window).to(self._device, non_blocking=True))
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_norm)
        facts.learning_rate = config.rate_at(share) * facts.rate_scale
        for group in self._optimizer.param_groups:
            group["lr"] = facts.learning_rate
        self._optimizer.step()
        self._optimizer.zero_grad()
        facts.step += 1
        self._average.add(facts.step)
        facts.tokens += rows * steps
        facts.seconds += self._lap()
        self._loss_sum += loss * (rows * steps)
        self._loss_tokens += rows * steps
        self._bytes += int(self._text.token_bytes[window[:, 1:]].sum())

    def _propagate(self, token_ids: torch.Tensor) -> torch.Tensor:
        """Predict a window ``(B, T + 1)``, fill the gradients, carry the state on."""
        with autocast(self._device, enabled=self._bfloat16):
            features, state = self.network.read(token_ids[:, :-1], self._forget_some(), self._draw_masks())
            loss, nats = self._text.objective(self.network, features, token_ids)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        self._state = LSTMState(state.hidden.detach().float(), state.cell.detach().float())
        return nats.detach()

    def _forget_some(self) -> LSTMState:
        """Zero the state of a few rows, chosen by the seed and the step's number."""
        state = self._state
        random = np.random.default_rng([self.config.seed, self._facts.step])
        kept = random.random(self._packer.batch_size) >= self.config.state_reset
        mask = torch.from_numpy(kept.astype(np.float32)).to(self._device, non_blocking=True)[:, None]  # (B, 1)
        return LSTMState(state.hidden * mask, state.cell * mask)

    def _draw_masks(self) -> Masks:
        random = torch.Generator(self._device)
        random.manual_seed(self.config.seed * 1_000_003 + self._facts.step)
        return draw_masks(self.network.config, self._packer.batch_size, random)

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
            loss=nats / max(self._loss_tokens, 1),
            bits_per_byte=nats / math.log(2) / max(self._bytes, 1),
            learning_rate=facts.learning_rate,
            tokens_per_second=self._loss_tokens / max(facts.seconds - facts.reported_seconds, 1e-9),
        )
        facts.reported_seconds = facts.seconds
        self._clear_loss()
        return progress

    def _clear_loss(self) -> None:
        self._loss_sum = torch.zeros((), device=self._device)
        self._loss_tokens = self._bytes = 0

    def _validate(self, progress: Progress, draw_sample: Callable[[int], str] | None) -> Progress:
        """Measure the held-out loss, keep the weights if they are the best, draw a sample."""
        facts = self._facts
        parts = measure_domains(
            self.averaged, self._text.validation, self._text.token_bytes, bfloat16=self._bfloat16
        )
        measured = {domain: part.bits_per_byte for domain, part in parts.items()}
        measured["all"] = sum_held_out(parts.values()).bits_per_byte
        best = measured["all"] < facts.best
        if progress.step:
            passed = int(progress.share * self.config.validations)
            facts.validations = max(facts.validations + 1, passed)
            facts.stale = facts.stale + 1 if progress.share >= self.config.decay_from and not best else 0
        facts.best = min(facts.best, measured["all"])
        facts.finished = progress.share >= 1 or facts.stale >= self.config.patience
        if best:
            weights = dict(self.averaged.state_dict())
            told = {"step": facts.step, "validation": measured}
            write_snapshot(self._folder / "best.safetensors", weights, told)
        sample = draw_sample(facts.step) if draw_sample else ""
        validated = replace(progress, validation=measured, best=best, sample=sample)
        append_metrics(self._folder / "metrics.jsonl", validated)
        return validated

    def _has_diverged(self, loss: float) -> bool:
        # the last step may have spoilt weights whose loss before it was still good
        sums = torch.stack([weight.sum() for weight in self.network.parameters()])
        sound = bool(sums.isfinite().all())  # one wait for the device
        return not sound or not loss <= self._facts.lowest_loss + DIVERGED_NATS

    def _go_back(self) -> None:
        """Return to the last snapshot with half the learning rate."""
        scale = self._facts.rate_scale / 2
        if scale < LEAST_RATE_SCALE:
            raise ChatLSTMError(
                f"the loss diverges even at a learning rate of {self._facts.learning_rate:.1g}; "
                "train anew with a smaller --learning-rate"
            )
        self.restore()
        self._facts.rate_scale = scale
        self._lap()

    def _snapshot_due(self, saved_at: float, saved_tokens: int) -> bool:
        # Where a diverging run goes back to must not hang on the clock, or a run that was killed
        # would end with other weights; with a budget in minutes it does so anyhow.
        if self.config.budget.minutes is not None:
            return time.perf_counter() - saved_at > SNAPSHOT_SECONDS
        return self._facts.tokens - saved_tokens >= SNAPSHOT_TOKENS

    def _save(self) -> None:
        self._facts.position = self._packer.save_position()
        tensors = {"state.hidden": self._state.hidden, "state.cell": self._state.cell}
        tensors |= {f"network.{name}": value for name, value in self.network.state_dict().items()}
        if self.config.averaging:
            tensors |= {f"average.{name}": value for name, value in self.averaged.state_dict().items()}
        tensors |= {f"optimizer.{name}": value for name, value in list_moments(self._optimizer).items()}
        write_snapshot(self._folder / "snapshot.safetensors", tensors, asdict(self._facts))
