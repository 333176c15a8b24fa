"""What generating needs of a network: one step of several rows at a time; no torch here.

Axes: B rows, T steps, V vocabulary, L layers, H hidden.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.config import NetworkConfig

Floats: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.int64]
State = TypeVar("State")


class Stepper(Protocol[State]):
    """A network that reads tokens; its states are its own affair.

    ``TorchStepper`` is the reference, for graphics cards and training; ``OnnxStepper`` is made
    for one token at a time on a CPU. Given the same weights they compute the same.
    """

    @property
    def precision(self) -> str:
        """What it computes in: ``"float32"`` or ``"int8"``."""

    @property
    def config(self) -> NetworkConfig:
        """Shape of the network."""

    def start(self, rows: int) -> State:
        """Make the state of so many rows that have read nothing."""

    def step(self, token_ids: Ids, state: State) -> tuple[Floats, State]:
        """Read one token of each row.

        Args:
            token_ids: Shape ``(B,)``.
            state: State of B rows; it stays as it is.

        Returns:
            Logits of the next token, shape ``(B, V)``, and the state behind the token.
        """

    def advance(self, token_ids: Ids, state: State) -> tuple[Floats, State]:
        """Read one token of each row, and give what the last layer makes of it, ``(B, H)``, for logits."""

    def project(self, features: Floats) -> Floats:
        """Give the logits ``(B, V)`` of features ``(B, H)``, in an array of their own."""

    def read(self, token_ids: Ids, state: State) -> State:
        """Read tokens ``(B, T)``, T >= 1, and return the state behind them."""

    def read_features(self, token_ids: Ids, state: State) -> tuple[Floats, State]:
        """Read tokens ``(B, T)``, T >= 1; returns what the last layer makes of each, ``(B, T, H)``, and the state."""

    def match(self, contexts: Floats, replies: Floats) -> Floats:
        """Rate every reply for every context; only where ``config.match_size`` is not 0.

        Args:
            contexts: Gists of last turns, shape ``(B, 2H)``.
            replies: Gists of replies, shape ``(N, 2H)``.

        Returns:
            Nats, shape ``(B, N)``.
        """

    def pick(self, state: State, rows: Sequence[int]) -> State:
        """Take rows out of a state, in the order given, a row as often as it is named."""

    def export_state(self, state: State) -> tuple[Floats, Floats]:
        """Give the hidden and the cell states as arrays, each ``(L, B, H)``."""

    def import_state(self, hidden: Floats, cell: Floats) -> State:
        """Make a state of what ``export_state`` gave."""
