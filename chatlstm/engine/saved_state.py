"""A model's state as bytes, bound to the checkpoint that made it.

Axes: N cached tokens, L layers, H hidden.
"""

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from chatlstm.engine.cache import Cache
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.stepper import Floats, Ids
from chatlstm.errors import ChatLSTMError


def write_state(hidden: Floats, cell: Floats, cache: Cache | None, *, checkpoint: str) -> bytes:
    """Write down a state.

    Args:
        hidden: Hidden states, shape ``(L, 1, H)``.
        cell: Cell states, likewise.
        cache: What is recalled of the text; None where nothing is.
        checkpoint: Name and hash of the checkpoint.

    Returns:
        A few KiB; with a cache 2 KiB a token more at H 512.
    """
    parts: dict[str, Floats | Ids] = {"hidden": hidden, "cell": cell}
    if cache is not None:
        parts |= {"features": cache.features, "token_ids": cache.token_ids}
    return save({f"{name}@{_take_hash(checkpoint)}": part for name, part in parts.items()})


def read_state(state: bytes, config: NetworkConfig, *, checkpoint: str) -> tuple[Floats, Floats, Cache]:
    """Read what ``write_state`` wrote.

    Returns:
        Hidden states, cell states, and the cache.

    Raises:
        ChatLSTMError: Another checkpoint made it, or it is damaged.
    """
    hash_, size = _take_hash(checkpoint), config.hidden_size
    try:
        parts = load(state)
        hidden, cell = parts[f"hidden@{hash_}"], parts[f"cell@{hash_}"]
    except (SafetensorError, KeyError) as error:
        raise ChatLSTMError(f"this state was not saved with the checkpoint {checkpoint}") from error
    token_ids = parts.get(f"token_ids@{hash_}", np.zeros(0, np.int64))
    features = parts.get(f"features@{hash_}", np.zeros((0, size), np.float32))
    fits = hidden.shape == cell.shape == (config.num_layers, 1, size) and features.shape == (*token_ids.shape, size)
    if not fits or any(not 0 <= token_id < config.vocabulary_size for token_id in token_ids.tolist()):
        raise ChatLSTMError(f"this state does not fit the checkpoint {checkpoint}: it is damaged")
    return hidden, cell, Cache(features, token_ids)


def _take_hash(checkpoint: str) -> str:
    return checkpoint.partition("@")[2]
