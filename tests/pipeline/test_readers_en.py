"""How rows of each kind become turns."""

import pytest

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.readers_en import (
    read_chitchat,
    read_dialogue,
    read_digitalgov,
    read_events,
    read_novel,
    read_tale,
    read_voa,
)
from chatlstm.pipeline.text_files import Row


def talk(*turns: str, **more: str) -> Row:
    return {"turns": list(turns), **more}


def read_parts(row: Row, filters: Filters) -> list[tuple[str, ...]]:
    return [turns for turns, _ in read_dialogue([row], filters)]


def test_a_whole_dialogue_stands_alone() -> None:
    assert list(read_dialogue([talk("hi", "hello")], Filters())) == [(("Hi.", "Hello."), "")]


def test_a_long_turn_cuts_a_dialogue_in_two() -> None:
    row = talk("A.", "B.", "One two three.", "C.", "D.")

    assert read_parts(row, Filters(max_words=2)) == [("A.", "B."), ("C.", "D.")]


def test_parts_of_one_dialogue_share_a_document() -> None:
    row = talk("A.", "B.", "One two three.", "C.", "D.")
    documents = {document for _, document in read_dialogue([row], Filters(max_words=2))}

    assert len(documents) == 1 and "" not in documents


def test_a_single_turn_left_by_a_cut_is_dropped() -> None:
    row = talk("A.", "One two three.", "C.", "D.")

    assert list(read_dialogue([row], Filters(max_words=2))) == [(("C.", "D."), "")]


def test_a_turn_with_an_address_cuts() -> None:
    assert read_parts(talk("A.", "B.", "See www.example.org", "C."), Filters()) == [("A.", "B.")]


def test_a_turn_without_a_word_cuts() -> None:
    assert read_parts(talk("...", "B.", "C."), Filters()) == [("B.", "C.")]


def test_a_phrase_cuts() -> None:
    filters = Filters(drop_phrases=("__silence__",))

    assert read_parts(talk("__SILENCE__", "B.", "C."), filters) == [("B.", "C.")]


def test_a_rude_word_drops_the_dialogue() -> None:
    assert read_parts(talk("A.", "B.", "Darn!"), Filters(drop_words=("darn",))) == []


def test_a_short_dialogue_is_dropped() -> None:
    assert read_parts(talk("A.", "B."), Filters(min_turns=3)) == []


def test_only_the_wanted_styles_stay() -> None:
    rows = [talk("A.", "B.", style="rude"), talk("C.", "D.", style="kind")]

    assert [turns for turns, _ in read_dialogue(rows, Filters(styles=("kind",)))] == [("C.", "D.")]


def test_a_tokenised_source_is_put_together() -> None:
    assert read_parts(talk("hi , you !", "i ' m here ."), Filters(detokenise=True)) == [
        ("Hi, you!", "I'm here.")
    ]


@pytest.mark.parametrize("turns", [None, "A.", ["A.", 3]])
def test_a_row_without_turns_is_refused(turns: object) -> None:
    with pytest.raises(MisuseError, match="needs the list of strings 'turns'"):
        list(read_dialogue([{"turns": turns}], Filters()))


def test_messages_of_one_sender_become_one_turn() -> None:
    messages = [
        [{"sender": "a", "text": "hi"}, {"sender": "a", "text": "how are you"}],
        [{"sender": "b", "text": "fine"}],
    ]

    assert list(read_chitchat([{"messages": messages}], Filters())) == [
        (("Hi. How are you?", "Fine."), "")
    ]


def test_a_row_without_messages_gives_nothing() -> None:
    assert list(read_chitchat([{}], Filters(min_turns=2))) == []


def test_a_tale_keeps_its_paragraphs() -> None:
    assert list(read_tale([{"text": "Once. \nThen."}], Filters())) == [(("Once.\n\nThen.",), "")]


def test_chunks_of_a_tale_share_its_title() -> None:
    row = {"title": "Twins", "text": "Once.\nThen."}

    assert list(read_tale([row], Filters(chunk_characters=5))) == [
        (("Once.",), "Twins"),
        (("Then.",), "Twins"),
    ]


def test_a_dash_between_quotes_parts_two_speakers() -> None:
    row = {"text": '"Who?" - "I."'}

    assert list(read_tale([row], Filters())) == [(('"Who?"\n\n"I."',), "")]


@pytest.mark.parametrize("text", ["A heck of a tale.", "Write to example.", "\u4ece\u524d"])
def test_an_unwanted_tale_is_dropped(text: str) -> None:
    filters = Filters(drop_words=("heck",), drop_phrases=("write to",))

    assert list(read_tale([{"text": text}], filters)) == []


def test_a_row_without_text_is_refused() -> None:
    with pytest.raises(MisuseError, match="needs the string 'text'"):
        list(read_tale([{"title": "Twins"}], Filters()))


BOOK = "THE SEA\nby A. Nother\nCHAPTER I\nThe Boat\nTHE boat lay still.\nII\nIt sank ; we swam."


def test_a_book_loses_front_matter_and_heads() -> None:
    filters = Filters(books={"The Sea": "THE boat lay"})

    assert list(read_novel([{"text": BOOK}], filters)) == [
        (("The boat lay still.\n\nIt sank; we swam.",), "The Sea")
    ]


def test_a_head_within_a_line_parts_paragraphs() -> None:
    row = {"text": "It was day. CHAPTER II It was night."}

    assert list(read_novel([row], Filters(books={"Days": "It was day"}))) == [
        (("It was day.\n\nIt was night.",), "Days")
    ]


