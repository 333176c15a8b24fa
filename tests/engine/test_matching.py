"""Matching replies to turns: what it learns, what it reads, and how it goes into a checkpoint."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from chatlstm.engine.api import Prompt
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.corpus import TRAIN, TokenFile, read_token_file, write_token_files
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.matcher import Matcher, take_gists
from chatlstm.engine.matching import (
    Pairs,
    choose_answered,
    fit_matcher,
    rate_matcher,
    read_gists,
    read_pairs,
)
from chatlstm.engine.network import Network
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import END, TURN, Tokenizer, train_bytes
from tests.engine.texts import count_releases, make_token_file

TOPICS = ("cats", "rain", "soup", "trains", "chess", "songs", "maps", "wool")
DIALOGUES = [
    Record("dialogue", (f"Do you like {topic}?", f"Yes, {topic} are {word}."), document=f"{topic} {word}")
    for topic in TOPICS
    for word in ("fine", "good", "dull", "odd", "nice", "bad")
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_bytes([turn for record in DIALOGUES for turn in record.turns], vocabulary_size=340)


@pytest.fixture
def network(tokenizer: Tokenizer) -> Network:
    torch.manual_seed(3)
    return Network(NetworkConfig(tokenizer.vocabulary_size, hidden_size=32, num_layers=1)).eval()


def lay_out(records: list[Record], tokenizer: Tokenizer, folder: Path) -> TokenFile:
    write_token_files(records, tokenizer, folder, split=lambda record: TRAIN)
    return read_token_file(folder / TRAIN)


def add_matcher(network: Network, matcher: Matcher) -> Network:
    size = matcher.state_dict()["contexts.3.bias"].shape[0]
    matched = Network(replace(network.config, match_size=size))
    weights = {f"matcher.{name}": weight for name, weight in matcher.state_dict().items()}
    matched.load_state_dict({**network.state_dict(), **weights})
    return matched.eval()


def read_all(network: Network, tokens: TokenFile, *, limit: int = 1000) -> Pairs:
    answered = choose_answered(tokens, limit=limit, seed=1)
    return read_pairs(network, answered, BytesIO(), bfloat16=False)


def make_pairs(contexts: torch.Tensor, replies: torch.Tensor, records: NDArray[np.int64]) -> Pairs:
    gists = torch.stack([contexts, replies], dim=1).half().numpy()
    return Pairs(BytesIO(gists.tobytes()), contexts.shape[1], torch.ones(len(records)), records)


def test_it_learns_to_tell_the_reply_on_the_same_topic(
    network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    pairs = read_all(network, lay_out(DIALOGUES * 12, tokenizer, tmp_path))
    generator = StepGenerator(TorchStepper(add_matcher(network, fit_matcher(network, pairs, seed=1))), tokenizer, "x@0")
    replies = [f"Yes, {topic} are fine." for topic in TOPICS]
    for place, topic in enumerate(TOPICS):
        nats = generator.match(Prompt("dialogue", (f"Do you like {topic}?",)), replies)
        assert max(range(len(nats)), key=nats.__getitem__) == place


def test_each_turn_with_a_reply_is_a_pair(network: Network, tokenizer: Tokenizer, tmp_path: Path) -> None:
    records = [Record("dialogue", ("a", "b", "c")), Record("story", ("alone",)), Record("dialogue", ("d", "e"))]
    pairs = read_all(network, lay_out(records, tokenizer, tmp_path))
    assert sorted(pairs.records.tolist()) == [0, 0, 2]


def test_a_reply_of_more_than_64_tokens_is_no_pair(
    network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    records = [Record("dialogue", ("a", "b " * 80, "c"))]
    pairs = read_all(network, lay_out(records, tokenizer, tmp_path))
    assert len(pairs) == 1


def test_no_more_is_read_than_the_limit_and_one_record(
    network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tokens = lay_out([Record("dialogue", ("a", "b", "c"))] * 9, tokenizer, tmp_path)
    assert len(read_all(network, tokens, limit=5)) == 6


def test_text_without_a_reply_gives_no_pair(network: Network, tokenizer: Tokenizer, tmp_path: Path) -> None:
    assert len(read_all(network, lay_out([Record("story", ("alone",))], tokenizer, tmp_path))) == 0


def test_pairs_weigh_what_their_records_weigh(
    network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tokens = lay_out([Record("dialogue", ("a", "b"), weight=2.5)], tokenizer, tmp_path)
    assert read_all(network, tokens).weights.tolist() == [2.5]


def test_a_gist_is_the_last_features_beside_the_mean_of_those_before() -> None:
    features = torch.arange(8.0).reshape(1, 4, 2)
    gists = take_gists(features, torch.tensor([[0, 1]]), torch.tensor([[2, 3]]))
    assert gists.tolist() == [[[4, 5, 1, 2], [6, 7, 3, 4]]]


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text("abc ", min_size=1, max_size=12), min_size=2, max_size=5))
def test_what_is_read_beside_a_text_does_not_change_its_gist(tokenizer: Tokenizer, texts: list[str]) -> None:
    torch.manual_seed(3)
    network = Network(NetworkConfig(tokenizer.vocabulary_size, hidden_size=8, num_layers=2)).eval()
    rows = [np.array([END, TURN, *tokenizer.encode(text), TURN]) for text in texts]
    spans = [[(1, len(row) - 1)] for row in rows]
    together = read_gists(network, rows, spans)
    alone = torch.cat([read_gists(network, [row], [span]) for row, span in zip(rows, spans, strict=True)])
    torch.testing.assert_close(together, alone, atol=2e-3, rtol=0)


def test_without_a_matcher_every_reply_matches_alike(network: Network, tokenizer: Tokenizer) -> None:
    generator = StepGenerator(TorchStepper(network), tokenizer, "x@0")
    assert generator.match(Prompt("dialogue", ("Hello.",)), ["Hi.", "No."]) == [0.0, 0.0]


@pytest.mark.parametrize(("turns", "replies"), [((), ["Hi."]), (("Hello.",), [])])
def test_nothing_to_answer_matches_nothing(
    network: Network, tokenizer: Tokenizer, turns: tuple[str, ...], replies: list[str]
) -> None:
    generator = StepGenerator(TorchStepper(add_matcher(network, Matcher(32, 4))), tokenizer, "x@0")
    assert generator.match(Prompt("dialogue", turns), replies) == [0.0] * len(replies)


def test_behind_a_state_replies_match_as_behind_the_turns_it_read(network: Network, tokenizer: Tokenizer) -> None:
    torch.manual_seed(4)
    generator = StepGenerator(TorchStepper(add_matcher(network, Matcher(32, 4))), tokenizer, "x@0")
    state, replies = generator.save_state(Prompt("dialogue", ("Hello.", "Hi."))), ["Fine.", "No."]
    whole = generator.match(Prompt("dialogue", ("Hello.", "Hi.", "How are you?")), replies)

    last = Prompt("dialogue", ("How are you?",))
    assert generator.match(replace(last, behind=state), replies) == pytest.approx(whole, abs=1e-4)
    assert generator.match(last, replies) != pytest.approx(whole, abs=1e-4)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_pairs_are_the_gists_of_turns_after_all_before_them_and_of_replies_alone(
    bfloat16: bool, network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tokens = lay_out([Record("dialogue", ("Hi.", "No.", "So?")), *DIALOGUES], tokenizer, tmp_path)
    answered = list(choose_answered(tokens, limit=1000, seed=1))
    pairs = read_pairs(network, answered, BytesIO(), bfloat16=bfloat16)
    number = pairs.records.tolist().index(0)
    row = np.concatenate([[END], tokens.record(0)]).astype(np.int64)
    marks = np.flatnonzero(row == TURN).tolist()
    alone = np.array([*row[: marks[0] + 1], *row[marks[1] + 1 : marks[2]], TURN])

    contexts, replies = pairs.pick([number, 0])

    expected = read_gists(network, [row], [[(marks[0], marks[1])]], bfloat16=bfloat16).float()
    torch.testing.assert_close(contexts[:1], expected, atol=2e-2, rtol=0)
    expected = read_gists(network, [alone], [[(marks[0], len(alone) - 1)]], bfloat16=bfloat16).float()
    torch.testing.assert_close(replies[:1], expected, atol=2e-2, rtol=0)


def test_more_records_than_are_held_at_once_are_all_read(
    network: Network, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    gists = BytesIO()
    tokens = lay_out([Record("dialogue", ("a", "b"))] * 1100, tokenizer, tmp_path)

    pairs = read_pairs(network, choose_answered(tokens, limit=2000, seed=1), gists, bfloat16=False)

    assert sorted(pairs.records.tolist()) == list(range(1100))
    assert len(gists.getvalue()) == 1100 * 8 * network.config.hidden_size


def test_memory_is_given_back_while_records_are_chosen() -> None:
    tokens = count_releases(make_token_file([[4, TURN, 20, TURN, 21, END]] * 300))

    assert len(list(choose_answered(tokens, limit=2000, seed=1))) == 300
    assert len(tokens.released) == 3


def test_of_many_held_out_records_some_are_rated() -> None:
    torch.manual_seed(1)
    count = 4200
    points = torch.randn(count, 16)
    matcher = Matcher(8, 4)
    matcher.replies.load_state_dict(matcher.contexts.state_dict())
    matcher.eval()

    assert rate_matcher(matcher, make_pairs(points, points, np.arange(count)), seed=1) == 1.0


def test_a_matcher_that_knows_nothing_is_right_once_in_twenty() -> None:
    torch.manual_seed(1)
    count = 2000
    pairs = make_pairs(torch.randn(count, 16), torch.randn(count, 16), np.arange(count))
    assert rate_matcher(Matcher(8, 4), pairs, seed=1) == pytest.approx(0.05, abs=0.015)


def test_a_single_record_cannot_be_rated() -> None:
    pairs = make_pairs(torch.zeros(2, 16), torch.zeros(2, 16), np.zeros(2, np.int64))
    assert rate_matcher(Matcher(8, 4), pairs, seed=1) == 0.0
