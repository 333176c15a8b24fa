"""What an exchange costs in a short and in a long conversation: time, memory, bytes on the disk."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from chatlstm.engine.api import Generator
from chatlstm.engine.benchmarks.memory import run_apart
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.timing import time_in_turns
from chatlstm.history.history import History
from chatlstm.history.opening import open_history, open_memory_history
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome, Recipe
from chatlstm.pipeline.registry import Registry
from chatlstm.session.request import CONTEXT_TURNS
from chatlstm.session.session import Session

MESSAGES = (
    "Hello, how are you today?",
    "I went to the market this morning and bought apples.",
    "What do you like to read?",
    "My sister is learning to play the piano.",
    "It has been raining for three days.",
    "Do you know a good film?",
    "I would like to travel by train next summer.",
    "What is your favourite meal?",
)
ANSWERS = (
    "I'm doing well, thanks. How about you?",
    "That sounds nice. What will you make of them?",
    "I like old stories about the sea.",
    "How long has she been playing?",
    "I hope you are dry at least!",
    "I have heard good things about the new one.",
    "Where would you like to go?",
    "I don't eat anything. What is yours?",
)
STATE = bytes(12_456)  # as large as that of the starter's 3 layers of 512, in float32
AIM = Aim("at most", 1.2, of="ratio")


@dataclass(frozen=True)
class Parts:
    """What a conversation needs beside its history; both can be sent to another process.

    Args:
        load_registry: Loads the plugins.
        load_engine: Loads the model.
    """

    load_registry: Callable[[], Registry]
    load_engine: Callable[[], Generator]


def measure_turns(
    parts: Parts, *, exchanges: int = 2000, measured: int = 20, stored: int = 400
) -> Section:
    """Compare exchanges near a conversation's beginning with those behind 2,000 others.

    Two copies of one conversation, the same but for their length, are told the same messages by
    turns; their last turns and the seeds are the same too, and so are the replies.

    Args:
        parts: Plugins and model.
        exchanges: Messages with a reply in the long one, ``>= 8``.
        measured: Exchanges that are timed in each, ``>= 1``.
        stored: Exchanges that are stored in each without a model, ``>= 1``; a file grows by whole
            pages, so a few would tell little.

    Yields:
        Rows whose reference is the short conversation.
    """
    note = f"exchange {exchanges:,} of a conversation; the reference is exchange {CONTEXT_TURNS // 2 + 1} of it"
    with TemporaryDirectory() as folder:
        yield f"storing {exchanges:,} exchanges"
        short, long = write_conversations(Path(folder), exchanges)
        yield f"telling {measured} messages to each"
        row = partial(Row, aim=AIM, note=note)
        seconds = time_exchanges(parts, (short, long), measured)
        yield row("time of an exchange", "s", seconds[1], seconds[0])
        yield "storing the last exchange again and again"
        seconds, sizes = time_storage((short, long), stored)
        yield row("time to read the context and store an exchange", "s", seconds[1], seconds[0])
        yield row("bytes an exchange adds to the database", "bytes", sizes[1], sizes[0])
        yield "answering in a process of its own"
        peaks = [run_apart(partial(answer_apart, parts, path))[1] for path in (short, long)]
        if peaks[0] is None or peaks[1] is None:
            yield Row("peak memory", "MB", None, aim=AIM, note="this system does not tell a process's peak")
        else:
            yield row("peak memory", "MB", peaks[1] / 1e6, peaks[0] / 1e6)


def write_conversations(folder: Path, exchanges: int) -> tuple[Path, Path]:
    """Write a conversation twice: once just long enough to fill a context, once as long as asked.

    Args:
        folder: Where the two databases go.
        exchanges: Messages with a reply in the long one, ``>= 8``.

    Returns:
        The short one's and the long one's path; both end with the same turns.

    Raises:
        ValueError: ``exchanges`` is too few.
    """
    least = CONTEXT_TURNS // 2
    if exchanges < least:
        raise ValueError(f"exchanges must be at least {least}, got {exchanges}")
    paths = folder / "short.db", folder / "long.db"
    pairs = list(zip(MESSAGES, map(Outcome, ANSWERS), strict=True))
    for path, length in zip(paths, (least, exchanges), strict=True):
        with open_memory_history() as memory, open_history(path) as history:
            conversation = memory.start_conversation("dialogue")
            for number in range(-length, 0):  # so that the last ones are the same in both
                store_exchange(memory, conversation.id, *pairs[number % len(pairs)])
            history.adopt_conversation(conversation, memory.read_turns(conversation.id))
    return paths


def store_exchange(history: History, conversation_id: str, message: str, outcome: Outcome) -> None:
    """Read the context and store a message, its reply and the state behind it, as a session does, without a model."""
    history.read_context(conversation_id, CONTEXT_TURNS)
    said = history.add_person_turn(conversation_id, message)
    reply = history.begin_reply(said.id, Recipe("dialogue", "en@00000000", seed=1))
    history.end_reply(reply.id, outcome, TurnState("en@00000000", "int8", STATE))


def time_exchanges(parts: Parts, paths: tuple[Path, Path], measured: int) -> list[float]:
    """Tell each conversation the same messages, by turns.

    Returns:
        Median seconds an exchange, of each.
    """
    registry = parts.load_registry()
    with ExitStack() as stack:
        contenders = {}
        for path in paths:
            # an engine each: one that has just read a context does not read it again
            session = open_session(path, registry, parts.load_engine())
            stack.callback(session.close)
            contenders[path.name] = partial(answer_next, session, cycle(MESSAGES))
        return list(time_in_turns(contenders, repeats=measured).values())


def open_session(path: Path, registry: Registry, engine: Generator) -> Session:
    """Go on with the conversation of a database."""
    session = Session(open_history(path), registry, choose_engine=lambda language: engine, seeds=count(1))
    session.choose_plugin("dialogue")
    session.resume("")
    return session


def answer_next(session: Session, messages: Iterator[str]) -> str:
    """Answer the next message to its end."""
    return "".join(piece.text for piece in session.reply(next(messages)))


def answer_apart(parts: Parts, path: Path) -> None:
    """Go on with a conversation and answer a few messages, in a process whose memory is measured."""
    session = open_session(path, parts.load_registry(), parts.load_engine())
    for message in MESSAGES[:3]:
        answer_next(session, iter([message]))
    session.close()


def time_storage(paths: tuple[Path, Path], repeats: int) -> tuple[list[float], list[float]]:
    """Store each conversation's last exchange behind it again and again; no model takes part.

    Args:
        paths: The databases; nobody else has them open.
        repeats: How often, ``>= 1``.

    Returns:
        Median seconds an exchange, and bytes an exchange adds to the database, of each.
    """
    sizes = [path.stat().st_size for path in paths]
    with ExitStack() as stack:
        contenders = {}
        for path in paths:
            history = stack.enter_context(open_history(path))
            (conversation,) = history.list_conversations(limit=1)
            said, reply = history.read_turns(conversation.id)[-2:]
            outcome = Outcome(reply.turn.text, "done", reply.tokens, reply.seconds, reply.details)
            store = partial(store_exchange, history, conversation.id, said.turn.text, outcome)
            contenders[path.name] = store
        seconds = time_in_turns(contenders, repeats=repeats, warmups=0)
    grown = [path.stat().st_size - size for path, size in zip(paths, sizes, strict=True)]
    return list(seconds.values()), [size / repeats for size in grown]
