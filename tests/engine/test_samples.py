from pathlib import Path

import pytest
import torch

from chatlstm.engine.api import Prompt
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.corpus import TRAIN, TokenFile, read_token_file, write_token_files
from chatlstm.engine.network import Network
from chatlstm.engine.samples import draw_samples, find_prompts
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer, train_bytes

RECORDS = [
    Record("story", ("Once upon a time.",)),
    Record("dialogue", ("Hello, you.", "Hi.", "Bye.")),
    Record("dialogue", ("Later.", "Yes.")),
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_bytes(["hello"], vocabulary_size=276)


@pytest.fixture
def tokens(tokenizer: Tokenizer, tmp_path: Path) -> TokenFile:
    write_token_files(RECORDS, tokenizer, tmp_path, split=lambda _: TRAIN)
    return read_token_file(tmp_path / TRAIN)


def make_network(tokenizer: Tokenizer) -> Network:
    torch.manual_seed(2)
    return Network(NetworkConfig(tokenizer.vocabulary_size, hidden_size=8, num_layers=1, output_dropout=0.5))


def test_a_prompt_is_the_first_turn_where_another_follows(tokenizer: Tokenizer, tokens: TokenFile) -> None:
    assert find_prompts(tokens, tokenizer) == [Prompt("dialogue", ("Hello, you.",)), Prompt("story")]


def test_a_sample_is_a_line_a_prompt(tokenizer: Tokenizer, tokens: TokenFile) -> None:
    prompts = find_prompts(tokens, tokenizer)

    first, second = draw_samples(make_network(tokenizer), tokenizer, prompts, seed=1).split("\n")

    assert first.startswith("dialogue: Hello, you. → ")
    assert second.startswith("story: ")


def test_a_sample_follows_from_its_seed(tokenizer: Tokenizer) -> None:
    network, prompts = make_network(tokenizer), [Prompt("story")]
    first, again, other = (draw_samples(network, tokenizer, prompts, seed=seed) for seed in (1, 1, 2))

    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize("training", [True, False])
def test_drawing_leaves_the_network_in_its_mode(training: bool, tokenizer: Tokenizer) -> None:
    network = make_network(tokenizer).train(training)

    draw_samples(network, tokenizer, [Prompt("story")], seed=1)

    assert network.training is training


def test_drawing_leaves_torch_s_random_numbers_alone(tokenizer: Tokenizer) -> None:
    network = make_network(tokenizer)
    before = torch.get_rng_state()

    draw_samples(network, tokenizer, [Prompt("story")], seed=1)

    assert torch.equal(torch.get_rng_state(), before)
