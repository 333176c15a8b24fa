from dataclasses import replace

import pytest

from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.config import NetworkConfig
from chatlstm.pipeline.card import find_sources, write_card
from chatlstm.pipeline.catalogue import Source, read_catalogue

FACTS: dict[str, object] = {
    "bits_per_byte": {"dialogue": 1.2345, "all": 1.25},
    "sources": ["dialogue/own_en", "dialogue/mine.txt"],
    "samples": "dialogue: Hello. → Hi.\nstory: Once.",
    "minutes": 150.0,
    "tokens": 25_000_000,
    "epochs": 2.1,
    "steps": 6000,
    "seed": 1,
    "training": {"budget": {"minutes": 150.0}, "seed": 1, "learning_rate": 0.003},
    "held_out": "one in forty",
    "start": "",
    "date": "2026-01-31",
    "chatlstm": "0.1.0",
    "torch": "2.13.0",
}
CONFIG = CheckpointConfig("mine", "en", ("dialogue", "story"), NetworkConfig(8192, hidden_dropout=0.1), {}, FACTS)
OPEN = Source("x", "dialogue", "en", "CC-BY-4.0", "A", "Ada Lovelace", "https://example.org/x", "dialogue", own="x")
SHARE_ALIKE = replace(OPEN, licence="CC-BY-SA-4.0", licence_class="B")


def tell(*, sources: dict[str, Source | None] | None = None, **facts: object) -> str:
    return write_card(replace(CONFIG, facts={**FACTS, **facts}), sources or {})


def test_the_card_begins_with_the_name() -> None:
    assert tell().startswith("# mine\n")


@pytest.mark.parametrize(
    "fact",
    [
        "for dialogue, story in English",
        "3 layers of 512, 8192 tokens, started from nothing",
        "Made on 2026-01-31 with ChatLSTM 0.1.0 and torch 2.13.0",
        "| dialogue | 1.234 |",
        "| all | 1.250 |",
        "150.0 minutes of training, 25000000 tokens, 2.1 passes",
        "seed 1, learning_rate 0.003",
        "hidden_dropout 0.1",
        "> dialogue: Hello. → Hi.\n>\n> story: Once.",
        "## Limits",
    ],
)
def test_the_card_tells_what_the_checkpoint_is(fact: str) -> None:
    assert fact in tell()


def test_a_tuned_checkpoint_names_where_it_came_from() -> None:
    assert "started from the checkpoint `en@1f0c9a2b`" in tell(start="en@1f0c9a2b")


@pytest.mark.parametrize(
    ("held_out", "said"),
    [("one in forty", "document in forty"), ("one in ten", "document in ten"), ("none", "nothing of new text")],
)
def test_the_card_tells_what_was_held_out(held_out: str, said: str) -> None:
    assert said in tell(held_out=held_out)


def test_a_source_stands_with_licence_and_whom_to_name() -> None:
    assert "| dialogue/x | CC-BY-4.0 | Ada Lovelace | https://example.org/x |" in tell(sources={"dialogue/x": OPEN})


def test_a_person_s_own_text_is_its_owner_s() -> None:
    assert "| dialogue/mine.txt | its owner's |" in tell(sources={"dialogue/mine.txt": None})


@pytest.mark.parametrize(("source", "said"), [(OPEN, False), (SHARE_ALIKE, True), (None, False)])
def test_share_alike_text_is_pointed_out(source: Source | None, said: bool) -> None:
    assert ("shared under the same licence" in tell(sources={"dialogue/x": source})) is said


def test_what_is_not_as_it_should_be_is_left_out() -> None:
    assert "| held-out text |" in tell(bits_per_byte=None, training=None)


def test_sources_are_found_in_the_catalogue_by_domain_and_name() -> None:
    entry = next(source for source in read_catalogue("dialogue") if source.own)
    config = replace(CONFIG, facts={"sources": [f"dialogue/{entry.name}", f"news/{entry.name}", "dialogue/mine.txt"]})

    assert find_sources(config) == {
        f"dialogue/{entry.name}": entry,
        f"news/{entry.name}": None,
        "dialogue/mine.txt": None,
    }


def test_a_checkpoint_that_names_no_sources_has_none() -> None:
    assert find_sources(replace(CONFIG, facts={"sources": None})) == {}


def test_the_card_tells_how_well_replies_are_matched() -> None:
    card = tell(matching={"pairs": 160_000, "hits_at_1": 0.5125, "match_size": 128})

    assert "taught on 160000 turns" in card
    assert "in 0.512 of cases" in card


def test_the_card_tells_how_long_it_was_trained_before() -> None:
    assert "150.0 minutes of training, after 116.01 before it, " in tell(minutes_before=116.01)


def test_the_card_tells_how_much_the_model_copies() -> None:
    told = "texts it wrote, 12.5% stand in the training text; the longest passage that does has 19 tokens."

    assert told in tell(copied={"share": 0.125, "longest": 19})


def test_a_card_of_before_copying_was_measured_tells_nothing_of_it() -> None:
    assert "stand in the training text" not in tell()


INT8: dict[str, object] = {
    "kind": "int8",
    "rank": 0,
    "start": "en@1f0c9a2b",
    "bytes": 11_200_000,
    "bytes_before": 22_190_000,
    "bits_per_byte_before": {"dialogue": 1.2343, "all": 1.2498},
}
COMPRESSED = (
    (INT8, "stored as bytes, with a scale for each row of a matrix: 11.2 MB instead of 22.2."),
    ({**INT8, "kind": "low-rank", "rank": 256}, "each matrix of the LSTM as two factors of rank 256: 11.2 MB"),
    ({**INT8, "kind": "distilled"}, "It was cut out of `en@1f0c9a2b` and taught by it"),
)


@pytest.mark.parametrize(("compression", "said"), COMPRESSED)
def test_a_compressed_checkpoint_tells_how_it_was_made(compression: dict[str, object], said: str) -> None:
    assert said in tell(compression=compression)


def test_a_compressed_checkpoint_tells_what_it_lost() -> None:
    card = tell(compression=INT8)

    assert "| dialogue | 1.2343 | 1.2345 |\n| all | 1.2498 | 1.2500 |\n\n## Data" in card


def test_a_reinforced_checkpoint_tells_how_it_was_made_and_what_it_lost() -> None:
    told = {"start": "code@1f0c9a2b", "updates": 120, "replies": 16, "records": 8, "learning_rate": 0.0003, "pull": 0.2}
    told |= {"seed": 1, "reward_before": 0.35, "reward": 0.5, "bits_per_byte_before": {"dialogue": 1.2, "all": 1.21}}

    card = tell(reinforcement=told)

    assert "Its weights are those of `code@1f0c9a2b`, changed in 120 updates" in card
    assert "The mean reward went from 0.350 to 0.500; learning_rate 0.0003, pull 0.2, seed 1." in card
    assert "| dialogue | 1.2000 | 1.2345 |\n| all | 1.2100 | 1.2500 |\n\n## Data" in card


def test_a_checkpoint_that_was_trained_tells_of_no_compression() -> None:
    assert "smaller" not in tell(compression={})


def test_figures_of_the_project_s_own_text_are_told_apart() -> None:
    assert "these figures are of the project's own text" in tell(held_out="own")


def test_the_card_tells_what_a_byte_a_weight_loses() -> None:
    card = tell(bits_per_byte_int8={"dialogue": 1.2407, "all": 1.25})

    assert "| dialogue | 1.2345 | 1.2407 | +0.50% |" in card
