"""Whether English verse keeps its form, told of poems that people wrote."""

import pytest
from chatlstm_poetry.english_forms import check_line, check_poem, end_line, find_form, fits

from chatlstm.plugin import MisuseError

PENTAMETER = find_form("couplet").metres[0]

HERRICK = "Night makes no difference 'twixt the Priest and Clerk;\nJoan as my Lady is as good i' th' dark."
QUATRAIN = (
    "The night is dark, the sea is wide,\nThe stars are cold and far away;\n"
    "I hear the turning of the tide,\nAnd wait until the break of day."
)
GOING = "\nThe wind is high, the sun is low,\nAnd far across the bay I go."
LIMERICK = (
    "There was an old man of the sea,\nWho said to the wind, let me be;\nBut the wind came and blew,\n"
    "And the water ran through,\nTill his hat was as wet as could be."
)
HAIKU = "An old silent pond,\nA frog jumps into the pond,\nSplash! Silence again."


def test_a_quatrain_in_tetrameter_keeps_its_form() -> None:
    assert check_poem(QUATRAIN, "quatrain", "abab") == []


def test_a_quatrain_of_another_scheme_does_not() -> None:
    assert "lines 1 and 2 do not rhyme" in check_poem(QUATRAIN, "quatrain", "aabb")


def test_lines_of_two_letters_must_not_rhyme() -> None:
    text = "The sea is wide, the sea is free,\nAnd so I go to sail the sea;" + GOING

    assert "lines 1 and 3 do not rhyme" in check_poem(text, "quatrain", "abab")
    assert "lines 1 and 2 should not rhyme" in check_poem(text, "quatrain", "abab")


def test_a_word_does_not_rhyme_with_itself() -> None:
    text = "I saw a ship upon the sea,\nA ship that came across the sea;" + GOING

    assert check_poem(text, "quatrain", "aabb") == ["lines 1 and 2 end in the same word"]


def test_a_limerick_in_anapests_ends_in_two_words() -> None:
    assert check_poem(LIMERICK, "limerick") == ["lines 2 and 5 end in the same word"]


def test_a_limerick_with_three_rhymes_keeps_its_form() -> None:
    assert check_poem(LIMERICK.replace("as could be", "as his tea"), "limerick") == []


def test_a_haiku_has_five_seven_and_five_syllables() -> None:
    assert check_poem(HAIKU, "haiku") == []


def test_a_haiku_with_a_syllable_too_few_is_told() -> None:
    assert check_poem(HAIKU.replace("old silent", "old"), "haiku") == ["line 1 has 3 syllables, needs 5"]


def test_an_unknown_word_is_told() -> None:
    assert "line 1 has the unknown word 'twixt'" in check_poem(HERRICK, "couplet")


def test_a_poem_of_another_length_is_told() -> None:
    assert check_poem(HAIKU, "couplet") == ["has 3 lines, needs 2"]


def test_an_empty_line_is_told() -> None:
    assert "line 2 is empty" in check_poem("The sea\n\nThe sea", "haiku")


@pytest.mark.parametrize(
    "line",
    [
        "Shall I compare thee to a summer's day",
        "When I have fears that I may cease to be",
        "If music be the food of love, play on",
    ],
)
def test_lines_of_pentameter_scan(line: str) -> None:
    words = line.replace(",", "").split()

    assert check_line(words, PENTAMETER) == []


def test_a_trochee_does_not_stand_for_an_iamb() -> None:
    words = ["Rough", "winds", "do", "shake", "the", "darling", "buds", "of", "summer"]

    assert check_line(["Summer", "and", "winter", "pass", "and", "we", "grow", "old"], PENTAMETER) == [
        "has a stress on a weak place or none on a beat"
    ]
    assert check_line(words, PENTAMETER) == ["has 11 syllables, needs 10"]


def test_a_limerick_has_beats_where_no_article_stands() -> None:
    assert check_line(["he", "ran", "to", "the", "hill", "and", "the", "sea"], ("wbwwbwwb",)) == []
    assert check_line(["to", "the", "hill", "and", "the", "he", "ran", "to", "sea"], ("wbwwbwwb",)) != []


def test_any_pronunciation_of_a_word_will_do() -> None:
    assert end_line(["the", "fire"], ("ws",)) == {"AY R"}
    assert end_line(["the", "fire"], ("wsw",)) == {"AY ER"}


@pytest.mark.parametrize(
    ("stresses", "places", "light", "fitting"),
    [
        ("1", "w", False, True),
        ("1", "b", False, True),
        ("0", "b", True, False),
        ("01", "ws", False, True),
        ("10", "ws", False, False),
        ("102", "sws", False, True),
        ("100", "bwb", False, False),
        ("102", "bwb", False, True),
        ("10", "..", False, True),
        ("10", "s", False, False),
    ],
)
def test_where_a_word_fits(stresses: str, places: str, light: bool, fitting: bool) -> None:
    assert fits(stresses, places, light) is fitting


def test_an_unknown_scheme_names_those_there_are() -> None:
    with pytest.raises(MisuseError, match="no quatrain of the scheme aaba; there is: aabb, abab, abba, abcb"):
        find_form("quatrain", "aaba")


def test_an_unknown_form_names_those_there_are() -> None:
    with pytest.raises(MisuseError, match="no ode of the scheme auto; there is: couplet, haiku, limerick"):
        find_form("ode")


def test_a_poem_of_no_named_form_is_a_quatrain() -> None:
    assert (find_form("auto").name, find_form("auto").scheme) == ("quatrain", "abab")


def test_only_a_haiku_is_not_rhymed() -> None:
    assert [name for name in ("couplet", "haiku", "sonnet") if not find_form(name).is_rhymed] == ["haiku"]
