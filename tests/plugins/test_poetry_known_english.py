"""Lines of English verse that are known."""

from chatlstm_poetry.known_english import is_known, name_lines


def test_a_line_of_the_training_text_is_known() -> None:
    assert is_known("Because I could not stop for Death,") and is_known("because i could not stop for death")


def test_a_line_of_three_words_is_anybodys() -> None:
    assert not is_known("the sea is")


def test_a_line_that_nobody_wrote_is_new() -> None:
    assert not is_known("Seventeen umbrellas sang of microscopes")


def test_signs_and_capitals_make_no_other_line() -> None:
    assert [*name_lines(["So long lives this,"])] == [*name_lines(["so LONG lives, this"])] == ["so long lives this"]
