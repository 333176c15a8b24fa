"""The settings of a network and of a training run; no torch here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkConfig:
    """The shape of the network and what is dropped while it trains.

    Args:
        vocabulary_size: Number of tokens V, ``>= 1``.
        hidden_size: Width H of embedding, layers and states, ``>= 1``.
        num_layers: Layers L, ``>= 1``.
        residual: ``x + LSTM(LayerNorm(x))`` a layer; False is the plain stack, ``LSTM(x)``.
        tie_weights: The output projection is the embedding's matrix.
        embedding_dropout: Share of embedding entries dropped, ``0 <= p < 1``.
        hidden_dropout: Share of each layer's output dropped, ``0 <= p < 1``.
        output_dropout: Share of the last features dropped, ``0 <= p < 1``.
        weight_dropout: Share of recurrent weights dropped a window, ``0 <= p < 1``
            (Merity et al. 2018, arXiv:1708.02182).
        match_size: Width of the space in which replies are matched to turns; 0 has no matcher.

    Raises:
        ValueError: A value is outside its range.

    Example:
        >>> NetworkConfig(vocabulary_size=8192).hidden_size
        512
    """

    vocabulary_size: int
    hidden_size: int = 512
    num_layers: int = 3
    residual: bool = True
    tie_weights: bool = True
    embedding_dropout: float = 0.0
    hidden_dropout: float = 0.0
    output_dropout: float = 0.0
    weight_dropout: float = 0.0
    match_size: int = 0

    def __post_init__(self) -> None:
        sizes = {
            "vocabulary_size": self.vocabulary_size,
            "hidden_size": self.hidden_size,
            "num_layers": self.num_layers,
        }
        for name, size in sizes.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name} must be at least 1 and whole, got {size!r}")
        dropouts = {
            "embedding_dropout": self.embedding_dropout,
            "hidden_dropout": self.hidden_dropout,
            "output_dropout": self.output_dropout,
            "weight_dropout": self.weight_dropout,
        }
        for name, share in dropouts.items():
            if not 0 <= share < 1:
                raise ValueError(f"{name} must be in [0, 1), got {share}")


@dataclass(frozen=True)
class Budget:
    """When training ends: after minutes, tokens or epochs, exactly one of them.

    Args:
        minutes: Time spent training, pauses and measuring left out, ``> 0``.
        tokens: Tokens read, ``> 0``.
        epochs: Passes over the text, ``> 0``.

    Raises:
        ValueError: None or several are given, or one is not positive.

    Example:
        >>> Budget(minutes=3).share(minutes=1.5, tokens=0, epochs=0)
        0.5
    """

    minutes: float | None = None
    tokens: int | None = None
    epochs: float | None = None

    def __post_init__(self) -> None:
        given = [limit for limit in (self.minutes, self.tokens, self.epochs) if limit is not None]
        if len(given) != 1:
            raise ValueError(f"a budget is minutes, tokens or epochs, exactly one, got {self}")
        if not given[0] > 0:
            raise ValueError(f"a budget must be positive, got {given[0]}")

    def share(self, *, minutes: float, tokens: int, epochs: float) -> float:
        """Tell which share is used up; 1 or more is the end."""
        if self.minutes is not None:
            return minutes / self.minutes
        if self.tokens is not None:
            return tokens / self.tokens
        return epochs / (self.epochs or 1.0)


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained.

    Args:
        budget: When it ends.
        seed: Fixes order, dropout and first weights.
        batch_size: Rows B, ``>= 1``.
        backprop_steps: Steps T gradients flow back through, ``>= 1``.
        learning_rate: At its highest, ``> 0``.
        warmup: Share of the budget in which the rate rises from 0, ``0 <= warmup < 1``.
        decay_from: Share of the budget after which the rate falls in a line to 2 %.
        small_batches: Share of the budget trained with a quarter of the rows and half of the
            steps, since many small steps teach a new network fastest.
        weight_decay: Of the matrices alone, ``>= 0``.
        averaging: Share of the steps over which the weights are averaged that are validated and
            kept, ``0 <= averaging <= 1``; 0 keeps the last step's.
        clip_norm: Gradients are scaled down to this norm, ``> 0``.
        state_reset: Chance that a row forgets its state between windows, so that the model also
            learns to start cold.
        validations: How often the held-out loss is measured, ``>= 1``.
        patience: End after so many measurements without a better one, counted from where the rate
            begins to fall, ``>= 1``.
        unlikelihood: Weight of the loss that makes repetitions less likely, ``>= 0``; 0 has none.

    Raises:
        ValueError: A value is outside its range.

    Example:
        >>> TrainingConfig(Budget(epochs=2)).learning_rate
        0.003
    """

    budget: Budget
    seed: int = 1
    batch_size: int = 64
    backprop_steps: int = 64
    learning_rate: float = 3e-3
    warmup: float = 0.02
    decay_from: float = 0.5
    small_batches: float = 0.02
    weight_decay: float = 0.01
    averaging: float = 0.03
    clip_norm: float = 1.0
    state_reset: float = 0.02
    validations: int = 24
    patience: int = 8
    unlikelihood: float = 0.0

    def __post_init__(self) -> None:
        counts = ("batch_size", "backprop_steps", "validations", "patience")
        for name, bound in (*((name, 1) for name in counts), ("weight_decay", 0), ("unlikelihood", 0)):
            if getattr(self, name) < bound:
                raise ValueError(f"{name} must be at least {bound}, got {getattr(self, name)}")
        for name in ("learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        for name in ("warmup", "decay_from", "small_batches", "averaging", "state_reset"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be in [0, 1], got {getattr(self, name)}")

    def rate_at(self, share: float) -> float:
        """Give the learning rate when ``share`` of the budget is used up.

        Example:
            >>> config = TrainingConfig(Budget(minutes=10), warmup=0.1, decay_from=0.5)
            >>> [round(config.rate_at(share), 5) for share in (0.05, 0.3, 0.75, 1.0)]
            [0.0015, 0.003, 0.00153, 6e-05]
        """
        if share < self.warmup:
            return self.learning_rate * share / self.warmup
        if share <= self.decay_from or self.decay_from == 1:
            return self.learning_rate
        fallen = min(1.0, (share - self.decay_from) / (1 - self.decay_from))
        return self.learning_rate * (1 - 0.98 * fallen)

    def window_at(self, share: float) -> tuple[int, int]:
        """Give rows B and steps T when ``share`` of the budget is used up."""
        if share < self.small_batches:
            return max(1, self.batch_size // 4), max(1, self.backprop_steps // 2)
        return self.batch_size, self.backprop_steps
