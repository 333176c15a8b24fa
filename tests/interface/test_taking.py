import io
from pathlib import Path

import pytest

from chatlstm.interface.commands import take_line
from chatlstm.interface.taking import SENT_BYTES, wrap_clipboard
from chatlstm.interface.talk import Talk
from tests.interface.talks import make_talk, read_shown


class TypedOn(io.StringIO):
    """A terminal's screen."""

    def isatty(self) -> bool:
        return True


def run(line: str, talk: Talk) -> str:
    take_line(talk, line)
    return read_shown(talk)


def make_answered(reply: str = "hi") -> Talk:
    talk = make_talk([reply])
    run("Hello.", talk)
    return talk


def test_at_first_nothing_is_set() -> None:
    shown = run("/show", make_talk())

    assert "auto: the message decides" in shown
    assert "no reply yet" in shown
    assert "not loaded yet" in shown


def test_what_is_set_is_shown() -> None:
    talk = make_answered()
    run("/use story", talk)
    talk.session.options["words"] = "9"
    shown = run("/show", talk)

    for told in ("story", "words 9", "1 made the last reply", "canned@0123abcd on cpu"):
        assert told in shown
    assert talk.session.conversation is not None
    assert talk.session.conversation.id in shown


def test_the_clipboard_takes_the_text_in_base64() -> None:
    assert wrap_clipboard("你好", {}) == "\x1b]52;c;5L2g5aW9\x07"


def test_tmux_passes_a_sequence_on_with_its_escapes_doubled() -> None:
    assert wrap_clipboard("hi", {"TMUX": "x"}) == "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"


def test_screen_is_given_short_strings() -> None:
    parts = wrap_clipboard("a" * 900, {"TERM": "screen-256color"}).split("\x1b\\")

    assert [part[:2] for part in parts] == ["\x1bP"] * 3 + [""]
    assert max(map(len, parts)) < 768


def test_the_last_reply_is_copied() -> None:
    talk = make_answered()
    talk.screen.replies = shown = TypedOn()
    take_line(talk, "/copy")

    assert shown.getvalue() == "\x1b]52;c;aGk=\x07"


@pytest.mark.parametrize(("reply", "told"), [("a" * 80_000, "terminals take 74,000")])
def test_a_reply_too_long_for_a_clipboard_is_not_copied(reply: str, told: str) -> None:
    talk = make_answered(reply)
    before, talk.screen.replies = talk.screen.replies, TypedOn()
    take_line(talk, "/copy")
    talk.screen.replies = before

    assert told in read_shown(talk)


def test_off_a_terminal_nothing_is_copied() -> None:
    assert "/copy needs a terminal" in run("/copy", make_answered())


@pytest.mark.parametrize("line", ["/copy", "/save notes --last"])
def test_without_a_reply_there_is_none_to_take(line: str) -> None:
    assert "there is no reply yet" in run(line, make_talk())


def test_a_conversation_is_saved(tmp_path: Path) -> None:
    shown = run(f"/save {tmp_path / 'my talk.txt'}", make_answered())

    assert (tmp_path / "my talk.txt").read_text() == "> Hello.\nhi\n"
    assert "Saved" in shown


def test_a_file_is_replaced_only_where_that_is_asked(tmp_path: Path) -> None:
    path, talk = tmp_path / "talk.txt", make_answered()
    path.write_text("old")

    assert "is there already" in run(f"/save {path} --last", talk)
    assert path.read_text() == "old"
    run(f"/save {path} --last --over", talk)
    assert path.read_text() == "hi\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/save", "/save needs a file"),
        ("/save nowhere/at/all", "cannot be written"),
        ("/file", "/file needs a file"),
        ("/file nowhere", "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told(line: str, told: str) -> None:
    assert told in run(line, make_answered())


def test_nothing_said_is_nothing_saved() -> None:
    assert "nothing to save yet" in run("/save notes", make_talk())


def test_a_file_is_sent_as_a_message(tmp_path: Path) -> None:
    path, talk = tmp_path / "note.txt", make_talk()
    path.write_bytes("\ufeffone\r\n二\x1b[31m".encode())
    run(f"/file {path}", talk)

    assert talk.session.list_messages(1) == ["one\n二"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "is not UTF-8 text (byte 0)"),
        (b"a\0b", "it holds a NUL byte"),
        (b" \n", "is empty"),
        (b"a" * (SENT_BYTES + 1), "is larger than 1,000,000 bytes"),
    ],
    ids=["binary", "nul", "empty", "large"],
)
def test_a_file_that_is_no_message_is_not_sent(tmp_path: Path, content: bytes, told: str) -> None:
    path, talk = tmp_path / "note.txt", make_talk()
    path.write_bytes(content)

    assert told in run(f"/file {path}", talk)
    assert talk.session.conversation is None
