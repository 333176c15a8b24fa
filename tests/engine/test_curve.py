from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.engine.curve import draw_curve, list_curves, plot_curve
from chatlstm.engine.metrics import Progress

REPORT = Progress(1, 100, 0.1, 0.1, 1.0, 2.0, 4.0, 3e-3, 100.0)


def make_reports(*domains: str) -> list[Progress]:
    """Make four reports of 4, 3, 2 and 1 bits, and a validation after the second and the fourth."""
    reports = [replace(REPORT, step=n, tokens=100 * n, bits_per_byte=5.0 - n) for n in (1, 2, 3, 4)]
    measured = {**dict.fromkeys(domains, 2.5), "all": 2.5}
    second, fourth = (replace(reports[n], validation=measured) for n in (1, 3))
    return [*reports[:2], second, *reports[2:], fourth]


def test_the_training_curve_is_a_running_mean() -> None:
    assert list_curves(make_reports("story"))[0] == ("training", [100, 200, 300, 400], [4.0, 3.5, 3.0, 2.5])


def test_the_running_mean_is_of_eight_reports() -> None:
    reports = [replace(REPORT, bits_per_byte=float(n)) for n in range(10)]

    assert list_curves(reports)[0][2][-1] == 5.5  # of 2 to 9


def test_one_domain_has_one_held_out_curve() -> None:
    assert list_curves(make_reports("story"))[1:] == [("held-out story", [200, 400], [2.5, 2.5])]


def test_several_domains_have_a_curve_each_and_one_together() -> None:
    labels = [label for label, _, _ in list_curves(make_reports("news", "story"))]

    assert labels == ["training", "held-out news", "held-out story", "held-out all"]


def test_what_was_measured_before_training_is_the_curve_s_beginning() -> None:
    before = replace(REPORT, step=0, tokens=0, validation={"story": 3.0, "all": 3.0})

    assert list_curves([before, *make_reports("story")])[1][1] == [0, 200, 400]


@pytest.mark.parametrize("reports", [make_reports("news", "story"), make_reports("story")[2:3]])
def test_the_picture_is_a_png(reports: list[Progress], tmp_path: Path) -> None:
    draw_curve(reports, tmp_path / "curve.png")

    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_plot_fits_its_place_and_has_no_control_sequences() -> None:
    *lines, legend = plot_curve(make_reports("story"), width=60, height=12).splitlines()

    assert len(lines) == 12
    assert max(map(len, lines)) <= 60
    assert "\x1b" not in "".join(lines)
    assert legend == "bits per byte by tokens read: · training, o held-out story"


def test_a_plot_holds_nothing_of_the_one_before() -> None:
    plot_curve(make_reports("news", "story"), width=60, height=12)

    assert plot_curve(make_reports("story"), width=60, height=12) == plot_curve(
        make_reports("story"), width=60, height=12
    )