def test_a_word_broken_at_a_line_end_is_joined() -> None:
    row = {"text": "He had no informa- tion at all - none."}

    assert list(read_novel([row], Filters(books={"He": "He had"}))) == [
        (("He had no information at all - none.",), "He")
    ]


def test_a_book_that_is_not_listed_is_left_out() -> None:
    rows = [{"text": "Another book."}, {"text": BOOK}]

    assert len(list(read_novel(rows, Filters(books={"The Sea": "THE boat"})))) == 1


def test_a_passage_with_an_unwanted_word_is_left_out() -> None:
    row = {"text": "It was day.\nA heck of a day."}
    filters = Filters(books={"Day": "It was"}, chunk_characters=12, drop_words=("heck",))

    assert list(read_novel([row], filters)) == [(("It was day.",), "Day")]


def test_a_listed_book_that_is_not_there_is_refused() -> None:
    with pytest.raises(MisuseError, match=r"filters\.books: not found: Lost"):
        list(read_novel([{"text": BOOK}], Filters(books={"Lost": "No such words"})))


VOA = {
    "sents": ["Rain fell in Rome.", "Mr. Rossi was glad.", "It stopped."],
    "entities": ["Rome", "Rossi", "Mr. Rossi", "Paris", "vice"],
}


def test_an_article_has_two_sentences_a_paragraph() -> None:
    ((turns, _),) = read_voa([VOA], Filters(keywords=5))

    assert turns[1] == "Rain fell in Rome. Mr. Rossi was glad.\n\nIt stopped."


def test_keywords_occur_in_the_article_and_not_in_each_other() -> None:
    ((turns, _),) = read_voa([VOA], Filters(keywords=5))

    assert turns[0] == "Rome, Rossi"


def test_an_article_ends_at_a_sentence_within_its_words() -> None:
    ((turns, _),) = read_voa([VOA], Filters(keywords=5, max_words=5))

    assert turns[1] == "Rain fell in Rome."


def test_an_article_shorter_than_its_words_stays_whole() -> None:
    ((turns, _),) = read_voa([VOA], Filters(keywords=5, max_words=50))

    assert turns[1].endswith("It stopped.")


def test_no_sentence_within_the_words_gives_nothing() -> None:
    assert list(read_voa([VOA], Filters(keywords=5, max_words=1))) == []


def test_keywords_stop_at_their_number() -> None:
    ((turns, _),) = read_voa([VOA], Filters(keywords=1))

    assert turns[0] == "Rome"


def test_links_come_before_topics() -> None:
    row = {"links": ["the storm"], "topics": ["Rome"], "text": "In Rome the storm ended."}

    assert list(read_events([row], Filters(keywords=5))) == [
        (("storm, Rome", "In Rome the storm ended."), "")
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_short_news_of_a_category_may_be_left_out(kept: bool) -> None:
    row = {"links": ["Rome"], "topics": [], "text": "It rained in Rome.", "category": "Weather"}
    filters = Filters(keywords=5, drop_categories=("Sports",) if kept else ("Weather",))

    assert bool(list(read_events([row], filters))) is kept


def test_an_article_with_an_unwanted_word_is_left_out() -> None:
    row = {"links": ["Rome"], "topics": [], "text": "It rained on Rome's bombers."}

    assert list(read_events([row], Filters(keywords=5, drop_words=("bomb*",)))) == []


def test_an_article_without_keywords_is_dropped() -> None:
    assert list(read_events([{"links": [], "topics": [], "text": "Rain."}], Filters())) == []


PROSE = "This is a paragraph of prose, which is long enough to be taken for one."


def test_a_headline_stands_above_its_text() -> None:
    row = {"title": "Good&#8217;s", "topics": ["open-data", "design"], "text": f"Summary: {PROSE}"}

    assert list(read_digitalgov([row], Filters(keywords=1))) == [
        (("open data", f"Good's\n\n{PROSE}"), "")
    ]


def test_a_topic_that_stands_twice_is_one_keyword() -> None:
    row = {"title": "T", "topics": ["design", "design"], "text": PROSE}

    assert [turns[0] for turns, _ in read_digitalgov([row], Filters(keywords=5))] == ["design"]


def test_lists_and_links_are_not_prose() -> None:
    text = f"* A point.\n{PROSE}\nSee [the page] {PROSE}\nShort line."
    row = {"title": "T", "topics": ["design"], "text": text}

    assert list(read_digitalgov([row], Filters(keywords=5))) == [(("design", f"T\n\n{PROSE}"), "")]


def test_the_number_of_an_unread_list_item_is_left_out() -> None:
    row = {"title": "T", "topics": ["design"], "text": f"{PROSE}\n1. {PROSE}"}

    assert list(read_digitalgov([row], Filters(keywords=5, max_words=17))) == [
        (("design", f"T\n\n{PROSE}"), "")
    ]


@pytest.mark.parametrize("more", [{"topics": None}, {"title": ""}, {"text": "Short."}])
def test_an_incomplete_article_is_dropped(more: Row) -> None:
    row = {"title": "T", "topics": ["design"], "text": PROSE, **more}

    assert list(read_digitalgov([row], Filters(keywords=5))) == []


def test_a_tale_is_headed_by_its_style() -> None:
    assert list(read_tale([{"text": "A fox slept."}], Filters(style="grimm"))) == [
        (("grimm", "A fox slept."), "A fox slept.")
    ]
