import pytest

from chatlstm.history.history import History
from chatlstm.history.search import cut_excerpt, find_spans, parse_query
from chatlstm.history.turn import Outcome
from tests.history.exchanges import RECIPE, begin, tell

MOON = "床前明月光，疑是地上霜。"


def search(history: History, typed: str) -> list[str]:
    return [match.turn.turn.text for match in history.search(typed, limit=9)]


def mark(text: str, typed: str) -> list[str]:
    return [text[start:end] for start, end in find_spans(text, parse_query(typed))]


@pytest.mark.parametrize(
    "typed",
    ["明月", "明月光", "疑是地上霜", "床前明月光", "月", "霜", "光", "光 疑是", "床前明月光，疑是", "“明月”"],
)
def test_chinese_is_found_by_phrases_words_of_two_characters_and_single_ones(
    history: History, typed: str
) -> None:
    begin(history, "写一首诗", MOON)

    assert search(history, typed) == [MOON]


@pytest.mark.parametrize("typed", ["月明", "明光", "光霜", "阳", "明月 太阳"])
def test_chinese_characters_in_another_order_are_not_found(history: History, typed: str) -> None:
    begin(history, "写一首诗", MOON)

    assert search(history, typed) == []


@pytest.mark.parametrize(
    "typed",
    ["creme", "CRÈME", "brulee creme", '"creme brulee"', "brul*", "cre\u0300me", "ｃｒｅｍｅ", "Crème-brûlée"],
)
def test_letter_case_accents_and_width_do_not_matter(history: History, typed: str) -> None:
    begin(history, "What is a Crème brûlée?", "Sweet.")

    assert search(history, typed) == ["What is a Crème brûlée?"]


@pytest.mark.parametrize("typed", ["crem", '"brulee creme"', "creme sweet", "emebru", "re*"])
def test_parts_of_words_other_orders_and_other_turns_are_not_found(history: History, typed: str) -> None:
    begin(history, "What is a Crème brûlée?", "Sweet.")

    assert search(history, typed) == []


@pytest.mark.parametrize("typed", ["用LSTM", "LSTM写", "用LSTM写诗", "lstm", "我用", "写诗吗"])
def test_chinese_and_latin_within_one_line_are_found_together(history: History, typed: str) -> None:
    begin(history, "我用LSTM写诗吗", "是")

    assert search(history, typed) == ["我用LSTM写诗吗"]


@pytest.mark.parametrize("typed", ["がな", "カタカナ", "한국", "국어"])
def test_kana_and_hangul_are_found(history: History, typed: str) -> None:
    begin(history, "ひらがなとカタカナ", "한국어")

    assert len(search(history, typed)) == 1


@pytest.mark.parametrize("typed", ["🎉", "?!", ":-)", "\x00"])
def test_what_is_no_word_is_found_as_it_stands(history: History, typed: str) -> None:
    begin(history, f"so {typed} it is", "no")

    assert len(search(history, typed)) == 1


@pytest.mark.parametrize(
    "typed", ["", "  ", '"', "*", "OR", "NOT x", 'x" OR "so', "a:b", "(", "\udcff", "%", "x'--"]
)
def test_whatever_is_typed_is_no_command(history: History, typed: str) -> None:
    begin(history, "so", "yes")

    assert search(history, typed) == []


def test_the_match_stored_last_comes_first_and_no_more_than_asked(history: History) -> None:
    begin(history, "moon one", "x", "moon two", "x", "moon three", "x")

    assert [each.turn.id for each in history.search("moon", limit=2)] == [5, 3]
    assert history.search("moon", limit=0) == ()


def test_a_match_names_its_conversation(history: History) -> None:
    conversation_id = begin(history, "Hello.", "Hi.", "Tell me of the moon", "No.")
    (match,) = history.search("moon", limit=9)

    assert (match.turn.conversation_id, match.title) == (conversation_id, "Hello.")


def test_a_reply_is_found_once_it_has_ended(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "x").id, RECIPE)
    history.update_reply(reply.id, "half moon")
    before = search(history, "moon")
    history.end_reply(reply.id, Outcome("full moon"))

    assert (before, search(history, "moon"), search(history, "half")) == ([], ["full moon"], [])


def test_a_reply_that_was_left_pending_is_found_once_it_is_resumed(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "x").id, RECIPE)
    history.update_reply(reply.id, "half moon")
    history.resume_conversation(conversation.id)

    assert search(history, "moon") == ["half moon"]


def test_all_branches_are_searched(history: History) -> None:
    conversation_id = begin(history, "moon", "a")
    history.move_tip(conversation_id, None)
    tell(history, conversation_id, "moon", "b")

    assert [each.turn.id for each in history.search("moon", limit=9)] == [3, 1]


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Full moon, moonlight", "moon", ["moon"]),
        ("Full moon, moonlight", "moon*", ["moon", "moonlight"]),
        (MOON, "明月光", ["明月光"]),
        (MOON, "月", ["月"]),
        ("月光月", "月", ["月", "月"]),
        (MOON, "月光，疑", ["月光，疑"]),
        (MOON, "明月 月光", ["明月光"]),
        ("Crème brûlée", '"creme brulee"', ["Crème brûlée"]),
        ("so 🎉🎉", "🎉", ["🎉", "🎉"]),
        ("so", "other", []),
        ("so", "", []),
    ],
)
def test_the_places_that_were_meant_are_marked(text: str, typed: str, marked: list[str]) -> None:
    assert mark(text, typed) == marked


def test_an_excerpt_shows_what_stands_around_the_first_place() -> None:
    text = "a " * 100 + "moon " + "b " * 100
    excerpt, spans = cut_excerpt(text, find_spans(text, parse_query("moon")))

    assert excerpt == "…" + "a " * 15 + "moon " + "b " * 42 + "b…"
    assert [excerpt[start:end] for start, end in spans] == ["moon"]


def test_an_excerpt_without_a_place_is_the_beginning() -> None:
    assert cut_excerpt("x" * 130, []) == ("x" * 120 + "…", ())


def test_a_place_that_reaches_beyond_the_excerpt_is_cut() -> None:
    assert cut_excerpt("x" * 200, [(0, 150), (150, 160)])[1] == ((0, 120),)
