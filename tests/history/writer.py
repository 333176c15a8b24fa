"""A program that writes turns and tells each on standard output once it is stored.

Run as ``python -m tests.history.writer PATH NAME COUNT [BYTES]``; BYTES limits what a file may grow to.
"""

import resource
import sys
from pathlib import Path

from chatlstm.errors import ChatLSTMError
from chatlstm.history.history import History
from chatlstm.history.opening import open_history
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome, Recipe


def write_turns(history: History, name: str, count: int) -> None:
    conversation = history.start_conversation("dialogue")
    for number in range(count):
        said = history.add_person_turn(conversation.id, f"{name} says {number}")
        print(said.id, said.turn.text, flush=True)
        reply = history.begin_reply(said.id, Recipe("dialogue", "en@0", seed=number))
        history.update_reply(reply.id, "half")
        state = TurnState("en@0", "int8", str(number).encode())
        history.end_reply(reply.id, Outcome(f"{name} hears {number}", tokens=3), state)
        print(reply.id, f"{name} hears {number}", flush=True)


def main() -> None:
    path, name, count, *limit = sys.argv[1:]
    if limit:
        size = int(limit[0])
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        with open_history(Path(path)) as history:
            write_turns(history, name, int(count))
    except ChatLSTMError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
