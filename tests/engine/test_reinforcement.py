"""Reinforcement of a small random model: what is drawn, what it earns, and what that does to the weights."""

from collections.abc import Sequence
from itertools import islice, pairwise

import numpy as np
import pytest
import torch

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.checkpoint import WEIGHTS, CheckpointConfig
from chatlstm.engine.reinforcement import (
    Group,
    ReinforcementConfig,
    Update,
    add_gradients,
    describe_reinforced,
    draw_group,
    list_verified,
    open_engine,
    reinforce,
    score_replies,
)
from chatlstm.errors import MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import END, TURN
from tests.doubles import CannedGenerator
from tests.engine.small_model import LAID_OUT, TOKENIZER, make_network

RECORD = Record("dialogue", ("Hello.", "Hi.", "ok"))
CONFIG = ReinforcementConfig(updates=6, records=2, replies=16, learning_rate=0.03, max_tokens=12)


def rate_short(record: Record, replies: Sequence[str]) -> list[float]:
    """Like replies of two characters at most."""
    return [float(len(reply) <= 2) for reply in replies]


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("updates", 0, "at least 1"),
        ("records", 0, "at least 1"),
        ("replies", 1, "at least 2"),
        ("learning_rate", 0.0, "positive"),
        ("pull", -0.1, "at least 0"),
        ("max_tokens", 0, "at least 1"),
        ("clip_norm", 0.0, "positive"),
    ],
)
def test_a_value_outside_its_range_is_refused(name: str, value: float, rule: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be {rule}, got {value}"):
        ReinforcementConfig(**{"updates": 1, name: value})  # type: ignore[arg-type]  # one number


def test_what_earns_becomes_likelier() -> None:
    network = make_network()
    records = [RECORD, Record("dialogue", ("How are you?", "hi"))]

    updates = list(reinforce(network, TOKENIZER, records, rate_short, CONFIG))

    assert [update.number for update in updates] == [1, 2, 3, 4, 5, 6]
    assert updates[-1].reward > updates[0].reward + 0.2


def test_the_same_seed_gives_the_same_weights() -> None:
    networks = [make_network(), make_network()]
    for network in networks:
        list(reinforce(network, TOKENIZER, [RECORD], rate_short, ReinforcementConfig(1, 1, 4, max_tokens=4)))

    first, second = (network.projection.bias for network in networks)
    assert torch.equal(first, second)
    assert not torch.equal(first, make_network().projection.bias)


def test_an_update_tells_what_was_drawn() -> None:
    (update,) = reinforce(make_network(), TOKENIZER, [RECORD], lambda record, replies: [1.0] * len(replies),
                          ReinforcementConfig(1, 1, 4, max_tokens=1000))  # fmt: skip

    assert update == Update(1, reward=1.0, full=1.0, broken=0.0, telling=0.0)


def test_scores_are_the_log_probabilities_of_steps() -> None:
    network = make_network()
    replies = [(*TOKENIZER.encode("Yes, I am."), END), (END,)]
    expected = []
    for reply in replies:
        nats, state, read = 0.0, network.zero_state(1), [*LAID_OUT, *reply]
        for place, (token_id, following) in enumerate(pairwise(read), start=1):
            features, state = network.step(torch.tensor([token_id]), state)
            if place >= len(LAID_OUT):
                nats += float(network.logits(features).log_softmax(1)[0, following].detach())
        expected.append(nats)

    assert score_replies(network, tuple(LAID_OUT), replies).tolist() == pytest.approx(expected, abs=1e-4)


def test_gradients_are_those_of_the_advantages() -> None:
    drawn = ((20, END), (21, 22, END), (20, END), (23,))
    network, other = make_network(), make_network()
    own = (*TOKENIZER.encode("ok"), END)
    scores = score_replies(other, tuple(LAID_OUT), [*drawn, own])
    # rewards 1, 0.5, 0.5, 0 have the mean 0.5; eight tokens were drawn in all
    weighed = 0.5 * scores[0] + 0.0 * scores[1] + 0.0 * scores[2] - 0.5 * scores[3] + 0.25 * scores[4]
    (-weighed / 8).backward()  # type: ignore[no-untyped-call]  # torch's

    add_gradients(network, TOKENIZER, Group(RECORD, drawn, (1.0, 0.5, 0.5, 0.0)), pull=0.25)

    for ours, wanted in zip(network.parameters(), other.parameters(), strict=True):
        assert ours.grad is not None
        assert wanted.grad is not None
        assert torch.allclose(ours.grad, wanted.grad, atol=1e-6)


def test_replies_that_earn_the_same_teach_nothing() -> None:
    network = make_network()

    add_gradients(network, TOKENIZER, Group(RECORD, ((20, END), (21, END)), (0.5, 0.5)), pull=0.0)

    assert all(weight.grad is None for weight in network.parameters())


def test_a_reply_that_came_to_no_end_earns_nothing() -> None:
    network = make_network()
    with torch.no_grad():
        network.projection.bias[[END, TURN]] = -100

    group = draw_group(
        open_engine(network, TOKENIZER), RECORD, lambda record, replies: [1.0] * len(replies), CONFIG, seed=1
    )

    assert group.rewards == (0.0,) * 16
    assert {len(reply) for reply in group.drawn} == {12}
    assert END not in {token_id for reply in group.drawn for token_id in reply}


def test_a_reply_has_the_mark_that_ends_it() -> None:
    group = draw_group(CannedGenerator(["a b", "c d e"]), RECORD, rate_short,
                       ReinforcementConfig(1, replies=2), seed=1)  # fmt: skip

    assert group.drawn == ((16, 17, END), (16, 17, 18, END))


def test_the_engine_draws_with_the_weights_as_they_are() -> None:
    network = make_network()
    with torch.no_grad():
        network.projection.weight.zero_()
        network.projection.bias[TOKENIZER.encode("e")[0]] = 100

    engine = open_engine(network, TOKENIZER)

    (drawn,) = engine.draw(Prompt("dialogue"), Sampling(max_tokens=3), n=1, seed=1)
    assert drawn.text == "eee"


def test_records_whose_own_reply_cannot_be_verified_are_left_out() -> None:
    records = [RECORD, Record("dialogue", ("Hello.", "too long"))]

    listed = list_verified(records, rate_short, np.random.default_rng(1))

    assert list(islice(listed, 5)) == [RECORD] * 5


def test_where_nothing_can_be_verified_that_is_said() -> None:
    with pytest.raises(MisuseError, match="even its own reply"):
        list(reinforce(make_network(), TOKENIZER, [Record("dialogue", ("too long",))], rate_short, CONFIG))


def test_what_was_measured_of_the_weights_before_is_not_told_of_the_new_ones() -> None:
    facts: dict[str, object] = {"seed": 7, "bits_per_byte": {"all": 1.0}, "bits_per_byte_int8": 1.1, "copied": 1}
    config = CheckpointConfig("mine", "en", ("dialogue",), make_network().config, {WEIGHTS: "0123abcdef"}, facts)
    updates = [Update(number, 0.1 * number, 0.0, 0.0, 0.0) for number in range(1, 21)]

    told = describe_reinforced(config, CONFIG, updates, ({"all": 1.0}, {"all": 1.25})).facts

    assert set(told) == {"seed", "bits_per_byte", "reinforcement"}
    assert told["bits_per_byte"] == {"all": 1.25}
    reinforcement = told["reinforcement"]
    assert isinstance(reinforcement, dict)
    # the means of 0.1 to 1.0 and of 1.1 to 2.0
    assert (reinforcement["reward_before"], reinforcement["reward"]) == pytest.approx((0.55, 1.55))
    assert (reinforcement["start"], reinforcement["updates"]) == ("mine@0123abcd", 6)
    assert reinforcement["bits_per_byte_before"] == {"all": 1.0}
