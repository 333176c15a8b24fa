"""How much of what a model would write a constraint has to reject; no torch here."""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from chatlstm.engine.api import Constraint, Prompt, Sampling
from chatlstm.engine.evaluation import Model

State = TypeVar("State")
LEAST_SHARE = 1e-9


def measure_rejected(
    model: Model[State], prompt: Prompt, constraint: Constraint, *, sampling: Sampling, seeds: Sequence[int]
) -> tuple[float, float]:
    """Draw texts under a constraint, and tell how probable what it forbade was.

    Args:
        model: What draws.
        prompt: What is continued.
        constraint: Under which.
        sampling: How.
        seeds: One a text.

    Returns:
        Means over all tokens, the marks at the ends among them: of ``-log(allowed share)`` in nats, and of the
        share of probability that was rejected, 0 to 1.
    """
    tokenizer, stepper = model.tokenizer, model.stepper
    beginning = [*tokenizer.encode_opening(prompt.domain), *tokenizer.encode_turns([*prompt.turns, prompt.beginning])]
    state = stepper.read(np.array([beginning[:-1]]), stepper.start(1))
    shares = []
    for seed in seeds:
        (drawn,) = model.engine.draw(prompt, sampling, n=1, seed=seed, constraint=constraint)
        logits, behind = stepper.step(np.array(beginning[-1:]), state)
        for place in range(len(drawn.token_ids) + (drawn.finish == "end")):
            probabilities = np.exp(logits[0] - logits.max()).astype(np.float64)  # (V,)
            asked = constraint.allowed(drawn.token_ids[:place])
            may_follow = asked if asked.dtype == np.bool_ else asked > -np.inf
            allowed = probabilities[may_follow].sum() / probabilities.sum()
            shares.append(max(float(allowed), LEAST_SHARE))
            if place < len(drawn.token_ids):
                logits, behind = stepper.step(np.array(drawn.token_ids[place : place + 1]), behind)
    count = max(len(shares), 1)  # nothing is drawn where nothing is allowed
    return sum(-math.log(share) for share in shares) / count, sum(1 - share for share in shares) / count
