import pytest

from chatlstm.errors import MisuseError
from chatlstm.pipeline.options import Choice, Option, Words

COUNT = Option("count", 16, 1, 64, "replies to choose from")
STYLE = Choice("style", "auto", ("auto", "plain", "grand"), "manner of the text")
HEADS = Words("heads", "", "first characters of the lines")


def test_a_choice_takes_its_default_where_nothing_is_set() -> None:
    assert STYLE.read({}) == "auto"


def test_a_choice_refuses_other_words_and_lists_its_own() -> None:
    with pytest.raises(MisuseError, match=r"style must be one of auto\|plain\|grand, got 'odd'"):
        STYLE.read({"style": "odd"})


def test_words_are_taken_as_they_were_typed() -> None:
    assert HEADS.read({"heads": "春夏秋冬"}) == "春夏秋冬"


@pytest.mark.parametrize(("option", "bounds"), [(COUNT, "1 to 64"), (STYLE, "auto|plain|grand"), (HEADS, "any text")])
def test_bounds_tell_what_an_option_takes(option: Option | Choice | Words, bounds: str) -> None:
    assert option.bounds == bounds
