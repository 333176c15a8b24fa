from dataclasses import replace

from chatlstm.history.archive import Archive
from chatlstm.history.history import History
from chatlstm.history.transcript import write_markdown, write_text
from chatlstm.history.turn import Outcome, Recipe
from tests.history.exchanges import answer, begin

HEAD = "2026-07-31 12:00 UTC, poetry, 260731-g000"


def archive_one(history: History) -> Archive:
    return history.read_archive(begin(history, "A poem\nplease!", "床前明月光，\n疑是地上霜。"))


def test_a_text_shows_who_spoke_as_a_terminal_does(history: History) -> None:
    assert list(write_text(archive_one(history))) == [
        "A poem please!",
        HEAD,
        "",
        "> A poem",
        "> please!",
        "床前明月光，",
        "疑是地上霜。",
        "",
    ]


def test_markdown_has_a_heading_a_turn_and_keeps_the_lines_of_verse(history: History) -> None:
    assert list(write_markdown(archive_one(history))) == [
        *("# A poem please!", "", HEAD, ""),
        *("## You", "", "A poem  ", "please!", ""),
        *("## poetry", "", "床前明月光，  ", "疑是地上霜。", ""),
    ]


def test_a_program_is_fenced_by_more_ticks_than_it_holds(history: History) -> None:
    conversation = history.start_conversation("code")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "x").id, Recipe("code", "code@0", 1))
    history.end_reply(reply.id, Outcome("def f():\n    return '````'"))
    lines = list(write_markdown(history.read_archive(conversation.id)))

    assert lines[-4:] == ["`````python", "def f():\n    return '````'", "`````", ""]


def test_an_empty_line_of_a_reply_stays_empty(history: History) -> None:
    archive = history.read_archive(begin(history, "a", "b\n\nc"))

    assert list(write_markdown(archive))[-4:] == ["b  ", "", "c", ""]


def test_a_reply_of_another_chat_has_no_plugin(history: History) -> None:
    archive = archive_one(history)
    foreign = replace(archive, turns=(archive.turns[0], replace(archive.turns[1], recipe=None)))

    assert "## Reply" in write_markdown(foreign)


def test_only_the_current_branch_is_written(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    answer(history, history.read_turns(conversation_id)[0], "c")

    assert list(write_text(history.read_archive(conversation_id)))[3:] == ["> a", "c", ""]
