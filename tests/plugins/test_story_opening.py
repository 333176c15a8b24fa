"""What a story goes on from."""

import pytest
from chatlstm_story.opening import KEPT, Opening, find_opening

from chatlstm.plugin import MisuseError, Request, Turn


@pytest.mark.parametrize(
    "text",
    [
        "It was dark.",
        "continue: It was dark.",
        "Continue the story:   It was dark.",
        "Please finish this tale: It was dark.",
    ],
)
def test_an_opening_is_what_follows_the_asking(text: str) -> None:
    assert find_opening(Request(text)).text == "It was dark."


@pytest.mark.parametrize("text", ["天黑了。", "继续：天黑了。", "请续写这个故事：天黑了。"])
def test_a_chinese_opening_is_what_follows_the_asking(text: str) -> None:
    assert find_opening(Request(text)).text == "天黑了。"


@pytest.mark.parametrize("text", ["Tell me a story.", "please write a short story", "讲个故事", "给我讲一个故事。"])
def test_a_story_may_be_asked_for_without_an_opening(text: str) -> None:
    assert find_opening(Request(text)).text == ""


CONTEXT = (
    Turn("person", "Hi."),
    Turn("reply", "Hello."),
    Turn("person", "continue: It was dark."),
    Turn("reply", " A fox ran."),
)


@pytest.mark.parametrize(
    "text", ["continue", "Go on!", "please continue the story", "继续", "接着讲", "往下写。", "然后呢？", "And then?"]
)
def test_it_goes_on_with_what_was_told(text: str) -> None:
    assert find_opening(Request(text, CONTEXT)).text == "It was dark. A fox ran."


def test_it_goes_on_a_second_time() -> None:
    context = (*CONTEXT, Turn("person", "go on"), Turn("reply", " It slept."))

    assert find_opening(Request("continue", context)).text == "It was dark. A fox ran. It slept."


def test_of_a_long_story_the_last_part_is_read_again() -> None:
    context = (Turn("person", "Once"), Turn("reply", " the fox ran on" * 400))
    opening = find_opening(Request("continue", context)).text

    assert KEPT - 10 < len(opening) <= KEPT and opening.split()[0] in "the fox ran on"


def test_of_a_long_chinese_story_the_last_part_is_read_again() -> None:
    context = (Turn("person", "天"), Turn("reply", "狐狸跑了。" * 1000))

    assert len(find_opening(Request("继续", context)).text) == KEPT


def test_without_a_story_there_is_nothing_to_go_on_with() -> None:
    with pytest.raises(MisuseError, match="no story to go on with yet"):
        find_opening(Request("continue"))


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Tell me a story about a fox.", "Once upon a time there was a fox."),
        ("Please write a short story about two foxes", "Once upon a time there were two foxes."),
        ("write me a bedtime story about Tom and his dog!", "Once upon a time there was Tom and his dog."),
        ("讲一个关于狐狸的故事", "这是狐狸的故事。"),
        ("请给我写个小狗的童话吧。", "这是小狗的故事。"),
    ],
)
def test_a_story_about_something_begins_with_it(text: str, opening: str) -> None:
    assert find_opening(Request(text)) == Opening(opening, is_new=True)


def test_an_opening_that_was_told_is_not_told_again() -> None:
    told = Turn("reply", "Once upon a time there was a fox. It ran.")
    context = (Turn("person", "Tell me a story about a fox."), told)

    assert find_opening(Request("continue", context)).text == told.text
