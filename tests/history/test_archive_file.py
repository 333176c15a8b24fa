import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.archive import Archive
from chatlstm.history.archive_file import read_archive_file, write_archives
from chatlstm.history.feedback import Feedback
from chatlstm.history.history import History
from chatlstm.history.json_fields import ImportFaultError
from chatlstm.history.opening import open_memory_history
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome, Recipe
from tests.history.exchanges import answer, begin
from tests.history.ticking import NOON, Clock

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DETAILS = st.dictionaries(TEXTS, TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False), max_size=2)
EXCHANGES = st.lists(
    st.tuples(
        TEXTS,
        st.builds(Recipe, TEXTS, TEXTS, st.integers(-(2**63), 2**63 - 1), st.dictionaries(TEXTS, TEXTS, max_size=2)),
        st.builds(
            Outcome,
            TEXTS,
            st.sampled_from(["done", "stopped", "failed"]),
            st.integers(0, 2**63 - 1),
            st.floats(0, 10**6),
            DETAILS,
        ),
        st.none() | st.builds(TurnState, TEXTS, TEXTS, st.binary(max_size=9)),
        st.none() | st.builds(Feedback, st.sampled_from(["good", "bad"]), st.none() | st.just("Better.")),
        st.integers(0, 9),
    ),
    max_size=4,
)


def export(history: History) -> str:
    ids = sorted(one.id for one in history.list_conversations())
    return "".join(write_archives(history.read_archive(each) for each in ids))


def read(folder: Path, text: str) -> tuple[Archive, ...]:
    path = folder / "history.json"
    path.write_text(text, encoding="utf-8", newline="")
    return read_archive_file(path, now=NOON)


def make_export() -> dict[str, Any]:  # Any: tests spoil it at will
    """Export a conversation with all there can be in it."""
    with open_memory_history(clock=Clock()) as history:
        conversation = history.start_conversation("dialogue")
        said = history.add_person_turn(conversation.id, "Hello.")
        reply_id = answer(history, said, "你好", TurnState("en@0", "int8", b"\x00\xff"))
        history.set_feedback(reply_id, Feedback("bad", "Hi."))
        history.begin_reply(said.id, Recipe("poetry", "zh@0", 3))
        document: dict[str, Any] = json.loads(export(history))  # Any: as above
        return document


@given(EXCHANGES)
def test_what_was_exported_and_imported_is_exported_the_same_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, exchanges: list[Any]  # Any: a tuple of many kinds
) -> None:
    with open_memory_history(clock=Clock(step=0.7)) as history, open_memory_history() as other:
        begin(history, "so that the turns of the next have other ids", "yes")
        conversation = history.start_conversation("dialogue")
        for said, recipe, outcome, state, feedback, back in exchanges:
            tree = history.read_tree(conversation.id)
            if back < len(tree):
                history.move_tip(conversation.id, tree[back].id)
            reply = history.begin_reply(history.add_person_turn(conversation.id, said).id, recipe)
            history.end_reply(reply.id, outcome, state)
            history.set_feedback(reply.id, feedback)
        before = export(history)
        other.add_archives(read(tmp_path_factory.mktemp("export"), before))

        assert export(other) == before


def test_an_export_holds_every_field_under_its_name() -> None:
    (conversation,) = make_export()["conversations"]

    assert (conversation["id"], conversation["title"], conversation["tip"]) == ("260731-g000", "Hello.", 3)
    assert conversation["created"] == "2026-07-31T12:00:00+00:00"
    assert conversation["turns"][0] == {
        "id": 1,
        "parent": None,
        "speaker": "person",
        "text": "Hello.",
        "status": "done",
        "created": "2026-07-31T12:00:01+00:00",
        "updated": "2026-07-31T12:00:01+00:00",
    }
    reply = conversation["turns"][1]
    assert reply["recipe"]["options"] == {"form": "五绝"}
    assert (reply["tokens"], reply["seconds"], reply["details"]) == (3, 0.5, {})
    assert reply["feedback"] == {"mark": "bad", "correction": "Hi."}
    assert reply["state"] == {"checkpoint": "en@0", "dtype": "int8", "data": "AP8="}  # base64 by hand
    assert conversation["turns"][2]["status"] == "pending"


def test_an_export_may_be_plain_ascii() -> None:
    with open_memory_history(clock=Clock()) as history:
        begin(history, "你好", "Hi.")
        archive = history.read_archive("260731-g000")

    assert "".join(write_archives([archive], plain=True)).isascii()


def test_an_id_that_is_taken_is_replaced(tmp_path: Path) -> None:
    with open_memory_history(clock=Clock()) as history:
        begin(history, "mine", "yes")
        (added,) = history.add_archives(read(tmp_path, json.dumps(make_export())))

        assert added.id == "260731-g001"
        assert [turn.turn.text for turn in history.read_tree(added.id)] == ["Hello.", "你好", ""]
        assert [turn.turn.text for turn in history.read_tree("260731-g000")] == ["mine", "yes"]


