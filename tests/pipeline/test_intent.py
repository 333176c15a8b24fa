"""What a message asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.pipeline.intent import find_nouns, is_slip, prepare, skip_courtesy

ASKED = [
    ("write me a short poem", 1.0),
    ("would you mind writing a poem", 1.0),
    ("i'd like a poem", 1.0),
    ("how about a poem", 1.0),
    ("poem: spring", 1.0),
    ("a poem about snow, and a long walk", 1.0),
    ("the poem should be short", 1.0),
    ("retell my day as a poem", 0.8),
    ("a poem. can you write one", 1.0),
    ("i want to learn about the poem", 0.0),
    ("tell me what a poem is", 0.0),
    ("can you write poems?", 0.2),
    ("can you write poems about snow?", 1.0),
    ("that is a poem", 0.0),
    ("i like the poem. write it down", 0.8),
    ("write down all there was to see by the sea and much more, and then the poem", 0.0),
    ("写诗", 1.0),
    ("你能写诗吗", 0.2),
    ("写诗难吗", 0.2),
    ("来点音乐和诗", 1.0),
    ("来听诗", 0.0),
    ("写诗人", 0.0),
    ("写一首关于诗的歌", 0.0),
    ("关于雪的诗", 1.0),
    ("诗一首，咏雪", 1.0),
    ("体裁：诗，主题：雪", 1.0),
    ("写诗的方法", 0.6),
    ("雪的诗，写三行", 1.0),
    ("这首诗，改写一下", 0.8),
    ("我喜欢诗", 0.0),
    ("写haiku poem吧", 1.0),
    ("请写一首，送给我的老师的诗", 0.0),
]


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_a_noun_is_asked_for_or_mentioned(text: str, asked: float) -> None:
    assert [noun.asked for noun in find_nouns(text, ["poem", "诗"])] == ([] if "诗人" in text else [asked])


def test_where_two_nouns_overlap_the_longer_stands() -> None:
    assert [noun.text for noun in find_nouns("a news story", ["story", "news", "news story"])] == ["news story"]


def test_a_plural_is_found() -> None:
    assert [noun.text for noun in find_nouns("write poems", ["poem"])] == ["poem"]


def test_no_subjects_no_nouns() -> None:
    assert find_nouns("write a poem", []) == []


@pytest.mark.parametrize(
    ("typed", "meant"), [("pome", "poem"), ("fuction", "function"), ("functoin", "function"), ("articcle", "article")]
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert is_slip(typed, meant) and prepare(typed.upper(), [meant]) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("particle", "article"), ("resort", "report"), ("form", "poem"), ("functions", "function"), ("new", "news")],
)
def test_another_word_is_no_slip(typed: str, meant: str) -> None:
    assert not is_slip(typed, meant)


@pytest.mark.parametrize(("text", "point"), [("continue", 0), ("hello! please continue", 14), ("请帮我续写", 3)])
def test_courtesy_is_skipped(text: str, point: int) -> None:
    assert skip_courtesy(text) == point


@given(st.text(alphabet="用请写给我一首诗，。 apoemwrite:!?", max_size=200))
def test_no_message_is_too_odd_to_be_read(text: str) -> None:
    assert all(0 <= noun.asked <= 1 for noun in find_nouns(prepare(text), ["poem", "诗"]))
