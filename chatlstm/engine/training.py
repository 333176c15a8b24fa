"""Training: truncated backpropagation over packed records, killed and resumed at will.

Axes: B rows of all workers, b of this one, T steps, L layers, H hidden, V vocabulary.
"""

import math
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, replace

import torch

from chatlstm.engine.averaging import WeightAverage
from chatlstm.engine.config import TrainingConfig
from chatlstm.engine.device import autocast, keep_freed_memory
from chatlstm.engine.facts import Facts
from chatlstm.engine.feed import Feed
from chatlstm.engine.metrics import Progress, append_metrics, drop_metrics_after
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.optimizer import list_moments, make_optimizer, restore_optimizer
from chatlstm.engine.snapshot import keep_prefixed, read_snapshot, write_snapshot
from chatlstm.engine.workplace import TrainingText, Workplace, check_rows
from chatlstm.errors import ChatLSTMError

REPORT_TOKENS = 10_240
SNAPSHOT_SECONDS = 120.0
SNAPSHOT_TOKENS = 409_600
DIVERGED_NATS = 2.0
LEAST_RATE_SCALE = 1 / 64


class Trainer:
    """One training run: a network, its optimiser, and its place in the text.

    Everything a step depends on is either in the snapshot or follows from the seed and the
    step's number, so a run killed at any moment ends, on the CPU and with a budget in tokens or
    epochs, with the very weights of one that was not.

    Several workers take a share of the rows each and add up their gradients. They decide alike:
    the clock, the held-out loss and what a snapshot holds are the leading worker's. Where they
    read one text, they train the weights that one process would, but for the rounding of the sums,
    and a snapshot of theirs is gone on with by any number. Where each has its own share of the text,
    neither holds: other rows stand side by side, and as many workers have to go on; an epoch and the
    held-out records are the leading worker's.

    Args:
        network: What is trained, on its device.
        text: What it reads.
        config: How to train; the rows are those of all workers together.
        workplace: Where and with whom.

    Raises:
        MisuseError: A window has too few rows for so many workers.
    """

    def __init__(
        self, network: Network, text: TrainingText, config: TrainingConfig, workplace: Workplace
    ) -> None:
        check_rows(config, workplace.workers)
        self.network = network
        self.config = config
        self._text = text
        self._folder = workplace.folder
        self._bfloat16 = workplace.bfloat16
        self._workers = workplace.workers
        self._device = network.embedding.weight.device
        if self._device.type == "cpu":
            keep_freed_memory()
        self._optimizer = make_optimizer(network, config)
        self._average = WeightAverage(network, config.averaging)
        self._feed = Feed(
            text.train,
            batch_size=config.window_at(0.0)[0],
            seed=config.seed,
            workers=self._workers,
            sharded=text.sharded,
        )
        self._state = network.zero_state(self._feed.row_count)
        self._facts = Facts()
        self._epochs = 0.0
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
            ChatLSTMError: The loss diverges however small the learning rate, or another worker ended.
            OSError: The disk is full or the folder cannot be written; the last snapshot stands.
        """
        self.network.train()
        if not self._facts.step:
            if measure_first:
                yield self._validate(self._report(0.0), draw_sample)
            self._save()
        self._lap()
        saved_seconds, saved_tokens = self._facts.seconds, self._facts.tokens
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
            self._append_metrics(progress)
            yield self._validate(progress, draw_sample) if validates else progress
            if validates or self._snapshot_due(saved_seconds, saved_tokens):
                self._save()
                saved_seconds, saved_tokens = self._facts.seconds, self._facts.tokens
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
        workers, device = self._workers, self._device
        tensors: dict[str, torch.Tensor] = {}
        facts: dict[str, object] = {}
        if workers.leads:
            tensors, facts = read_snapshot(self._folder / "snapshot.safetensors", device)
            drop_metrics_after(self._folder / "metrics.jsonl", Facts.read(facts).step)
        tensors = workers.share_tensors(tensors, device)
        self._facts = Facts.read(workers.share(facts))
        self.network.load_state_dict(keep_prefixed(tensors, "network."))
        self._average.restore(keep_prefixed(tensors, "average."))
        restore_optimizer(self._optimizer, keep_prefixed(tensors, "optimizer."))
        self._feed.restore_position(self._facts.position)
        rows = self._feed.rows
        self._state = LSTMState(tensors["state.hidden"][:, rows], tensors["state.cell"][:, rows])
        self._agree()
        self._clear_loss()

    def _step(self) -> None:
        """Read one window and change the weights."""
        facts, config = self._facts, self.config
        share = self._share()
        rows, steps = config.window_at(share)
        if rows != self._feed.batch_size:
            self._feed.resize(rows)
            self._state = self.network.zero_state(self._feed.row_count)
        window = self._feed.next_window(steps)  # (b, T + 1)
        loss = self._propagate(torch.from_numpy(window).to(self._device, non_blocking=True))
        self._workers.add_gradients(self.network.parameters())
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
        self._agree()
        self._loss_sum += loss * (rows * steps)
        self._loss_tokens += rows * steps
        self._bytes += int(self._text.token_bytes[window[:, 1:]].sum())

    def _propagate(self, token_ids: torch.Tensor) -> torch.Tensor:
        """Predict windows ``(b, T + 1)``, fill the gradients, carry the state on.

        Returns:
            This worker's part of the mean cross-entropy of all B rows.
        """
        network, feed, step = self.network, self._feed, self._facts.step
        forgetful = torch.from_numpy(feed.choose_forgetful(step, self.config.state_reset))
        kept = (~forgetful).float()[:, None].to(self._device, non_blocking=True)  # (b, 1)
        state = LSTMState(self._state.hidden * kept, self._state.cell * kept)
        masks = feed.draw_masks(step, network.config, self._device)
        with autocast(self._device, enabled=self._bfloat16):
            features, state = network.read(token_ids[:, :-1], state, masks)  # (b, T, H)
            loss, nats = self._text.objective(network, features, token_ids)
        part = feed.row_count / feed.batch_size
        loss = loss * part
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        self._state = LSTMState(state.hidden.detach().float(), state.cell.detach().float())
        return nats.detach() * part

    def _share(self) -> float:
        facts = self._facts
        return self.config.budget.share(
            minutes=facts.seconds / 60, tokens=facts.tokens, epochs=self._epochs
        )

    def _agree(self) -> None:
        """Take the leading worker's clock and count of epochs, by which all decide."""
        mine = [self._facts.seconds, self._feed.epochs_read]
        told = mine if self._workers.leads else [0.0, 0.0]
        self._facts.seconds, self._epochs = self._workers.add_numbers(told)

    def _lap(self) -> float:
        now = time.perf_counter()
        seconds, self._clock = now - self._clock, now
        return seconds

    def _report(self, share: float) -> Progress:
        facts = self._facts
        nats, size = self._workers.add_numbers([float(self._loss_sum), self._bytes])
        progress = Progress(
            step=facts.step,
            tokens=facts.tokens,
            epochs=self._epochs,
            share=min(share, 1.0),
            seconds=facts.seconds,
            loss=nats / max(self._loss_tokens, 1),
            bits_per_byte=nats / math.log(2) / max(size, 1),
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
        mine = self._text.measure(self.averaged, bfloat16=self._bfloat16) if self._workers.leads else {}
        measured = self._workers.share(mine)
        best = facts.take_validation(measured["all"], progress.share, self.config)
        if best and self._workers.leads:
            weights = dict(self.averaged.state_dict())
            told = {"step": facts.step, "validation": measured}
            write_snapshot(self._folder / "best.safetensors", weights, told)
        sample = draw_sample(facts.step) if draw_sample else ""
        validated = replace(progress, validation=measured, best=best, sample=sample)
        self._append_metrics(validated)
        return validated

    def _append_metrics(self, progress: Progress) -> None:
        if self._workers.leads:
            append_metrics(self._folder / "metrics.jsonl", progress)

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

    def _snapshot_due(self, saved_seconds: float, saved_tokens: int) -> bool:
        # Where a diverging run goes back to must not hang on the clock, or a run that was killed
        # would end with other weights; with a budget in minutes it does so anyhow.
        if self.config.budget.minutes is not None:
            return self._facts.seconds - saved_seconds > SNAPSHOT_SECONDS
        return self._facts.tokens - saved_tokens >= SNAPSHOT_TOKENS

    def _save(self) -> None:
        self._facts.position = self._feed.save_position()
        rows = self._feed.batch_size
        state = {f"state.{name}": self._workers.gather_rows(each, rows) for name, each in self._state._asdict().items()}
        if not self._workers.leads:
            return
        tensors = state | {f"network.{name}": value for name, value in self.network.state_dict().items()}
        if self.config.averaging:
            tensors |= {f"average.{name}": value for name, value in self.averaged.state_dict().items()}
        tensors |= {f"optimizer.{name}": value for name, value in list_moments(self._optimizer).items()}
        write_snapshot(self._folder / "snapshot.safetensors", tensors, asdict(self._facts))
