"""The slash commands that show, copy, save and send what there is."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.slash import Command
from chatlstm.interface.talk import Talk

ALL_TURNS = 1_000_000
SENT_BYTES = 1_000_000
COPIED_BYTES = 74_000  # what terminals take in one sequence, before base64
LAST = "--last"
OVER = "--over"


def show_settings(talk: Talk, argument: str) -> None:
    """Show what is set now."""
    session, engine = talk.session, talk.engine.value
    options = ", ".join(f"{name} {value}" for name, value in session.options.items())
    facts = {
        "plugin": session.plugin or "auto: the message decides",
        "options": options or "as the plugins have them",
        "seed": f"{session.recipe.seed} made the last reply" if session.recipe else "no reply yet",
        "checkpoint": f"{engine.generator.checkpoint} on {engine.device}" if engine else "not loaded yet",
        "conversation": session.conversation.id if session.conversation else "new",
        "colour": "yes" if talk.screen.color else "no",
    }
    talk.screen.say_at_length(clean_text("\n".join(f"{name:14}{value}" for name, value in facts.items())))


def copy_reply(talk: Talk, argument: str) -> None:
    """Give the last reply to the terminal's clipboard."""
    text = _read_last_reply(talk).strip()
    if not talk.screen.replies.isatty():
        raise MisuseError("/copy needs a terminal; /save FILE --last writes the reply to a file")
    size = len(text.encode())
    if size > COPIED_BYTES:
        raise MisuseError(f"the reply has {size:,} bytes, and terminals take {COPIED_BYTES:,}; /save FILE --last")
    talk.screen.place(lambda: _send(talk, wrap_clipboard(text, os.environ)))
    talk.screen.say(f"Sent {len(text):,} characters to the terminal's clipboard (OSC 52); some terminals refuse it.")


def wrap_clipboard(text: str, environment: Mapping[str, str]) -> str:
    r"""Write the control sequence that puts a text into the clipboard, as tmux and screen pass it on.

    Args:
        text: Any text.
        environment: Tells whether tmux or screen runs.

    Source:
        XTerm Control Sequences, "Operating System Commands", Ps = 52.

    Example:
        >>> wrap_clipboard("hi", {})
        '\x1b]52;c;aGk=\x07'
    """
    sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if "TMUX" in environment:
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("TERM", "").startswith("screen"):
        # screen takes no more than 768 bytes in one string
        parts = [sequence[start : start + 512] for start in range(0, len(sequence), 512)]
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return sequence


def save_text(talk: Talk, argument: str) -> None:
    """Write the conversation, or its last reply, to a file."""
    words = argument.split()
    name = " ".join(word for word in words if word not in (LAST, OVER))
    if not name:
        raise MisuseError(f"/save needs a file: /save FILE [{LAST}] [{OVER}]")
    text = _read_last_reply(talk) if LAST in words else _write_conversation(talk)
    path = Path(name).expanduser()
    try:
        with path.open("w" if OVER in words else "x", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")
    except FileExistsError as error:
        raise MisuseError(f"{path}: is there already; /save {name} {OVER} replaces it") from error
    except OSError as error:
        raise ChatLSTMError(f"{path}: cannot be written: {error.strerror}") from error
    talk.screen.say(f"Saved {len(text):,} characters in {path}")


def send_file(talk: Talk, argument: str) -> None:
    """Send a file's text as a message."""
    if not argument:
        raise MisuseError("/file needs a file: /file FILE")
    path = Path(argument).expanduser()
    try:
        with path.open("rb") as file:
            content = file.read(SENT_BYTES + 1)
    except OSError as error:
        raise MisuseError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > SENT_BYTES:
        raise MisuseError(f"{path}: is larger than {SENT_BYTES:,} bytes; send a part of it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path}: is not UTF-8 text (byte {error.start:,}); convert it first") from error
    if "\0" in text:
        raise MisuseError(f"{path}: is not text, it holds a NUL byte")
    if not text.strip():
        raise MisuseError(f"{path}: is empty")
    talk.answer(clean_text(text))


def list_save_options(talk: Talk) -> list[str]:
    """List what may stand behind /save."""
    return [LAST, OVER]


def _read_last_reply(talk: Talk) -> str:
    turns = talk.session.read_last_turns(2)
    if not turns:
        raise MisuseError("there is no reply yet; say something first")
    return clean_text(turns[-1].text)


def _write_conversation(talk: Talk) -> str:
    turns = talk.session.read_last_turns(ALL_TURNS)
    if not turns:
        raise MisuseError("there is nothing to save yet; say something first")
    return "\n".join(f"> {clean_text(t.text)}" if t.speaker == "person" else f"{clean_text(t.text)}\n" for t in turns)


def _send(talk: Talk, sequence: str) -> None:
    talk.screen.replies.write(sequence)
    talk.screen.replies.flush()


TAKING = (
    Command("show", "", "what is set now", show_settings),
    Command("copy", "", "the last reply to the clipboard", copy_reply),
    Command("save", "FILE", "write the conversation; --last: the reply; --over: replace", save_text, list_save_options),
    Command("file", "FILE", "send a file's text as a message", send_file),
)
