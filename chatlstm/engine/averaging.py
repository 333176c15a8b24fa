"""The running average of a network's weights, which predicts better than the weights themselves."""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from chatlstm.engine.network import Network


class WeightAverage:
    """An exponential average of the weights over the last share of the steps.

    Its memory grows with the run: after n steps the newest weights count ``1 / (1 + span (n - 1))``,
    so the average reaches over the last ``span`` of all steps or so, and no length has to be
    chosen for a budget. Nothing is averaged at 0; at 1 it is the mean of all steps.

    Args:
        network: Whose weights; it goes on training.
        span: Share of the steps, ``0 <= span <= 1``.

    Source:
        Karras et al. 2024, "Analyzing and Improving the Training Dynamics of Diffusion Models",
        section 3.1, arXiv:2312.02696; the mean: Polyak and Juditsky 1992.
    """

    def __init__(self, network: Network, span: float) -> None:
        self._source = network
        self._span = span
        self.network = copy.deepcopy(network).requires_grad_(requires_grad=False) if span else network

    @torch.no_grad()
    def add(self, step: int) -> None:
        """Add the weights that the ``step``-th step left, ``step >= 1``; nothing waits for the device."""
        if not self._span:
            return
        share = 1 / (1 + self._span * (step - 1))
        for average, weight in zip(self.network.parameters(), self._source.parameters(), strict=True):
            average.lerp_(weight, share)

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Go on from an average of before; without one, from the network's weights."""
        if self._span:
            self.network.load_state_dict(weights or self._source.state_dict())
