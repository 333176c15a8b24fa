from functools import partial
from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.row import Row
from chatlstm.history.opening import open_history
from chatlstm.history.turn import StoredTurn
from chatlstm.pipeline.registry import Registry
from chatlstm.session import benchmark
from chatlstm.session.benchmark import (
    Parts,
    measure_turns,
    time_exchanges,
    time_storage,
    write_conversations,
)
from tests.doubles import CannedGenerator
from tests.session.sessions import Chatter


def load_registry() -> Registry:
    return Registry({"dialogue": Chatter()})


PARTS = Parts(load_registry, partial(CannedGenerator, ("Hello.", "So it is.")))


def read_turns(path: Path) -> tuple[StoredTurn, ...]:
    with open_history(path) as history:
        (conversation,) = history.list_conversations(limit=1)
        return history.read_turns(conversation.id)


def test_both_conversations_end_with_the_same_context(tmp_path: Path) -> None:
    short, long = map(read_turns, write_conversations(tmp_path, 21))

    assert (len(short), len(long)) == (16, 42)
    assert [stored.turn for stored in short] == [stored.turn for stored in long[-16:]]


def test_fewer_exchanges_than_a_context_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exchanges must be at least 8, got 7"):
        write_conversations(tmp_path, 7)


def test_both_are_told_the_same_and_answer_the_same(tmp_path: Path) -> None:
    paths = write_conversations(tmp_path, 12)

    seconds = time_exchanges(PARTS, paths, measured=3)

    assert len(seconds) == 2
    short, long = (read_turns(path)[-8:] for path in paths)
    assert [stored.turn.text for stored in short[::2]] == [stored.turn.text for stored in long[::2]]
    # one to warm up and three that are timed
    assert [stored.turn.text for stored in short[::2]] == list(benchmark.MESSAGES[:4])


def test_what_is_stored_again_is_the_last_exchange(tmp_path: Path) -> None:
    paths = write_conversations(tmp_path, 8)
    ended = read_turns(paths[0])[-2:]

    _, sizes = time_storage(paths, 30)

    assert [stored.turn for stored in read_turns(paths[0])[-2:]] == [stored.turn for stored in ended]
    assert all(12_456 < size < 18_000 for size in sizes)


def test_all_four_figures_have_an_aim() -> None:
    rows = [told for told in measure_turns(PARTS, exchanges=12, measured=2, stored=20) if isinstance(told, Row)]

    assert [row.name for row in rows] == [
        "time of an exchange",
        "time to read the context and store an exchange",
        "bytes an exchange adds to the database",
        "peak memory",
    ]
    assert {str(row.aim) for row in rows} == {"ratio at most 1.2"}
    assert {row.note.partition(";")[0] for row in rows[:3]} == {"exchange 12 of a conversation"}


def test_a_system_that_does_not_tell_the_peak_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "run_apart", lambda work: (work(), None))

    *_, row = measure_turns(PARTS, exchanges=8, measured=1, stored=20)

    assert isinstance(row, Row)
    assert (row.reached, row.note) == (None, "this system does not tell a process's peak")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    list(measure_turns(PARTS, exchanges=8, measured=1, stored=20))

    assert not [path for path in tmp_path.iterdir() if not path.name.startswith("pymp")]
