from datetime import UTC, datetime

import pytest

from chatlstm.history.archive import Archive
from chatlstm.history.chat_export import read_chats
from chatlstm.history.history import History
from chatlstm.history.json_fields import ImportFaultError
from tests.history.ticking import NOON

Json = dict[str, object]


def node(parent: str | None, role: str = "user", *parts: object, time: object = None) -> Json:
    message = {"author": {"role": role}, "create_time": time, "content": {"content_type": "text", "parts": [*parts]}}
    return {"parent": parent, "children": [], "message": message}


def chat(current: str | None = None, **nodes: Json) -> Json:
    root: Json = {"parent": None, "children": [], "message": None}
    return {
        "title": "Moon",
        "create_time": 1_785_499_200.5,  # 2026-07-31 12:00:00.5 UTC
        "mapping": {"root": root, **nodes},
        "current_node": current,
    }


def read_one(document: object) -> Archive:
    (archive,) = read_chats(document, "chats.json: $", now=NOON)
    return archive


def list_turns(archive: Archive) -> list[tuple[str, str, int | None]]:
    return [(each.turn.speaker, each.turn.text, each.parent_id) for each in archive.turns]


def test_a_tree_of_messages_is_taken_with_its_branches() -> None:
    archive = read_one(
        [
            chat(
                "c",
                s=node("root", "system", "You are helpful."),
                a=node("s", "user", "Write a poem."),
                b=node("a", "assistant", "Moon."),
                c=node("a", "assistant", "Sun."),
                d=node("b", "user", "More."),
            )
        ]
    )

    assert sorted(list_turns(archive)) == sorted(
        [("person", "Write a poem.", None), ("reply", "Moon.", 1), ("person", "More.", 2), ("reply", "Sun.", 1)]
    )
    tip = archive.turns[(archive.conversation.tip_id or 0) - 1]
    assert tip.turn.text == "Sun."


def test_title_and_times_are_kept() -> None:
    archive = read_one([chat(a=node("root", "user", "Hello.", time=1_785_499_260))])

    assert archive.conversation.title == "Moon"
    assert archive.conversation.created == datetime(2026, 7, 31, 12, 0, 0, 500_000, UTC)
    assert archive.turns[0].created == archive.conversation.updated == datetime(2026, 7, 31, 12, 1, tzinfo=UTC)


def test_what_a_tool_said_joins_what_stands_around_it() -> None:
    archive = read_one(
        chat(a=node("root", "user", "Hi."), t=node("a", "tool", "42"), b=node("t", "assistant", "It is 42."))
    )

    assert list_turns(archive) == [("person", "Hi.", None), ("reply", "It is 42.", 1)]


def test_pictures_among_the_parts_are_left_out() -> None:
    parts = ("Look:", {"asset_pointer": "file://x"}, {"text": "a cat"})

    assert list_turns(read_one(chat(a=node("root", "user", *parts)))) == [("person", "Look:\na cat", None)]


def test_messages_without_words_are_left_out() -> None:
    code: Json = {"author": {"role": "assistant"}, "content": {"content_type": "code", "text": "x = 1"}}
    archive = read_one(
        chat(a=node("root", "user", "Hi."), b=node("a", "assistant", " "), c={"parent": "b", "message": code})
    )

    assert list_turns(archive) == [("person", "Hi.", None)]


def test_without_a_current_node_the_last_message_is_the_tip() -> None:
    assert read_one(chat(a=node("root", "user", "Hi."))).conversation.tip_id == 1
    assert read_one({**chat(a=node("root", "user", "Hi.")), "current_node": ["a"]}).conversation.tip_id == 1


def test_conversations_without_a_word_are_left_out() -> None:
    assert read_chats([chat(), {"messages": []}], "chats.json: $", now=NOON) == ()


@pytest.mark.parametrize("form", ["bare", "named", "listed"])
def test_a_list_of_messages_is_one_conversation(form: str) -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello."},
        {"role": "assistant", "content": [{"type": "text", "text": "Hi."}]},
        {"role": "assistant", "content": None},
    ]
    named = {"messages": messages}
    forms: dict[str, object] = {"bare": messages, "named": named, "listed": [named]}
    archive = read_one(forms[form])

    assert list_turns(archive) == [("person", "Hello.", None), ("reply", "Hi.", 1)]
    assert (archive.conversation.title, archive.conversation.tip_id) == ("Hello.", 2)
    assert archive.conversation.created == NOON


def test_an_imported_conversation_can_be_gone_on_with(history: History) -> None:
    archive = read_one([{"role": "user", "content": "你好"}, {"role": "assistant", "content": "你好！"}])
    (added,) = history.add_archives([archive])
    history.add_person_turn(added.id, "再见")

    assert [turn.text for turn in history.read_context(added.id, limit=8)] == ["你好", "你好！"]
    assert [match.turn.turn.text for match in history.search("你好", limit=9)] == ["你好！", "你好"]


def test_a_very_long_chain_is_read() -> None:
    nodes = {str(number): node(str(number - 1) if number else None, "user", "x") for number in range(5000)}

    assert read_one({"mapping": nodes}).turns[-1].parent_id == 4999


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], r"chats\.json: \$: needs a list of conversations"),
        ({}, r"\$: needs a list of conversations"),
        ("x", r"\$: needs a list of conversations"),
        ([{"messages": []}, 3], r"\$: needs a list of conversations"),
        ([{"role": 3}], r"\$\.messages\[0\]\.role: needs a text"),
        ([{"role": "user", "content": 3}], r"\$\.messages\[0\]\.content: needs a list"),
        ([{"role": "user", "content": [{"text": 3}]}], r"content\[0\]: needs a text"),
        ([{"role": "user", "content": "\ud800"}], r"content: text must not hold a lone surrogate"),
        ([{"messages": []}, {"messages": 3}], r"\$\[1\]\.messages: needs a list"),
        ({"mapping": [], "messages": []}, r"\$\.mapping: needs an object"),
        ({"mapping": {"a": 3}}, r"\$\.mapping\.a: needs an object"),
        ({"mapping": {"a": {"parent": "b"}}}, r"mapping\.a\.parent: there is no node 'b'"),
        ({"mapping": {"a": {"parent": 3}}}, r"mapping\.a\.parent: needs a text"),
        ({"mapping": {"a": {"parent": "b"}, "b": {"parent": "a"}}}, r"mapping: some nodes are their own ancestors"),
        (chat(a={"parent": "root", "message": {"author": {}}}), r"mapping\.a\.message\.author\.role: needs a text"),
        ({"messages": [], "create_time": "noon"}, r"create_time: needs seconds since 1970"),
        ({"messages": [], "create_time": 1e300}, r"create_time: needs seconds since 1970"),
        ({"messages": [], "title": 3}, r"title: needs a text"),
    ],
)
def test_a_fault_is_told_with_its_place(document: object, told: str) -> None:
    with pytest.raises(ImportFaultError, match=told):
        read_chats(document, "chats.json: $", now=NOON)
