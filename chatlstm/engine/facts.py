"""The plain numbers of a training run."""

from dataclasses import dataclass, field

from chatlstm.engine.config import TrainingConfig


@dataclass
class Facts:
    """Where a run stands; it changes at every step and goes into the snapshot.

    Args:
        step: Optimiser steps done.
        tokens: Tokens read.
        seconds: Time spent training, pauses and measuring left out.
        reported_seconds: The same at the last report.
        learning_rate: The last step's.
        rate_scale: What the learning rate is multiplied with since the loss diverged.
        validations: How often the held-out loss has been measured.
        stale: How often it was no better since the rate began to fall.
        best: The lowest so far, in bits per byte.
        lowest_loss: The lowest training loss reported, in nats per token.
        finished: Whether the run has come to its end.
        position: Where every row is in the text, as the packer writes it down.

    Example:
        >>> Facts.read({"step": 3, "tokens": 120}).tokens
        120
    """

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
    def read(cls, facts: dict[str, object]) -> "Facts":
        """Take what a snapshot tells."""
        return cls(**facts)  # type: ignore[arg-type]  # JSON that the trainer wrote, by its format

    def take_validation(self, bits_per_byte: float, share: float, config: TrainingConfig) -> bool:
        """Note a held-out loss, and whether the run ends with it.

        Args:
            bits_per_byte: What was measured.
            share: Share of the budget used up.
            config: Tells how often to measure, and for how long without a better one.

        Returns:
            Whether it is the lowest so far.
        """
        best = bits_per_byte < self.best
        if self.step:
            self.validations = max(self.validations + 1, int(share * config.validations))
            self.stale = self.stale + 1 if share >= config.decay_from and not best else 0
        self.best = min(self.best, bits_per_byte)
        self.finished = share >= 1 or self.stale >= config.patience
        return best
