"""The poetry plugin: which language writes, and what it asks of which model."""

from pathlib import Path

import pytest
from chatlstm_poetry.poetry import Poetry, choose_language, write_poem
from chatlstm_poetry.redraw import Redraw

from chatlstm.plugin import (
    ChatLSTMError,
    Draft,
    MisuseError,
    Prompt,
    Record,
    Request,
    Turn,
)
from tests.doubles import CannedGenerator
from tests.plugins.measured import measures_of
from tests.plugins.poets import RandomPoet
from tests.plugins.verse import REGULAR

HERON = REGULAR["登鹳雀楼"][1].replace("，", "，\n")


def answer(text: str, *context: Turn, language: str = "zh") -> Draft:
    request = Request(text, context, 1, {"candidates": "2"}, language)
    draft = Poetry().begin(request)
    for stage in Poetry().stages():
        draft = stage(draft, RandomPoet())
    return draft


@pytest.mark.parametrize(
    ("options", "language", "expected"),
    [
        ({}, "en", "en"),
        ({}, "zh", "zh"),
        ({"form": "sonnet"}, "zh", "en"),
        ({"form": "七绝"}, "en", "zh"),
        ({"heads": "春夏秋冬"}, "en", "zh"),
        ({"tune": "浣溪沙"}, "en", "zh"),
    ],
)
def test_form_before_words_decides_the_language(options: dict[str, str], language: str, expected: str) -> None:
    assert choose_language(Request("x", options=options, language=language), None) == expected


@pytest.mark.parametrize(("poem", "expected"), [(HERON, "zh"), ("It rains,\nit drains.", "en")])
def test_a_poem_is_changed_in_its_own_language(poem: str, expected: str) -> None:
    assert choose_language(Request("change line 2"), Redraw(poem, 1, "")) == expected


def test_a_chinese_poem_is_written() -> None:
    assert answer("写一首五绝").details["checked"]


def test_a_line_of_the_last_poem_is_changed() -> None:
    draft = answer("换第二句", Turn("person", "写一首五绝"), Turn("reply", HERON))

    assert draft.details["redrawn"] == 2


def test_a_model_of_another_language_is_refused() -> None:
    request = Request("写一首五绝", language="zh")

    with pytest.raises(MisuseError, match="wants a checkpoint of language 'zh', not 'en'"):
        write_poem(Poetry().begin(request), CannedGenerator(["x"]))


def test_a_chinese_model_is_measured_on_chinese_verse() -> None:
    record = Record("poetry", ("五绝 白日", REGULAR["登鹳雀楼"][1]))
    options = {"poems": "1", "candidates": "2"}
    measures = measures_of(Poetry().evaluate(RandomPoet(), [record], options=options, seed=1))

    assert measures[0].name == "form_五绝"


def test_a_model_of_another_language_is_not_measured() -> None:
    engine = CannedGenerator(["x"])
    engine.language = "code"

    assert list(Poetry().evaluate(engine, [], options={}, seed=1)) == []


@pytest.mark.parametrize(("language", "file"), [("en", "_en_"), ("zh", "_zh_")])
def test_verse_is_read_from_the_sources_of_its_language(tmp_path: Path, language: str, file: str) -> None:
    with pytest.raises(ChatLSTMError, match=f"no [a-z]*{file}"):
        list(Poetry().records_in(language, tmp_path))


def test_verse_of_no_named_language_is_english(tmp_path: Path) -> None:
    with pytest.raises(ChatLSTMError, match=r"no [a-z]*_en_"):
        list(Poetry().records(tmp_path))


def test_an_english_poem_is_retraced_line_by_line_turned_round() -> None:
    request = Request("a poem about rain", options={"form": "couplet"})

    assert Poetry().retrace(request, "It rains again.\nI count the rain.") == [
        (Prompt("poetry", ("couplet aa 10: rain",)), " again. rains it\n rain. the count I")
    ]


def test_a_changed_poem_is_retraced_as_it_was_asked_for_first() -> None:
    context = (Turn("person", "一首关于月亮的五绝"), Turn("reply", HERON))
    ((prompt, text),) = Poetry().retrace(Request("换第三句", context, language="zh"), HERON)

    assert (prompt.turns, text) == (("五绝 明月",), HERON)


@pytest.mark.parametrize(
    ("turn", "language", "shown"),
    [
        (" sea, the by\n shore. a is There", "en", "by the sea,\nthere is a shore."),
        ("quatrain abab 12: sea", "en", "quatrain abab 12: sea"),
        (" 床前", "zh", " 床前"),
    ],
)
def test_lines_of_english_verse_are_shown_the_right_way_round(turn: str, language: str, shown: str) -> None:
    assert Poetry().show(turn, language) == shown
