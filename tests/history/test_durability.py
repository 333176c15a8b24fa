import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from chatlstm.history.opening import open_history
from tests.house.source import ROOT

KILLS = int(os.environ.get("CHATLSTM_TEST_KILLS", "5"))


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.history.writer", str(path), name, str(count)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def kill_after(writer: subprocess.Popen[str], seconds: float) -> list[str]:
    """Kill a writer, and list what it had told until then."""
    assert writer.stdout is not None
    first = writer.stdout.readline()
    try:
        writer.wait(seconds)
    except subprocess.TimeoutExpired:
        writer.kill()
    rest, errors = writer.communicate()
    assert errors == ""
    return (first + rest).splitlines()


def read_all(path: Path) -> set[str]:
    with open_history(path) as history:
        return {
            f"{stored.id} {stored.turn.text}"
            for conversation in history.list_conversations(limit=1000)
            for stored in history.read_turns(conversation.id)
        }


def test_a_killed_process_loses_no_turn_it_had_told(path: Path) -> None:
    moments = random.Random(7)
    told: list[str] = []
    for kill in range(KILLS):
        told += kill_after(
            start_writer(path, f"writer {kill}", count=100_000), moments.uniform(0, 0.2)
        )

    assert len(told) > KILLS
    assert set(told) <= read_all(path)


def test_a_killed_process_leaves_a_history_that_resumes(path: Path) -> None:
    kill_after(start_writer(path, "writer", count=100_000), random.Random(8).uniform(0, 0.1))
    with open_history(path) as history:
        latest = history.latest_conversation()
        assert latest is not None
        history.resume_conversation(latest.id)

        assert {stored.status for stored in history.read_turns(latest.id)} <= {"done", "stopped"}


def test_a_killed_process_leaves_each_ended_reply_with_its_state_and_words(path: Path) -> None:
    for kill in range(KILLS):
        kill_after(start_writer(path, "writer", count=100_000), random.Random(kill).uniform(0, 0.1))
    with closing(sqlite3.connect(path)) as connection:
        ended = connection.execute("SELECT id, seed, status FROM turn WHERE status <> 'pending' ORDER BY id").fetchall()
        states = connection.execute("SELECT turn_id, CAST(data AS INTEGER) FROM state ORDER BY turn_id").fetchall()
        worded = connection.execute("SELECT turn_id FROM turn_words ORDER BY turn_id").fetchall()
        # raises where the index says other than the words
        connection.execute("INSERT INTO turn_search (turn_search, rank) VALUES ('integrity-check', 1)")

    assert states == [(turn_id, seed) for turn_id, seed, _ in ended if seed is not None]
    assert worded == [(turn_id,) for turn_id, _, _ in ended]


def test_sixteen_processes_that_write_at_once_lose_nothing_and_none_fails(path: Path) -> None:
    writers = [start_writer(path, f"writer {number}", count=10) for number in range(16)]
    ended = [writer.communicate() for writer in writers]
    told = [line for output, _ in ended for line in output.splitlines()]

    assert {errors for _, errors in ended} == {""}
    assert len(told) == len(set(told)) == 16 * 10 * 2
    assert set(told) == read_all(path)
