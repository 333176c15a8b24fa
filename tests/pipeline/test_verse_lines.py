"""How a line of English verse is tidied, turned round and described."""

import pytest

from chatlstm.pipeline.verse_lines import (
    Subjects,
    count_case,
    count_syllables,
    head_lines,
    set_case,
    tidy_line,
    turn_round,
)


@pytest.mark.parametrize(
    ("printed", "tidied"),
    [
        ("'Tis half-past one--or two?", "'Tis half past one, or two?"),
        ("She lov'd the flow'ry fields, and cry'd", "She loved the flowery fields, and cried"),
        ("He'd gone, I don't know where", "He'd gone, I don't know where"),
        ("Thro' heav'n O'er th' hills", "Through heaven Over the hills"),
        ("21 \"I have doves,", "I have doves,"),
        ("The wound it seem'd both sore and sad 25", "The wound it seemed both sore and sad"),
        ("'Come,' he said, 'and see.'", "Come, he said, and see."),
        ("They 'll give him balm...", "They'll give him balm,"),
        ("you & I, my bless\u00e8d!!", "you and I, my blessed!"),
        ("the sea ''", "the sea"),
        ("Arise, \u00e6on", ""),
        ("...", ""),
    ],
)
def test_a_line_is_tidied(printed: str, tidied: str) -> None:
    assert tidy_line(printed) == tidied


def test_a_word_after_the_end_of_a_sentence_is_not_taken_for_a_name() -> None:
    assert count_case(["he ran. She ran", "and Lily ran"]) == {"lily": "Lily"}


def test_names_keep_their_capital() -> None:
    assert set_case("To Lily, The cat", {"lily": "Lily"}) == "to Lily, the cat"


def test_turning_a_line_round_twice_gives_it_back() -> None:
    line = "so long lives this, and this."

    assert turn_round([turn_round([line])]).strip() == line


@pytest.mark.parametrize(
    ("line", "syllables"), [("the little flames", 4), ("she loved and wanted", 5), ("the roses faded", 5), ("hm", 1)]
)
def test_syllables_are_counted_from_letters(line: str, syllables: int) -> None:
    assert count_syllables(line) == syllables


def test_five_lines_of_another_scheme_are_plain_verse() -> None:
    assert head_lines(["the sea"] * 5, "ababb", []) == "verse ababb 2"


def test_prose_has_no_scheme() -> None:
    assert head_lines(["the sea"], "", ["sea"]) == "prose: sea"


def test_a_verb_is_no_subject() -> None:
    texts = [["the sea", "we run to the sea"]] * 5

    assert Subjects(texts).rank(["we run to the sea"]) == ["sea"]


def test_one_record_in_eight_or_so_names_no_subject() -> None:
    texts = [[f"the sea {'ha ' * count}"] for count in range(400)]
    subjects = Subjects([*texts, *[["the sea"]] * 400])
    bare = sum(not subjects.choose(lines) for lines in texts)

    assert 30 < bare < 75
