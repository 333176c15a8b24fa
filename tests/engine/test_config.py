import math

import pytest

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig

BUDGET = Budget(tokens=1000)


@pytest.mark.parametrize("name", ["vocabulary_size", "hidden_size", "num_layers"])
def test_a_network_has_at_least_one_of_everything(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        NetworkConfig(**{"vocabulary_size": 8, name: 0})  # type: ignore[arg-type]  # one number


@pytest.mark.parametrize("name", ["embedding_dropout", "hidden_dropout", "output_dropout", "weight_dropout"])
@pytest.mark.parametrize("share", [-0.1, 1.0, math.nan])
def test_a_dropout_is_a_share_below_one(name: str, share: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be in"):
        NetworkConfig(8, **{name: share})  # type: ignore[arg-type]  # one float


@pytest.mark.parametrize(
    "limits", [(None, None, None), (1.0, 1, None), (None, 1, 1.0), (1.0, 1, 1.0)]
)
def test_a_budget_is_exactly_one_of_three(limits: tuple[float | None, int | None, float | None]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Budget(*limits)


@pytest.mark.parametrize("minutes", [0.0, -1.0, math.nan])
def test_a_budget_is_positive(minutes: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Budget(minutes=minutes)


@pytest.mark.parametrize(
    ("budget", "share"), [(Budget(minutes=8), 0.25), (Budget(tokens=600), 0.5), (Budget(epochs=4), 0.75)]
)
def test_the_share_is_of_what_was_budgeted(budget: Budget, share: float) -> None:
    assert budget.share(minutes=2, tokens=300, epochs=3) == share


def test_the_share_goes_beyond_one() -> None:
    assert Budget(epochs=2).share(minutes=0, tokens=0, epochs=3) == 1.5


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("batch_size", 0, "at least 1"),
        ("backprop_steps", 0, "at least 1"),
        ("validations", 0, "at least 1"),
        ("patience", 0, "at least 1"),
        ("learning_rate", 0.0, "positive"),
        ("clip_norm", math.nan, "positive"),
        ("warmup", 1.1, "in"),
        ("decay_from", -0.1, "in"),
        ("small_batches", 2, "in"),
        ("averaging", 1.5, "in"),
        ("state_reset", -1, "in"),
        ("weight_decay", -0.1, "at least 0"),
        ("unlikelihood", -0.1, "at least 0"),
    ],
)
def test_a_value_outside_its_range_is_refused(name: str, value: float, rule: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be {rule}"):
        TrainingConfig(BUDGET, **{name: value})  # type: ignore[arg-type]  # one number


# by hand: up a line to 0.2, flat to 0.6, then down a line to 2 % of it at the end
@pytest.mark.parametrize(
    ("share", "rate"),
    [(0.0, 0.0), (0.05, 0.25), (0.1, 0.5), (0.2, 1.0), (0.6, 1.0), (0.7, 0.755), (0.8, 0.51), (1.0, 0.02), (1.5, 0.02)],
)
def test_the_rate_rises_stays_and_falls(share: float, rate: float) -> None:
    config = TrainingConfig(BUDGET, learning_rate=1.0, warmup=0.2, decay_from=0.6)

    assert config.rate_at(share) == pytest.approx(rate, abs=1e-12)


def test_without_warm_up_the_rate_starts_high() -> None:
    assert TrainingConfig(BUDGET, learning_rate=1.0, warmup=0.0).rate_at(0.0) == 1.0


@pytest.mark.parametrize("share", [0.5, 1.0, 1.2])
def test_without_decay_the_rate_stays_to_the_end(share: float) -> None:
    assert TrainingConfig(BUDGET, learning_rate=1.0, decay_from=1.0).rate_at(share) == 1.0


@pytest.mark.parametrize(("share", "window"), [(0.0, (16, 32)), (0.09, (16, 32)), (0.1, (64, 64)), (1.0, (64, 64))])
def test_windows_are_small_at_first(share: float, window: tuple[int, int]) -> None:
    assert TrainingConfig(BUDGET, small_batches=0.1).window_at(share) == window


def test_the_smallest_window_is_one_token() -> None:
    assert TrainingConfig(BUDGET, batch_size=1, backprop_steps=1).window_at(0.0) == (1, 1)
