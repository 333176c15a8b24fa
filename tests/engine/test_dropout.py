import pytest
import torch

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.dropout import NOTHING_DROPPED, Masks, draw_masks

L, B, H = 2, 6, 5
ALL = NetworkConfig(
    9,
    hidden_size=H,
    num_layers=L,
    embedding_dropout=0.1,
    hidden_dropout=0.25,
    output_dropout=0.5,
    weight_dropout=0.75,
)


def draw(config: NetworkConfig, *, seed: int = 1) -> Masks:
    return draw_masks(config, B, torch.Generator().manual_seed(seed))


def list_masks(masks: Masks) -> list[torch.Tensor]:
    return [mask for mask in masks if mask is not None]


def test_a_mask_has_a_place_a_row_and_a_width_and_none_a_step() -> None:
    assert [tuple(mask.shape) for mask in list_masks(draw(ALL))] == [
        (B, 1, H), (L, B, 1, H), (B, 1, H), (L, 4 * H, H)
    ]  # fmt: skip


def test_what_is_kept_makes_up_for_what_is_dropped() -> None:
    values = [sorted(set(mask.flatten().tolist())) for mask in list_masks(draw(ALL))]

    assert values == [pytest.approx([0, 1 / kept]) for kept in (0.9, 0.75, 0.5, 0.25)]


def test_the_share_that_was_asked_is_dropped() -> None:
    wide = NetworkConfig(9, hidden_size=10_000, num_layers=1, hidden_dropout=0.2)

    (mask,) = list_masks(draw(wide))

    assert 0.19 < float((mask == 0).float().mean()) < 0.21  # the deviation is 0.0016


def test_where_nothing_is_to_be_dropped_nothing_is_drawn() -> None:
    assert draw(NetworkConfig(9)) == NOTHING_DROPPED


def test_the_generator_fixes_the_masks() -> None:
    first, second, other = (list_masks(draw(ALL, seed=seed)) for seed in (1, 1, 2))

    assert all(map(torch.equal, first, second))
    assert not any(map(torch.equal, first, other))


def test_shares_of_the_rows_make_the_whole_batch() -> None:
    masks = draw(ALL)
    first, second = masks.take(slice(0, 2)), masks.take(slice(2, B))

    for whole, one, two, dim in zip(masks[:3], first[:3], second[:3], (0, 1, 0), strict=True):
        assert whole is not None and one is not None and two is not None
        assert torch.equal(torch.cat([one, two], dim), whole)


def test_every_share_of_the_rows_has_the_same_recurrent_weights() -> None:
    masks = draw(ALL)

    assert masks.take(slice(0, 2)).recurrent is masks.recurrent


def test_rows_of_no_mask_are_no_mask() -> None:
    assert NOTHING_DROPPED.take(slice(0, 2)) == NOTHING_DROPPED
