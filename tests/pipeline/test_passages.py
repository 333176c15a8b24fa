"""What texts have in common with training texts, looked up by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.copying import Copies
from chatlstm.pipeline import passages
from chatlstm.pipeline.domain import Measure
from chatlstm.pipeline.passages import find_passages, measure_copying
from chatlstm.pipeline.statistics import split_units
from chatlstm.records import Record

TRAINING = [Record("news", ("keys", "one two three four five six seven eight nine ten"))]


def look_up(text: str, *training: str, language: str = "en") -> Copies:
    (copies,) = find_passages([[text]], training, language=language)
    return copies


def test_the_longest_copied_passage_is_found_wherever_it_stands() -> None:
    copies = look_up("And once upon a time, he woke up early.", "Once upon a time a fox slept.", "He woke up late.")
    assert copies.longest == 4


def test_a_passage_is_of_whole_words() -> None:
    assert look_up("cat", "scatter").longest == 0


def test_a_passage_does_not_cross_from_one_training_text_into_the_next() -> None:
    assert look_up("a b c d", "a b", "c d").longest == 2


def test_capitals_and_signs_are_left_aside() -> None:
    assert look_up("IT'S late -- now!", "it's late, now").longest == 3


def test_chinese_is_looked_up_by_characters() -> None:
    copies = look_up("床前明月光，疑是地上霜！", "床前明月光，疑是水上霜。", language="zh")
    # of the three runs of eight characters none stands there, of the characters the first seven in a row
    assert (copies.longest, copies.list_shares()) == (7, [0.0])


def test_each_group_is_looked_up_by_itself() -> None:
    ours, theirs = find_passages([["a b c"], ["c d"]], ["a b c d"], language="en")
    assert (ours.longest, theirs.longest) == (3, 2)


@given(st.text(st.sampled_from("ab c"), max_size=30))
def test_a_text_is_copied_from_itself_whole(text: str) -> None:
    assert look_up(text, text).longest == len(split_units(text, "en"))


def test_a_long_training_text_is_read_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "STRETCH", 3)
    assert look_up("b c d e f", "a b", "c d e", "f", "b c d e").longest == 4


def measure(written: list[str], *human: Record) -> dict[tuple[str, str], Measure]:
    measures = measure_copying(written, human, TRAINING, language="en")
    return {(measure.name, measure.reference): measure for measure in measures}


def test_what_is_copied_stands_beside_what_people_share() -> None:
    written = ["and one two three four five six seven eight nine", "nine eight seven six five four three two"]
    human = [Record("news", ("one two three", "A new day, and two three four more of us."))] * 2
    found = measure(written, *human)

    # two of three runs of eight stand there, and the one of the other text does not
    assert found["longest_copy", ""].value == 9
    assert found["novel_8grams", ""].value == pytest.approx((1 / 3 + 1) / 2)
    assert (found["longest_copy", "human"].value, found["novel_8grams", "human"].value) == (3, 1.0)


def test_as_much_of_people_is_looked_up_as_was_written() -> None:
    human = [Record("news", ("keys", f"{text} one")) for text in ("a b", "two three four", "c d", "five six seven")]
    # nine words written, fifteen by people: every second text
    assert measure(["a b c d e f g h i"], *human)["longest_copy", "human"].value == 1


def test_a_record_of_one_turn_is_all_text() -> None:
    assert measure(["a"], Record("news", ("two three",)))["longest_copy", "human"].value == 2


def test_the_share_of_novel_runs_has_its_interval() -> None:
    found = measure(["one two three four five six seven eight", "a b c d e f g h"] * 50)["novel_8grams", ""]
    # the normal approximation: 0.5 and 1.96 * sqrt(0.25 / 100)
    assert [found.value, found.low, found.high] == pytest.approx([0.5, 0.402, 0.598], abs=0.012)


def test_texts_without_a_run_of_eight_have_no_share_of_novel_ones() -> None:
    assert set(measure(["one two"])) == {("longest_copy", ""), ("longest_copy", "human")}


def test_without_a_word_nothing_is_copied() -> None:
    assert measure([""], TRAINING[0])["longest_copy", ""].value == 0
