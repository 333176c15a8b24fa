"""Conversations in a JSON file: all there is of them, and back again."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from chatlstm.history.archive import Archive
from chatlstm.history.chat_export import read_chats
from chatlstm.history.conversation import Conversation
from chatlstm.history.feedback import Feedback, Mark
from chatlstm.history.json_fields import (
    ImportFaultError,
    need,
    read_json,
    take,
    take_moment,
    take_number,
)
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Recipe, Status, StoredTurn, encode_json
from chatlstm.records import Turn

FORMAT, VERSION = "chatlstm-history", 1
_ID = re.compile(r"\d{6}-[0-9a-z]{4}")
_SPEAKERS = ("person", "reply")
_STATUSES = ("pending", "done", "stopped", "failed")
_MARKS = (None, "good", "bad")


def write_archives(archives: Iterable[Archive], *, plain: bool = False) -> Iterator[str]:
    """Write conversations as JSON; what is read from it is written the same again.

    Args:
        archives: The conversations.
        plain: Write what is beyond ASCII as escapes.

    Yields:
        Parts of the text.

    Example:
        >>> print("".join(write_archives([])), end="")
        {"format": "chatlstm-history", "version": 1, "conversations": [
        ]}
    """
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "conversations": ['
    separator = "\n"
    for archive in archives:
        laid_out = lay_out_archive(archive)
        yield separator + json.dumps(laid_out, ensure_ascii=plain, allow_nan=False, indent=1)
        separator = ",\n"
    yield "\n]}\n"


def lay_out_archive(archive: Archive) -> dict[str, object]:
    """Lay out a conversation in values that JSON knows.

    Args:
        archive: The conversation.

    Returns:
        Its fields, and its turns as a list.
    """
    conversation = archive.conversation
    return {
        "id": conversation.id,
        "title": conversation.title,
        "plugin": conversation.plugin,
        "created": conversation.created.isoformat(),
        "updated": conversation.updated.isoformat(),
        "tip": conversation.tip_id,
        "turns": [_lay_out_turn(turn, archive.states.get(turn.id)) for turn in archive.turns],
    }


def _lay_out_turn(turn: StoredTurn, state: TurnState | None) -> dict[str, object]:
    laid_out: dict[str, object] = {
        "id": turn.id,
        "parent": turn.parent_id,
        "speaker": turn.turn.speaker,
        "text": turn.turn.text,
        "status": turn.status,
        "created": turn.created.isoformat(),
        "updated": turn.updated.isoformat(),
    }
    if turn.recipe is not None:
        laid_out["recipe"] = {**vars(turn.recipe), "options": dict(turn.recipe.options)}
    if turn.turn.speaker == "reply":
        laid_out |= {"tokens": turn.tokens, "seconds": turn.seconds, "details": dict(turn.details)}
    if turn.feedback is not None:
        laid_out["feedback"] = vars(turn.feedback)
    if state is not None:
        laid_out["state"] = {**vars(state), "data": base64.b64encode(state.data).decode()}
    return laid_out


def read_archive_file(path: Path, *, now: datetime) -> tuple[Archive, ...]:
    """Read conversations from a file: an export of ChatLSTM, or of another chat.

    Args:
        path: The file.
        now: When a conversation began whose file does not tell.

    Returns:
        The conversations.

    Raises:
        ImportFaultError: The file is none of these, or is damaged; the message names the place.
        OSError: It cannot be read.
    """
    document = read_json(path)
    if not isinstance(document, dict) or "format" not in document:
        return read_chats(document, f"{path}: $", now=now)
    if document["format"] != FORMAT:
        raise ImportFaultError(f"{path}: $.format: is not {FORMAT!r}")
    version = take(document, "version", int, f"{path}: $")
    if version > VERSION:
        raise ImportFaultError(
            f"{path}: written by a newer ChatLSTM (version {version} of the format; this one reads up "
            f"to {VERSION}); upgrade ChatLSTM"
        )
    conversations = take(document, "conversations", list, f"{path}: $")
    return tuple(
        _read_archive(one, f"{path}: $.conversations[{number}]") for number, one in enumerate(conversations)
    )


def _read_archive(value: object, place: str) -> Archive:
    record = need(value, dict, place)
    conversation_id = take(record, "id", str, place)
    if not _ID.fullmatch(conversation_id):
        raise ImportFaultError(f"{place}.id: needs an id such as 260731-g000")
    turns, states = [], {}
    known: set[int] = set()
    for number, one in enumerate(take(record, "turns", list, place)):
        at = f"{place}.turns[{number}]"
        fields = need(one, dict, at)
        turn = _read_turn(fields, conversation_id, known, at)
        known.add(turn.id)
        turns.append(turn)
        if "state" in fields:
            states[turn.id] = _read_state(take(fields, "state", dict, at), f"{at}.state")
    tip_id = record.get("tip")
    if tip_id is not None and take(record, "tip", int, place) not in known:
        raise ImportFaultError(f"{place}.tip: needs the id of one of the turns, or null")
    conversation = Conversation(
        id=conversation_id,
        title=take(record, "title", str, place),
        plugin=take(record, "plugin", str, place),
        tip_id=None if tip_id is None else take(record, "tip", int, place),
        created=take_moment(record, "created", place),
        updated=take_moment(record, "updated", place),
    )
    return Archive(conversation, tuple(turns), states)


def _read_turn(record: dict[str, object], conversation_id: str, known: set[int], place: str) -> StoredTurn:
    turn_id, parent = take(record, "id", int, place), record.get("parent")
    if turn_id in known or turn_id < 1:
        raise ImportFaultError(f"{place}.id: needs a number above 0 that no turn before it has")
    if parent is not None and take(record, "parent", int, place) not in known:
        raise ImportFaultError(f"{place}.parent: needs the id of a turn before it, or null")
    # cast: one of the names was found
    speaker = cast(Literal["person", "reply"], _choose(record, "speaker", _SPEAKERS, place))
    text = take(record, "text", str, place)
    is_reply = speaker == "reply"
    return StoredTurn(
        id=turn_id,
        conversation_id=conversation_id,
        parent_id=None if parent is None else take(record, "parent", int, place),
        turn=Turn(speaker, text),
        status=cast(Status, _choose(record, "status", _STATUSES, place)),  # cast: one of the names was found
        created=take_moment(record, "created", place),
        updated=take_moment(record, "updated", place),
        recipe=_read_recipe(take(record, "recipe", dict, place), f"{place}.recipe") if "recipe" in record else None,
        tokens=_take_count(record, "tokens", place) if is_reply else 0,
        seconds=_take_seconds(record, place) if is_reply else 0.0,
        details=_check_json(take(record, "details", dict, place), f"{place}.details") if is_reply else {},
        feedback=_read_feedback(take(record, "feedback", dict, place), place) if "feedback" in record else None,
    )


def _read_recipe(record: dict[str, object], place: str) -> Recipe:
    options = take(record, "options", dict, place)
    for name, value in options.items():
        need(name, str, f"{place}.options")
        need(value, str, f"{place}.options.{name}")
    names = take(record, "plugin", str, place), take(record, "checkpoint", str, place)
    try:
        return Recipe(*names, take(record, "seed", int, place), options)
    except ValueError as error:
        raise ImportFaultError(f"{place}.seed: {error}") from error


def _read_feedback(record: dict[str, object], place: str) -> Feedback:
    correction = record.get("correction")
    if correction is not None:
        need(correction, str, f"{place}.feedback.correction")
    mark = cast(Mark | None, _choose(record, "mark", _MARKS, f"{place}.feedback"))  # cast: it was found
    try:
        return Feedback(mark, cast(str | None, correction))  # cast: just checked
    except ValueError as error:
        raise ImportFaultError(f"{place}.feedback: {error}") from error


def _read_state(record: dict[str, object], place: str) -> TurnState:
    try:
        data = base64.b64decode(take(record, "data", str, place), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImportFaultError(f"{place}.data: is no base64: {error}") from error
    return TurnState(take(record, "checkpoint", str, place), take(record, "dtype", str, place), data)


def _choose(record: dict[str, object], key: str, names: tuple[str | None, ...], place: str) -> str | None:
    for name in names:
        if record.get(key) == name:
            return name
    raise ImportFaultError(f"{place}.{key}: needs one of {', '.join(map(str, names))}")


def _take_count(record: dict[str, object], key: str, place: str) -> int:
    count = take(record, key, int, place)
    if not 0 <= count < 2**63:
        raise ImportFaultError(f"{place}.{key}: needs a count of at least 0")
    return count


def _take_seconds(record: dict[str, object], place: str) -> float:
    seconds = take_number(record, "seconds", place)
    if seconds < 0:
        raise ImportFaultError(f"{place}.seconds: needs at least 0")
    return seconds


def _check_json(details: dict[str, object], place: str) -> dict[str, object]:
    try:
        encode_json(details)
    except ValueError as error:
        raise ImportFaultError(f"{place}: {error}") from error
    return details
