"""How English stanzas and tales become records of lines whose words stand in reversed order."""

import pytest

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.readers_en import read_tale, read_tale_lines
from chatlstm.pipeline.text_files import Row
from chatlstm.pipeline.verse_en import Stanza, cut_stanza, read_stanzas

LINES = ["The sea is wide,", "the day is long;", "I hear the tide,", "I hear its song."]


def stanza(lines: list[str], scheme: str, author: str = "A") -> Row:
    return {"lines": lines, "scheme": scheme, "author": author, "title": "The Sea"}


def read_turns(*rows: Row, filters: Filters | None = None) -> list[tuple[str, ...]]:
    """Read rows beside three poets who know the words of the sea."""
    others = [stanza(LINES, "abab", poet) for poet in "BCD"]
    read = [turns for turns, _ in read_stanzas([*rows, *others], filters or Filters())]
    return read[: len(read) - 3]


def test_the_lines_of_a_stanza_run_backwards() -> None:
    ((_, lines),) = read_turns(stanza(LINES, "abab"))

    assert lines == " wide, is sea the\n long; is day the\n tide, the hear I\n song. its hear I"


def test_the_first_turn_tells_form_scheme_and_syllables() -> None:
    ((head, _),) = read_turns(stanza(LINES, "abab"))

    assert head.split(":")[0] == "quatrain abab 4"


def test_the_letters_of_a_scheme_begin_with_a() -> None:
    ((head, _),) = read_turns(stanza(LINES, "dede"))

    assert head.startswith("quatrain abab")


def test_stanzas_of_one_poem_share_a_document() -> None:
    rows = [stanza(LINES, "abab", poet) for poet in "AABC"]

    assert [document for _, document in read_stanzas(rows, Filters())][:2] == ["A: The Sea", "A: The Sea"]


def test_a_stanza_without_a_title_is_its_own_document() -> None:
    rows = [{**stanza(LINES, "abab", poet), "title": ""} for poet in "ABC"]

    assert {document for _, document in read_stanzas(rows, Filters())} == {"\n".join(LINES)}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*LINES[:3], "Ph[oe]bus"], id="a sign that is no letter"),
        pytest.param([*LINES[:3], "the " * 15], id="a line as long as prose"),
        pytest.param(LINES[:3], id="a line too few for the scheme"),
        pytest.param([*LINES[:2], "the yclept tide", "I eftsoons hear"], id="words of one poet alone"),
    ],
)
def test_what_is_no_plain_stanza_is_dropped(lines: list[str]) -> None:
    assert read_turns(stanza(lines, "abab")) == []


def test_a_rude_word_drops_the_stanza() -> None:
    rows = [stanza(LINES, "abab", poet) for poet in "ABC"]

    assert list(read_stanzas(rows, Filters(drop_words=("tide",)))) == []


def test_a_long_stanza_that_closes_no_rhyme_is_dropped() -> None:
    assert list(cut_stanza(Stanza(("the sea",) * 16, "abcdefghhgfedcba"))) == []


def test_a_line_left_by_a_cut_is_dropped() -> None:
    parts = list(cut_stanza(Stanza(("the sea",) * 17, "ababcdcdefefghghi")))

    assert [part.scheme for part in parts] == ["abab", "ababcdcdefefg"]


def test_a_stanza_without_lines_is_refused() -> None:
    with pytest.raises(MisuseError, match="needs the list of strings 'lines'"):
        list(read_stanzas([{"scheme": "aa"}], Filters()))


def test_a_tale_becomes_lines_of_prose() -> None:
    row = {"text": "He ran. \"Stop!\" said the old fox, and the hen that sat on the wall flew away."}
    ((turns, _),) = read_tale_lines([row], Filters())

    assert turns[1] == " ran. he\n fox, old the said stop!\n away. flew wall the on sat that hen the and"


def test_a_tale_of_many_lines_is_cut() -> None:
    row = {"text": "He ran. " * 20}

    assert [turns[1].count("\n") + 1 for turns, _ in read_tale_lines([row], Filters())] == [14, 6]


def test_the_lines_of_a_tale_are_held_out_with_it() -> None:
    row = {"text": "He ran to the hill. He saw the sea."}
    ((tale, _),) = read_tale([row], Filters())
    ((_, document),) = read_tale_lines([row], Filters())

    assert document == tale[0]
