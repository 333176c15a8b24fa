"""The program, killed by itself at a given file operation.

Run as ``python -m tests.engine.trainee COUNT ARGUMENTS...``: before its COUNT-th fsync or rename
it dies as ``kill -9`` has it die; 0 never.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from chatlstm.interface.main import main


class Countdown:
    """Counts calls and kills this process before the last."""

    def __init__(self, count: int) -> None:
        self.count = count

    def watch(self, function: Callable[..., Any]) -> Callable[..., Any]:  # Any: whatever os has
        def call(*arguments: Any, **named: Any) -> Any:  # Any: whatever os has
            self.count -= 1
            if self.count == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call


if __name__ == "__main__":
    countdown = Countdown(int(sys.argv.pop(1)))
    for name in ("fsync", "rename", "replace"):
        setattr(os, name, countdown.watch(vars(os)[name]))
    sys.exit(main())
