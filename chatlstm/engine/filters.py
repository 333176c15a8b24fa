"""Filters of a row's tokens, each a pure function from their weights to what it keeps.

Axes: K tokens. Weights are probabilities that need not sum to 1.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.api import Sampling

Weights: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


def filter_weights(weights: Weights, sampling: Sampling, total: float) -> Mask:
    """Filter the tokens of a row, each filter acting on what the one before it left.

    Args:
        weights: Shape ``(K,)``, ``> 0``; those left out are smaller.
        sampling: Which filters act.
        total: What the weights of all tokens sum to, those left out too.

    Returns:
        What is kept, shape ``(K,)``; at least one token is.

    Example:
        >>> filter_weights(np.array([0.5, 0.3, 0.2]), Sampling(top_k=2, nucleus=0.7), total=1.0)
        array([ True,  True, False])
    """
    kept = np.arange(len(weights))
    if sampling.top_k:
        kept = kept[keep_top_k(weights, sampling.top_k)]
        total = weights[kept].sum()
    if sampling.nucleus < 1:
        kept = kept[keep_nucleus(weights[kept], sampling.nucleus, total=total)]
    if sampling.min_p > 0:
        kept = kept[keep_min_p(weights[kept], sampling.min_p)]
    if sampling.typical < 1:
        kept = kept[keep_typical(weights[kept], sampling.typical)]
    mask = np.zeros(len(weights), np.bool_)
    mask[kept] = True
    return mask


def keep_top_k(weights: Weights, count: int) -> Mask:
    """Keep the ``count`` most probable tokens; among equals the first ones stay.

    Args:
        weights: Shape ``(K,)``, ``> 0``.
        count: ``>= 1``; at K or more everything is kept.

    Returns:
        What is kept, shape ``(K,)``.

    Source:
        Fan et al. 2018, section 5.1, arXiv:1805.04833.

    Example:
        >>> keep_top_k(np.array([0.4, 0.4, 0.2]), count=1)
        array([ True, False, False])
    """
    return _keep_largest(weights, np.sort(weights)[::-1], min(count, len(weights)))


def keep_nucleus(weights: Weights, mass: float, *, total: float | None = None) -> Mask:
    """Keep the nucleus, the smallest set of tokens that holds ``mass``.

    Among equals the first ones are kept, so that ties fall alike everywhere.

    Args:
        weights: Shape ``(K,)``, ``> 0``.
        mass: Share to keep, dimensionless, ``0 < mass <= 1``. At 1 everything is kept.
        total: What there is to share: the sum of the weights, if not given, and of smaller ones
            that were left out.

    Returns:
        What is kept, shape ``(K,)``; at least one token is.

    Raises:
        ValueError: ``mass`` is outside its range.

    Source:
        Holtzman et al. 2020, section 3.1, arXiv:1904.09751.

    Example:
        >>> keep_nucleus(np.array([0.5, 0.3, 0.2]), mass=0.7)
        array([ True,  True, False])
    """
    if not 0 < mass <= 1:
        raise ValueError(f"mass must be in (0, 1], got {mass}")
    ordered = np.sort(weights)[::-1]
    if mass == 1:
        return np.ones(len(weights), np.bool_)
    return _keep_largest(weights, ordered, _count_for(ordered, mass, total))


def keep_min_p(weights: Weights, share: float) -> Mask:
    """Drop the tokens less probable than ``share`` of the most probable one.

    Args:
        weights: Shape ``(K,)``, ``> 0``.
        share: ``0 <= share < 1``.

    Returns:
        What is kept, shape ``(K,)``.

    Source:
        Nguyen et al. 2024, section 3, arXiv:2407.01082.

    Example:
        >>> keep_min_p(np.array([0.6, 0.3, 0.1]), share=0.4)
        array([ True,  True, False])
    """
    kept: Mask = weights >= weights.max() * share
    return kept


def keep_typical(weights: Weights, mass: float) -> Mask:
    """Keep the tokens whose surprise is closest to the expected one, up to ``mass``.

    Args:
        weights: Shape ``(K,)``, ``> 0``.
        mass: Share to keep, ``0 < mass <= 1``.

    Returns:
        What is kept, shape ``(K,)``; at least one token is.

    Source:
        Meister et al. 2023, section 3, arXiv:2202.00666.

    Example:
        >>> keep_typical(np.array([0.6, 0.3, 0.1]), mass=0.2)
        array([False,  True, False])
    """
    probabilities = weights / weights.sum()
    surprise = -np.log(probabilities)
    order = np.abs(surprise - probabilities @ surprise).argsort(kind="stable")
    mask = np.zeros(len(weights), np.bool_)
    mask[order[: _count_for(probabilities[order], mass)]] = True
    return mask


def _count_for(ordered: Weights, mass: float, total: float | None = None) -> int:
    """Count the first tokens that hold a share of all, at least one."""
    sums = ordered.cumsum()
    return int((sums[:-1] < mass * (sums[-1] if total is None else total)).sum()) + 1


def _keep_largest(weights: Weights, ordered: Weights, count: int) -> Mask:
    """Keep so many of the largest; ``ordered`` holds the same weights, the largest first."""
    mask: Mask = weights >= ordered[count - 1]
    surplus = int(mask.sum()) - count
    if surplus:
        mask[np.flatnonzero(weights == ordered[count - 1])[-surplus:]] = False
    return mask
