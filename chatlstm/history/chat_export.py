"""Conversations as other chats export them: trees of messages, or plain lists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, cast

from chatlstm.history.archive import Archive
from chatlstm.history.conversation import Conversation, make_id, make_title
from chatlstm.history.json_fields import ImportFaultError, need, take
from chatlstm.history.turn import StoredTurn
from chatlstm.records import Turn

_SPEAKERS: Mapping[str, Literal["person", "reply"]] = {"user": "person", "assistant": "reply"}
_PLUGIN = "dialogue"  # who goes on with a conversation that none of our plugins began
_FORMS = (
    "needs a list of conversations with 'mapping' or 'messages', or a list of messages with 'role' and "
    "'content'"
)


def read_chats(document: object, place: str, *, now: datetime) -> tuple[Archive, ...]:
    """Read the conversations of another chat's export.

    What the person and the model said is taken, with all branches; what a system prompt or a tool
    said is left out.

    Args:
        document: A JSON value: conversations with a ``mapping`` of nodes, as the best-known chat
            service exports them; or with ``messages``; or one list of messages.
        place: Where it stands, for messages.
        now: When a conversation began that does not tell.

    Returns:
        The conversations in which something was said.

    Raises:
        ImportFaultError: It has none of these forms; the message names the place.

    Example:
        >>> chat = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hi."}]
        >>> (archive,) = read_chats(chat, "chat.json: $", now=datetime(2026, 7, 31, tzinfo=UTC))
        >>> [stored.turn.text for stored in archive.turns]
        ['Hello.', 'Hi.']
    """
    chats = document if isinstance(document, list) else [document]
    if chats and all(isinstance(chat, dict) and "role" in chat for chat in chats):
        archives = [_read_chat({"messages": chats}, place, now)]
    elif chats and all(isinstance(chat, dict) and chat.keys() & {"mapping", "messages"} for chat in chats):
        listed = isinstance(document, list)
        places = [f"{place}[{number}]" if listed else place for number in range(len(chats))]
        archives = [_read_chat(chat, at, now) for chat, at in zip(chats, places, strict=True)]
    else:
        raise ImportFaultError(f"{place}: {_FORMS}")
    return tuple(archive for archive in archives if archive.turns)


def _read_chat(chat: dict[str, object], place: str, now: datetime) -> Archive:
    created = _read_moment(chat.get("create_time"), f"{place}.create_time", now)
    new_id = make_id(created)
    if "mapping" in chat:
        turns, tip_id = _read_mapping(chat, place, created)
    else:
        turns = _read_messages(chat, place, created)
        tip_id = len(turns) or None
    turns = [replace(turn, conversation_id=new_id) for turn in turns]
    title = chat.get("title")
    title = make_title(need(title, str, f"{place}.title")) if title is not None else ""
    if turns and not title:
        title = make_title(turns[0].turn.text)
    updated = max([created, *(turn.created for turn in turns)])
    return Archive(Conversation(new_id, title, _PLUGIN, tip_id, created, updated), tuple(turns))


def _read_messages(chat: dict[str, object], place: str, created: datetime) -> list[StoredTurn]:
    turns: list[StoredTurn] = []
    for number, message in enumerate(take(chat, "messages", list, place)):
        at = f"{place}.messages[{number}]"
        fields = need(message, dict, at)
        speaker = _SPEAKERS.get(take(fields, "role", str, at))
        text = _read_content(fields.get("content"), f"{at}.content")
        if speaker is not None and text.strip():
            turns.append(_make_turn(Turn(speaker, text), turns[-1].id if turns else None, len(turns) + 1, created))
    return turns


def _read_mapping(chat: dict[str, object], place: str, created: datetime) -> tuple[list[StoredTurn], int | None]:
    """Read a tree of nodes; what a node without words parts is joined."""
    mapping = take(chat, "mapping", dict, place)
    turns: list[StoredTurn] = []
    numbers: dict[str, int | None] = {}  # of each node that was met: the last turn up to it
    for name in _sort_nodes(mapping, f"{place}.mapping"):
        at = f"{place}.mapping.{name}"
        node = mapping[name]
        parent = node.get("parent")
        before = numbers.get(parent)
        numbers[name] = before
        if node.get("message") is None:
            continue
        message = take(node, "message", dict, at)
        turn = _read_message(message, f"{at}.message")
        if turn is not None:
            said = _read_moment(message.get("create_time"), f"{at}.message.create_time", created)
            turns.append(_make_turn(turn, before, len(turns) + 1, said))
            numbers[name] = len(turns)
    current = chat.get("current_node")
    tip_id = numbers.get(current) if isinstance(current, str) else None
    return turns, tip_id or len(turns) or None


def _sort_nodes(mapping: dict[str, dict[str, object]], place: str) -> list[str]:
    """Put nodes in an order in which a parent stands before its children."""
    children: dict[str | None, list[str]] = {}
    for name, node in mapping.items():
        parent = need(node, dict, f"{place}.{name}").get("parent")
        if parent is not None and need(parent, str, f"{place}.{name}.parent") not in mapping:
            raise ImportFaultError(f"{place}.{name}.parent: there is no node {parent!r}")
        children.setdefault(cast(str | None, parent), []).append(name)  # cast: just checked
    order: list[str] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting += children.get(name, [])[::-1]
    if len(order) < len(mapping):
        raise ImportFaultError(f"{place}: some nodes are their own ancestors")
    return order


def _read_message(message: dict[str, object], place: str) -> Turn | None:
    author = take(message, "author", dict, place)
    speaker = _SPEAKERS.get(take(author, "role", str, f"{place}.author"))
    content = take(message, "content", dict, place)
    if speaker is None or "parts" not in content:  # what a tool made
        return None
    text = _read_content(content["parts"], f"{place}.content.parts")
    return Turn(speaker, text) if text.strip() else None


def _read_content(content: object, place: str) -> str:
    """Read a text, or the texts among parts of many kinds."""
    if isinstance(content, str) or content is None:
        return need(content or "", str, place)
    texts = []
    for number, part in enumerate(need(content, list, place)):
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(part, str) or text is not None:
            texts.append(need(text, str, f"{place}[{number}]"))
    return "\n".join(texts)


def _read_moment(value: object, place: str, otherwise: datetime) -> datetime:
    """Read seconds since 1970."""
    if value is None:
        return otherwise
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    raise ImportFaultError(f"{place}: needs seconds since 1970")


def _make_turn(turn: Turn, parent_id: int | None, turn_id: int, moment: datetime) -> StoredTurn:
    return StoredTurn(turn_id, "", parent_id, turn, "done", moment, moment)
