"""What readers share."""

from chatlstm.engine.corpus import choose_split
from chatlstm.pipeline.rows import mark_style
from chatlstm.records import Record


def test_a_text_without_a_style_stays_as_it_is() -> None:
    assert mark_style("A fox slept.", "", "") == (("A fox slept.",), "")


def test_about_fifteen_in_a_hundred_texts_stay_without_their_style() -> None:
    marked = [mark_style(f"Tale {number}.", "grimm", "")[0] for number in range(2000)]

    assert 260 <= sum(len(turns) == 1 for turns in marked) <= 340


def test_a_style_never_moves_a_text_between_training_and_tests() -> None:
    texts = [f"Tale {number}." for number in range(200)]
    styled = [
        Record("story", turns, document=document)
        for turns, document in (mark_style(text, "grimm", "") for text in texts)
    ]

    assert [*map(choose_split, styled)] == [choose_split(Record("story", (text,))) for text in texts]
