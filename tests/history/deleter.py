"""A program that stores secrets and deletes them, and tells each on standard output once it is gone.

Run as ``python -m tests.history.deleter PATH NAME``; it goes on until it is killed.
"""

import sys
from hashlib import sha256
from itertools import count
from pathlib import Path

from chatlstm.history.opening import open_history


def main() -> None:
    path, name = sys.argv[1:]
    with open_history(Path(path)) as history:
        for number in count():
            conversation = history.start_conversation("dialogue")
            secret = sha256(f"{name} {number}".encode()).hexdigest()
            history.add_person_turn(conversation.id, secret)
            history.delete_conversations([conversation.id])
            print(secret, flush=True)


if __name__ == "__main__":
    main()