def test_imported_turns_are_found_and_their_states_are_read(tmp_path: Path) -> None:
    with open_memory_history(clock=Clock()) as history:
        history.add_archives(read(tmp_path, json.dumps(make_export())))
        (match,) = history.search("你好", limit=9)

        assert history.find_state([match.turn.id], checkpoint="en@0", dtype="int8") == (match.turn.id, b"\x00\xff")
        assert match.turn.feedback == Feedback("bad", "Hi.")


def test_conversations_are_taken_in_all_or_none(history: History, tmp_path: Path) -> None:
    good = read(tmp_path, json.dumps(make_export()))[0]
    orphan = Archive(good.conversation, good.turns[1:])
    with pytest.raises(KeyError):
        history.add_archives([good, orphan])

    assert history.list_conversations() == ()


def test_a_moment_in_another_zone_is_taken_in_utc(tmp_path: Path) -> None:
    document = make_export()
    document["conversations"][0]["created"] = "2026-07-31T14:00:00+02:00"

    assert read(tmp_path, json.dumps(document))[0].conversation.created == NOON + timedelta(0)


FAULTS = [
    ("turns", 7, r"\.turns: needs a list"),
    ("turns", [7], r"\.turns\[0\]: needs an object"),
    ("id", "../../x", r"conversations\[0\]\.id: needs an id such as"),
    ("title", None, r"\.title: needs a text"),
    ("title", "\ud800", r"\.title: text must not hold a lone surrogate"),
    ("tip", 9, r"\.tip: needs the id of one of the turns"),
    ("tip", True, r"\.tip: needs a whole number"),
    ("created", "noon", r"\.created: needs a time such as"),
    ("created", "2026-07-31T12:00:00", r"\.created: needs a time such as"),
]


@pytest.mark.parametrize(("key", "value", "told"), FAULTS)
def test_a_fault_of_a_conversation_is_told_with_its_place(tmp_path: Path, key: str, value: object, told: str) -> None:
    document = make_export()
    document["conversations"][0][key] = value
    with pytest.raises(ImportFaultError, match=rf"history\.json: \$\.conversations\[0\].*{told.partition('.')[2]}"):
        read(tmp_path, json.dumps(document))


TURN_FAULTS = [
    ("id", 1, r"id: needs a number above 0 that no turn before it has"),
    ("id", 0, r"id: needs a number above 0"),
    ("parent", 7, r"parent: needs the id of a turn before it"),
    ("speaker", "cat", r"speaker: needs one of person, reply"),
    ("status", ["done"], r"status: needs one of pending, done, stopped, failed"),
    ("text", 3, r"text: needs a text"),
    ("tokens", -1, r"tokens: needs a count"),
    ("tokens", 2**63, r"tokens: needs a count"),
    ("seconds", -0.5, r"seconds: needs at least 0"),
    ("seconds", "1", r"seconds: needs a number"),
    ("seconds", float("nan"), r"seconds: needs a number"),
    ("seconds", float("inf"), r"seconds: needs a number"),
    ("seconds", 10**400, r"seconds: needs a number"),
    ("details", [], r"details: needs an object"),
    ("details", {"a": "\ud800"}, r"details: text must not hold"),
    ("feedback", {"mark": "fine", "correction": None}, r"feedback\.mark: needs one of None, good, bad"),
    ("feedback", {"mark": None, "correction": None}, r"feedback: feedback needs"),
    ("feedback", {"mark": "bad", "correction": 3}, r"feedback\.correction: needs a text"),
    ("recipe", {"plugin": "a", "checkpoint": "b", "seed": 2**63, "options": {}}, r"recipe\.seed: seed must be"),
    ("recipe", {"plugin": "a", "checkpoint": "b", "seed": 1, "options": {"c": 2}}, r"recipe\.options\.c: needs a text"),
    ("state", {"checkpoint": "a", "dtype": "b", "data": "%"}, r"state\.data: is no base64"),
    ("state", {"checkpoint": "a", "dtype": "b", "data": "é"}, r"state\.data: is no base64"),
]


@pytest.mark.parametrize(("key", "value", "told"), TURN_FAULTS)
def test_a_fault_of_a_turn_is_told_with_its_place(tmp_path: Path, key: str, value: object, told: str) -> None:
    document = make_export()
    document["conversations"][0]["turns"][1][key] = value
    with pytest.raises(ImportFaultError, match=rf"\$\.conversations\[0\]\.turns\[1\]\.{told}"):
        read(tmp_path, json.dumps(document))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1,\n  oops}', r"history\.json:2:3: is no JSON"),
        (b'["\xff"]', r"history\.json: byte 2: is no UTF-8"),
        (b"[" * 100_000, r"history\.json: is no JSON that can be read"),
        (b'{"format": "songs"}', r"\$\.format: is not 'chatlstm-history'"),
        (b'{"format": "chatlstm-history", "version": 2}', r"written by a newer ChatLSTM \(version 2"),
        (b'{"format": "chatlstm-history", "version": 1}', r"\$\.conversations: needs a list"),
        (b'{"format": "chatlstm-history", "version": 1, "conversations": [1]}', r"conversations\[0\]: needs an object"),
    ],
)
def test_a_file_that_is_no_export_is_told_with_its_place(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "history.json"
    path.write_bytes(content)
    with pytest.raises(ImportFaultError, match=told):
        read_archive_file(path, now=NOON)
