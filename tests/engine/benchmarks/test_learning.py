import lzma
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from chatlstm.engine import training
from chatlstm.engine.benchmarks.learning import (
    FILE,
    MARKS,
    Recipe,
    cut_pieces,
    learn_by_steps,
    list_rows,
    make_recipe,
    measure_learning,
    measure_plain,
)
from chatlstm.engine.benchmarks.plain import PlainLSTM
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.benchmarks.transformer import TransformerConfig
from chatlstm.engine.config import NetworkConfig

SECOND = 1 / 60
RECIPE = Recipe(
    NetworkConfig(1, hidden_size=8, num_layers=1),
    replace(make_recipe().training, batch_size=2, backprop_steps=8),
    TransformerConfig(1, width=8, layers=1, heads=2, context=8, batch_size=2, steps=3),
)


def list_measured(folder: Path) -> list[Row]:
    told = measure_learning(folder, folder / "pictures", minutes=0.2 * SECOND, seeds=2, recipe=RECIPE)
    return [row for row in told if isinstance(row, Row)]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Measure a text of 184 characters, 0.2 s each."""
    folder = tmp_path_factory.mktemp("learning")
    (folder / FILE).write_bytes(lzma.compress(b"what is to be is to be\n" * 8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "REPORT_TOKENS", 16)
        return folder, list_measured(folder)


def test_three_curves_are_drawn(measured: tuple[Path, list[Row]]) -> None:
    assert (measured[0] / "pictures" / "learning.png").read_bytes().startswith(b"\x89PNG")


def test_each_contender_is_measured_on_its_way(measured: tuple[Path, list[Row]]) -> None:
    names = [row.name for row in measured[1]]

    for contender in ("ChatLSTM", "small GPT", "plain nn.LSTM"):
        assert sum(name.startswith(f"{contender} after") for name in names) >= 1


def test_the_aim_holds_for_each_seed_and_their_mean(measured: tuple[Path, list[Row]]) -> None:
    bound = [row for row in measured[1] if row.aim is not None]

    assert [row.name for row in bound] == ["held-out loss, seed 1", "held-out loss, seed 2", "held-out loss"]
    first, second, mean = (row.reached or 0.0 for row in bound)
    assert mean == pytest.approx((first + second) / 2)


def test_losses_are_nats_per_character(measured: tuple[Path, list[Row]]) -> None:
    # eleven characters; 0.2 s teach little, and an even guess costs ln 11 = 2.4
    assert all(0 < (row.reached or 0.0) < 3.5 for row in measured[1])


def test_without_the_text_the_row_says_so(tmp_path: Path) -> None:
    (row,) = list_measured(tmp_path)

    assert (row.reached, row.ok) == (None, None)
    assert row.note == "needs bench_tinyshakespeare.txt.xz in the folder given by --corpora"


def test_the_measured_recipe_is_the_one_that_is_told() -> None:
    recipe = make_recipe()

    assert (recipe.network.hidden_size, recipe.network.num_layers) == (256, 2)
    assert (recipe.transformer.context, recipe.transformer.batch_size, recipe.transformer.steps) == (64, 12, 2000)


def test_pieces_are_the_whole_text_in_order() -> None:
    pieces = cut_pieces(np.arange(10), 4)

    assert [pieces.record(number).tolist() for number in range(3)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(pieces) == 3


def test_steps_end_with_the_last_one_or_with_the_time() -> None:
    left = [True, True, False]

    points = list(learn_by_steps(lambda: left.pop(0), lambda: 1.0, minutes=60))
    assert (left, [loss for _, loss in points]) == ([], [1.0])

    ended = list(learn_by_steps(lambda: True, lambda: 2.0, minutes=0.02 * SECOND))
    assert 1 <= len(ended) <= MARKS
    assert ended[-1][0] >= 0.02


def test_held_out_text_is_read_with_its_state() -> None:
    torch.manual_seed(1)
    network = PlainLSTM(NetworkConfig(3, hidden_size=4, num_layers=1))
    text = torch.arange(1500) % 3

    with torch.no_grad():
        logits, _ = network(text[None, :-1], network.zero_state(1))
    nats = -logits[0].log_softmax(1)[torch.arange(1499), text[1:]].mean()
    assert measure_plain(network, text) == pytest.approx(float(nats), rel=1e-5)
    assert network.training


def test_the_rows_are_means_over_the_seeds() -> None:
    curves = {
        "ours": [[(1.0, 3.0), (2.0, 1.0)], [(1.0, 5.0), (2.0, 2.0)]],
        "GPT": [[(2.0, 4.0)], [(2.0, 5.0)]],
        "plain": [[(2.0, 6.0)], [(2.0, 6.0)]],
    }
    rows = {(row.name, row.reference): row.reached for row in list_rows(curves, Path("x.png"))}

    assert rows["ours after 1 s", None] == 4.0
    assert rows["held-out loss, seed 2", 5.0] == 2.0
    assert rows["held-out loss", 4.5] == rows["held-out loss beside the plain recipe", 6.0] == 1.5
    assert math.isclose(rows["GPT after 2 s", None] or 0.0, 4.5)
