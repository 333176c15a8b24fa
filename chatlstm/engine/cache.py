"""A continuous cache: what a text held before is likelier to come again where the network is as it was then.

Axes: B rows, N cached tokens, U different ones of them, V vocabulary, H hidden.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Generic

import numpy as np

from chatlstm.engine.sampling import sum_powers
from chatlstm.engine.stepper import Floats, Ids, State, Stepper
from chatlstm.tokens.tokenizer import SPECIAL_TOKENS

SIZE = 256  # tokens; twice as many take another half per cent off the loss of stories, and a tenth more time
SHARPNESS = 0.15  # how much more near states count; chosen on held-out stories and news, as is the next
FILLED = 128  # tokens at which the cache has half of its weight
LEAST = 1e-30


@dataclass(frozen=True)
class Cache:
    """The last tokens that were read, and what the network made of each.

    Args:
        features: What the last layer gave behind each token, shape ``(N, H)``.
        token_ids: The tokens, shape ``(N,)``.

    Source:
        Grave, Joulin and Usunier 2017, "Improving Neural Language Models with a Continuous
        Cache", arXiv:1612.04426.
    """

    features: Floats
    token_ids: Ids

    def extend(self, features: Floats, token_ids: Ids) -> "Cache":
        """Read on; what is older than the last 257 tokens is forgotten.

        Example:
            >>> cache = Cache(np.zeros((600, 4), np.float32), np.arange(600))
            >>> cache.extend(np.ones((1, 4), np.float32), np.array([7])).token_ids[[0, -1]]
            array([344,   7])
        """
        kept = slice(-SIZE - 1, None)
        return Cache(
            np.concatenate([self.features, features])[kept], np.concatenate([self.token_ids, token_ids])[kept]
        )

    @cached_property
    def sorted(self) -> tuple[Floats, Ids, Ids]:
        """What was read before each token that is no mark ``(N, H)``, by tokens; those ``(U,)``; where each begins."""
        text = np.flatnonzero(self.token_ids[1:] >= len(SPECIAL_TOKENS))
        followed = self.token_ids[1:][text]
        order = np.argsort(followed, kind="stable")
        tokens, starts = np.unique(followed[order], return_index=True)
        return self.features[text[order]], tokens, starts

    def mix(self, logits: Floats, features: Floats, recall: float) -> Floats:
        """Give some of the probability to what followed where the network was much as it is now.

        Args:
            logits: Of the network alone, shape ``(B, V)``; they are changed.
            features: What the last layer gave for them, shape ``(B, H)``.
            recall: Share of the probability that a full cache has, ``0 <= recall < 1``.

        Returns:
            The logits; those of tokens that are not in the cache stay as they are.
        """
        keys, tokens, starts = self.sorted
        if not len(keys):
            return logits
        near = SHARPNESS * (features @ keys.T)  # (B, N)
        near = np.exp(near - near.max(1, keepdims=True))
        shares = np.add.reduceat(near, starts, axis=1) / near.sum(1, keepdims=True)  # (B, U)
        weight = recall * len(keys) / (len(keys) + FILLED)
        gained = np.log(np.maximum(shares, LEAST) * np.float32(weight / (1 - weight)))
        logits[:, tokens] = np.logaddexp(logits[:, tokens], sum_powers(logits)[:, None] + gained)
        return logits


@dataclass(frozen=True)
class Recaller(Generic[State]):
    """Steps through a network beside a cache, which stays as it is meanwhile.

    Args:
        stepper: The network.
        cache: What it read before.
        recall: Share of the probability that a full cache has, ``0 <= recall < 1``.
    """

    stepper: Stepper[State]
    cache: Cache
    recall: float

    def step(self, token_ids: Ids, state: State) -> tuple[Floats, State]:
        """Read one token of each row; returns the next one's logits ``(B, V)`` and the state."""
        features, state = self.stepper.advance(token_ids, state)
        return self.predict(features), state

    def predict(self, features: Floats) -> Floats:
        """Give the logits ``(B, V)`` of what follows features ``(B, H)``."""
        return self.cache.mix(self.stepper.project(features), features, self.recall)
