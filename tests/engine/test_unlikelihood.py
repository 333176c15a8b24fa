"""The unlikelihood of repetitions, beside its definition written out in loops."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from chatlstm.engine.loss import predict_next
from chatlstm.engine.run import open_run, prepare_run
from chatlstm.engine.unlikelihood import choose_objective, discourage_repeats, rate_repeats
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS
from tests.engine.runs import CPU, RECORDS, TRAINING, make_config
from tests.engine.small_model import NETWORK, TOKENIZER, V

MARKS = len(SPECIAL_TOKENS)


def rate_by_hand(logits: Tensor, window: list[list[int]]) -> float:
    """Sum -log(1 - p) over the set of tokens before each target, as Welleck et al. 2019 define it."""
    total, count = torch.zeros(()), 0
    for row, ids in zip(logits.log_softmax(2).exp(), window, strict=True):
        for step in range(len(ids) - 1):
            count += 1
            record = ids[: step + 1]
            while END in record:
                record = record[record.index(END) + 1 :]
            for token_id in {one for one in record if one >= MARKS} - {ids[step + 1]}:
                total -= torch.log(1 - row[step, token_id])
    return float(total) / count


windows = st.lists(st.sampled_from([END, 2, MARKS, MARKS + 1, MARKS + 2]), min_size=7, max_size=7)


@settings(max_examples=30)
@given(st.lists(windows, min_size=1, max_size=2))
def test_it_is_the_sum_over_the_different_tokens_of_the_record_so_far(window: list[list[int]]) -> None:
    logits = torch.randn(len(window), 6, MARKS + 4, generator=torch.Generator().manual_seed(len(window)))

    assert float(rate_repeats(logits, torch.tensor(window))) == pytest.approx(rate_by_hand(logits, window), abs=1e-5)


def test_a_repetition_that_is_certain_costs_a_finite_sum() -> None:
    logits = torch.zeros(1, 2, 20)
    logits[0, 1, 17] = 1e4

    assert rate_repeats(logits, torch.tensor([[17, 18, 19]])).isfinite()


def test_the_loss_has_it_by_its_weight_and_the_cross_entropy_is_told_alone() -> None:
    window = torch.randint(MARKS, V, (2, 9), generator=torch.Generator().manual_seed(1))
    features, _ = NETWORK.read(window[:, :-1], NETWORK.zero_state(2))
    _, expected = predict_next(NETWORK, features, window)
    repeats = rate_repeats(NETWORK.logits(features), window)

    loss, nats = discourage_repeats(NETWORK, features, window, weight=0.5)

    assert (float(loss.detach()), float(nats.detach())) == pytest.approx(
        (float((expected + 0.5 * repeats).detach()), float(expected.detach()))
    )


def test_without_a_weight_it_is_the_cross_entropy() -> None:
    assert choose_objective(0.0) is predict_next


def test_a_run_with_a_weight_ends_with_other_weights(tmp_path: Path) -> None:
    ended = []
    for weight in (0.0, 1.0):
        config = make_config(TOKENIZER)
        config = replace(config, training=replace(TRAINING, unlikelihood=weight))
        prepare_run(tmp_path / str(weight), lambda: iter(RECORDS), TOKENIZER, config)
        trainer = open_run(tmp_path / str(weight), CPU)
        list(trainer.run())
        ended.append(trainer.network.projection.weight.detach().clone())

    assert not torch.equal(*ended)
