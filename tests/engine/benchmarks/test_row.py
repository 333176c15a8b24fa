import pytest

from chatlstm.engine.benchmarks.row import Aim, Row

TWICE = Aim("at least", 2, of="ratio")


@pytest.mark.parametrize(
    ("aim", "figure", "admitted"),
    [
        (Aim("at least", 2), 2.0, True),
        (Aim("at least", 2), 1.99, False),
        (Aim("at most", 2), 2.0, True),
        (Aim("at most", 2), 2.01, False),
        (Aim("at least", 2), float("nan"), False),
        (Aim("at most", 2), float("nan"), False),
    ],
)
def test_the_bound_itself_suffices_and_no_number_does_not(
    aim: Aim, figure: float, admitted: bool
) -> None:
    assert aim.admits(figure) is admitted


def test_an_aim_of_the_ratio_looks_at_the_ratio() -> None:
    assert Row("speed", "tokens/s", 30.0, 10.0, TWICE).ok is True
    assert Row("speed", "tokens/s", 30.0, 20.0, TWICE).ok is False


def test_an_aim_of_what_was_reached_does_not() -> None:
    assert Row("loss", "nats", 1.4, 100.0, Aim("at most", 1.45)).ok is True


def test_the_ratio_is_what_was_reached_in_parts_of_the_reference() -> None:
    assert Row("time", "s", 3.0, 2.0).ratio == 1.5


def test_a_row_without_an_aim_is_neither_good_nor_bad() -> None:
    assert Row("time", "s", 3.0).ok is None


def test_what_could_not_be_measured_is_neither_good_nor_bad() -> None:
    row = Row("speed", "tokens/s", None, 10.0, TWICE, "needs a graphics card")

    assert (row.ratio, row.ok) == (None, None)


def test_what_could_not_be_measured_needs_its_reason() -> None:
    with pytest.raises(ValueError, match="speed: a figure that could not be measured needs its reason"):
        Row("speed", "tokens/s", None)


@pytest.mark.parametrize("reference", [None, 0.0])
def test_an_aim_of_a_ratio_needs_something_to_divide_by(reference: float | None) -> None:
    with pytest.raises(ValueError, match="ratio at least 2, but there is no reference"):
        Row("speed", "tokens/s", 1.0, reference, TWICE)
