"""The constraint under which programs are drawn: whatever the model draws parses, and comes to an end."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chatlstm_code.masks import Masks
from chatlstm_code.recogniser import State, advance, count_to_end, is_complete, start

LONGEST_RISE = 64  # by how many characters a token can move the end away
Mask = NDArray[np.bool_]


class ProgramConstraint:
    """Allows the tokens with which a program goes on.

    Where the budget nears its end, only single characters are allowed, and of those the ones behind
    which there is room to end; a vocabulary of bytes has them all.

    Args:
        token_bytes: What each token id stands for.
        end_ids: The tokens that end a turn; they are allowed where the program is complete.
        name: The function's, which is already written.
        parameters: How many it takes; None leaves that open.
        budget: Tokens at most, the one that ends the turn excepted, ``>= 32``.

    Raises:
        ValueError: ``name`` is no name for a function, or the budget is too small.
    """

    def __init__(
        self, token_bytes: Sequence[bytes], end_ids: Sequence[int], *, name: str, parameters: int | None, budget: int
    ) -> None:
        beginning = start(name, parameters)
        if budget < count_to_end(beginning):
            raise ValueError(f"the budget must be at least {count_to_end(beginning)} tokens, got {budget}")
        self._token_bytes, self._end_ids, self._budget = token_bytes, list(end_ids), budget
        self._masks, self._characters = _prepare(tuple(token_bytes))
        self._states: dict[tuple[int, ...], State] = {(): beginning}

    def allowed(self, generated: Sequence[int]) -> Mask:
        """Tell which tokens may follow.

        Args:
            generated: The token ids drawn behind the function's name.

        Returns:
            A mask of shape ``(vocabulary,)``.
        """
        state = self._find_state(tuple(generated))
        left = self._budget - len(generated)
        tokens = self._masks.find(state) if state else 0
        if state and left - 1 < count_to_end(state) + LONGEST_RISE:
            tokens = self._keep_ending(state, tokens & self._characters, left - 1)
        mask = _unpack(tokens, len(self._token_bytes))
        if is_complete(state):
            mask[self._end_ids] = True
        return mask

    def _find_state(self, generated: tuple[int, ...]) -> State:
        if generated not in self._states:
            before = self._find_state(generated[:-1])
            text = self._token_bytes[generated[-1]].decode("ascii", errors="replace")
            self._states[generated] = advance(before, text) if text else ()
        return self._states[generated]

    def _keep_ending(self, state: State, tokens: int, left: int) -> int:
        kept = 0
        for token_id in np.flatnonzero(_unpack(tokens, len(self._token_bytes))).tolist():
            if count_to_end(advance(state, self._token_bytes[token_id].decode())) <= left:
                kept |= 1 << token_id
        return kept


@lru_cache(2)
def _prepare(token_bytes: tuple[bytes, ...]) -> tuple[Masks, int]:
    """Prepare a vocabulary once: its tree, and the set of its single characters."""
    characters = sum(1 << token_id for token_id, token in enumerate(token_bytes) if len(token) == 1)
    return Masks(token_bytes), characters


def _unpack(tokens: int, size: int) -> Mask:
    bits = np.frombuffer(tokens.to_bytes((size + 7) // 8, "little"), np.uint8)
    mask: Mask = np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)
    return mask
