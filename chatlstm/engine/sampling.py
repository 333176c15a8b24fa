"""From logits to the next token: filters, each a pure function, and the draw.

Axes: B batch, V vocabulary.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from chatlstm.engine.api import Sampling

RECENT_TOKENS = 64
COLDEST = 1e-6  # a lower temperature draws the same, and in the end overflows


def choose_tokens(
    logits: Tensor, generated: Sequence[Sequence[int]], sampling: Sampling, random: torch.Generator
) -> Tensor:
    """Filter the logits and draw one token a row.

    Args:
        logits: Unnormalised log-probabilities in nats, shape ``(B, V)``; each row has a finite one.
        generated: What each row has drawn so far, B sequences.
        sampling: Which filters act; temperature 0 takes the most probable token.
        random: Where chance comes from, on the device of ``logits``.

    Returns:
        Token ids, shape ``(B,)``.

    Example:
        >>> logits = torch.tensor([[0.0, 1.0]])
        >>> choose_tokens(logits, [[]], Sampling(temperature=0), torch.Generator()).tolist()
        [1]
    """
    if sampling.repetition_penalty > 1:
        logits = penalise_repetition(logits, generated, sampling.repetition_penalty)
    if sampling.no_repeat_ngram:
        logits = ban_repeated_ngrams(logits, generated, sampling.no_repeat_ngram)
    if sampling.temperature == 0:
        return logits.argmax(1)
    logits = logits / max(sampling.temperature, COLDEST)
    if sampling.top_k:
        logits = keep_top_k(logits, sampling.top_k)
    if sampling.nucleus < 1:
        logits = keep_nucleus(logits, sampling.nucleus)
    if sampling.min_p > 0:
        logits = keep_min_p(logits, sampling.min_p)
    if sampling.typical < 1:
        logits = keep_typical(logits, sampling.typical)
    return torch.multinomial(logits.softmax(1), 1, generator=random).squeeze(1)


def penalise_repetition(logits: Tensor, generated: Sequence[Sequence[int]], penalty: float) -> Tensor:
    """Make tokens among a row's last 64 less probable.

    Args:
        logits: Shape ``(B, V)``.
        generated: What each row has drawn so far.
        penalty: Divides positive logits and multiplies negative ones, ``>= 1``.

    Returns:
        New logits of the same shape.

    Source:
        Keskar et al. 2019, section 4.1, arXiv:1909.05858.

    Example:
        >>> penalise_repetition(torch.tensor([[2.0, -2.0, 1.0]]), [[0, 1]], penalty=2.0)
        tensor([[ 1., -4.,  1.]])
    """
    logits = logits.clone()
    for row, drawn in zip(logits, generated, strict=True):
        recent = torch.tensor(sorted(set(drawn[-RECENT_TOKENS:])), dtype=torch.long, device=row.device)
        picked = row[recent]
        row[recent] = torch.where(picked > 0, picked / penalty, picked * penalty)
    return logits


def ban_repeated_ngrams(logits: Tensor, generated: Sequence[Sequence[int]], size: int) -> Tensor:
    """Mask the tokens that would repeat a run of ``size`` tokens within a row.

    A row all of whose tokens would be masked is left as it is.

    Args:
        logits: Shape ``(B, V)``.
        generated: What each row has drawn so far.
        size: Length of the run, ``>= 1``.

    Returns:
        New logits of the same shape.

    Source:
        Paulus et al. 2017, section 2.5, arXiv:1705.04304.

    Example:
        >>> ban_repeated_ngrams(torch.zeros(1, 3), [[1, 2, 1]], size=2)
        tensor([[0., 0., -inf]])
    """
    logits = logits.clone()
    for row, drawn in zip(logits, generated, strict=True):
        if len(drawn) < size:
            continue
        tail = tuple(drawn[len(drawn) - size + 1 :])
        starts = range(len(drawn) - size + 1)
        banned = [drawn[start + size - 1] for start in starts if tuple(drawn[start : start + size - 1]) == tail]
        masked = row.index_fill(0, torch.tensor(banned, dtype=torch.long, device=row.device), -torch.inf)
        if bool((masked > -torch.inf).any()):
            row.copy_(masked)
    return logits


def keep_top_k(logits: Tensor, count: int) -> Tensor:
    """Mask all but the ``count`` most probable tokens; among equals the lower token ids stay.

    Args:
        logits: Shape ``(B, V)``.
        count: ``>= 1``; at V or more nothing is masked.

    Returns:
        New logits of the same shape.

    Source:
        Fan et al. 2018, section 5.1, arXiv:1805.04833.

    Example:
        >>> keep_top_k(torch.tensor([[1.0, 1.0, 0.0]]), count=1)
        tensor([[1., -inf, -inf]])
    """
    _, order = logits.sort(dim=1, descending=True, stable=True)
    return _keep_first(logits, order, torch.arange(logits.shape[1], device=logits.device).expand_as(logits) < count)


def keep_nucleus(logits: Tensor, mass: float) -> Tensor:
    """Mask every token outside the nucleus, the smallest set that holds ``mass``.

    Among equal logits the lower token id is kept, so that ties fall alike on every device.

    Args:
        logits: Unnormalised log-probabilities in nats, shape ``(B, V)``.
        mass: Probability to keep, dimensionless, ``0 < mass <= 1``. At 1 nothing is masked.

    Returns:
        New logits of the same shape; a row with a finite logit keeps at least one.

    Raises:
        ValueError: ``mass`` is outside its range.

    Source:
        Holtzman et al. 2020, section 3.1, arXiv:1904.09751.

    Example:
        >>> keep_nucleus(torch.tensor([[0.5, 0.3, 0.2]]).log(), mass=0.7).exp()
        tensor([[0.5000, 0.3000, 0.0000]])
    """
    if not 0 < mass <= 1:
        raise ValueError(f"mass must be in (0, 1], got {mass}")
    if mass == 1:
        return logits.clone()
    ordered, order = logits.sort(dim=1, descending=True, stable=True)
    return _keep_first(logits, order, _sum_before(ordered.softmax(1)) < mass)


def keep_min_p(logits: Tensor, share: float) -> Tensor:
    """Mask the tokens less probable than ``share`` of the most probable one.

    Args:
        logits: Shape ``(B, V)``.
        share: ``0 <= share < 1``.

    Returns:
        New logits of the same shape.

    Source:
        Nguyen et al. 2024, section 3, arXiv:2407.01082.

    Example:
        >>> keep_min_p(torch.tensor([[0.6, 0.3, 0.1]]).log(), share=0.4).exp()
        tensor([[0.6000, 0.3000, 0.0000]])
    """
    probabilities = logits.softmax(1)
    floor = probabilities.max(1, keepdim=True).values * share
    return logits.masked_fill(probabilities < floor, -torch.inf)


def keep_typical(logits: Tensor, mass: float) -> Tensor:
    """Keep the tokens whose surprise is closest to the expected one, up to ``mass``.

    Args:
        logits: Shape ``(B, V)``.
        mass: Probability to keep, ``0 < mass <= 1``.

    Returns:
        New logits of the same shape; at least one token a row stays.

    Source:
        Meister et al. 2023, section 3, arXiv:2202.00666.

    Example:
        >>> keep_typical(torch.tensor([[0.6, 0.3, 0.1]]).log(), mass=0.2).exp()
        tensor([[0.0000, 0.3000, 0.0000]])
    """
    log_probabilities = logits.log_softmax(1)
    probabilities = log_probabilities.exp()
    # 0 * -inf is 0 here: what cannot occur does not surprise
    entropy = -torch.where(probabilities > 0, probabilities * log_probabilities, 0.0).sum(1, keepdim=True)
    _, order = (log_probabilities + entropy).abs().sort(dim=1, stable=True)
    return _keep_first(logits, order, _sum_before(probabilities.gather(1, order)) < mass)


def _sum_before(probabilities: Tensor) -> Tensor:
    """Sum what stands before each place; shape ``(B, V)``."""
    return functional.pad(probabilities.cumsum(1)[:, :-1], (1, 0))


def _keep_first(logits: Tensor, order: Tensor, kept: Tensor) -> Tensor:
    """Mask the tokens whose place in ``order`` is not ``kept``; all shapes ``(B, V)``."""
    mask = torch.zeros_like(kept).scatter(1, order, kept)
    return logits.masked_fill(~mask, -torch.inf)
