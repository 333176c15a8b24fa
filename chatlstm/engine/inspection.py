"""What a model expected, token by token, of a text that is there already.

Axes: V vocabulary, L layers, H hidden.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.api import Reading
from chatlstm.engine.stepper import Floats, Ids, State
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN, StreamDecoder, Tokenizer

ALTERNATIVES = 5
Step: TypeAlias = Callable[[Ids, State], tuple[Floats, State]]


def read_along(
    export_state: Callable[[State], tuple[Floats, Floats]],
    tokenizer: Tokenizer,
    start: tuple[Floats, State, Step[State]],
    text: str,
) -> Iterator[Reading]:
    """Read a text as the rest of a turn, and tell part by part what was expected.

    Args:
        export_state: Gives the hidden and the cell states of a state, each ``(L, 1, H)``.
        tokenizer: What cuts the text.
        start: The logits of the first token, shape ``(1, V)``, the state they came with, and what steps on from there.
        text: Any text.

    Yields:
        A reading for each token, or for those that make a character together; then that of the end.

    Source:
        Cells as in Karpathy et al. 2015, "Visualizing and Understanding Recurrent Networks", section 4.2,
        arXiv:1506.02078.
    """
    logits, state, step = start
    decoder = StreamDecoder(tokenizer)
    probability = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()
    for token_id in [*tokenizer.encode(text), TURN]:
        probabilities = give_probabilities(logits[0])
        alternatives = alternatives or list_alternatives(probabilities, tokenizer)
        probability = min(1.0, probability * float(probabilities[token_id]))
        logits, state = step(np.array([token_id]), state)
        read = decoder.feed(token_id)
        if read or token_id == TURN:
            _, cell = export_state(state)  # (L, 1, H)
            yield Reading(read, probability, alternatives, np.tanh(cell[:, 0]))
            probability, alternatives = 1.0, ()


def give_probabilities(logits: Floats) -> NDArray[np.float64]:
    """Give each token's probability, shape ``(V,)``; all of a turn's end is at ``TURN``.

    Args:
        logits: Of the next token, in nats, shape ``(V,)``.

    Example:
        >>> give_probabilities(np.zeros(20, np.float32))[[END, TURN, 17]].tolist()
        [0.0, 0.1, 0.05]
    """
    powers = np.exp(logits - logits.max(), dtype=np.float64)
    powers[TURN] += powers[END]  # a turn ends with the one or the other
    powers[END] = 0.0
    probabilities: NDArray[np.float64] = powers / powers.sum()
    return probabilities


def list_alternatives(probabilities: NDArray[np.float64], tokenizer: Tokenizer) -> tuple[tuple[str, float], ...]:
    """Name the most probable tokens and the turn's end; marks that no text holds are left out.

    Args:
        probabilities: As ``give_probabilities`` gives them, shape ``(V,)``.
        tokenizer: What knows the tokens.
    """
    usable = probabilities.copy()
    usable[[mark for mark in range(len(SPECIAL_TOKENS)) if mark != TURN]] = -1.0
    best = np.argsort(-usable, kind="stable")[:ALTERNATIVES].tolist()
    return tuple(
        (tokenizer.token_bytes[token_id].decode(errors="backslashreplace"), float(probabilities[token_id]))
        for token_id in best
    )
