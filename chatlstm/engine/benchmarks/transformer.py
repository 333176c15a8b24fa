"""The small transformer that learning is compared with, on torch's own modules.

Axes: B rows, T steps, V vocabulary.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class TransformerConfig:
    """The usual recipe of a small GPT on a CPU.

    Args:
        vocabulary_size: Number of tokens V.
        width: Of every layer.
        layers: Number of layers.
        heads: Heads of attention a layer; divides ``width``.
        context: Steps T it sees.
        batch_size: Rows B.
        steps: Optimiser steps.
        learning_rate: At its highest; it ends at a tenth, along a cosine.
        warmup_steps: Steps in which it rises from 0.
    """

    vocabulary_size: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    context: int = 64
    batch_size: int = 12
    steps: int = 2000
    learning_rate: float = 1e-3
    warmup_steps: int = 100

    def rate_at(self, step: int) -> float:
        """Give the learning rate of a step.

        Example:
            >>> config = TransformerConfig(65)
            >>> [round(config.rate_at(step), 6) for step in (50, 100, 1050, 2000)]
            [0.0005, 0.001, 0.00055, 0.0001]
        """
        if step < self.warmup_steps:
            return self.learning_rate * step / self.warmup_steps
        done = (step - self.warmup_steps) / max(self.steps - self.warmup_steps, 1)
        return self.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * min(done, 1.0))))


class Transformer(nn.Module):
    """Tokens and places embedded, causal layers with their norms first, tied projection.

    Args:
        config: Its sizes.
    """

    mask: Tensor

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width, context = config.width, config.context
        self.tokens = nn.Embedding(config.vocabulary_size, width)
        self.places = nn.Embedding(context, width)
        for embedding in (self.tokens, self.places):
            nn.init.normal_(embedding.weight, std=0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, config.heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        mask = nn.Transformer.generate_square_subsequent_mask(context)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Read token ids ``(B, T)``; give logits ``(B, T, V)``."""
        steps = token_ids.shape[1]
        x = self.tokens(token_ids) + self.places.weight[:steps]  # (B, T, width)
        for layer in self.layers:
            x = layer(x, src_mask=self.mask[:steps, :steps], is_causal=True)
        return functional.linear(self.norm(x), self.tokens.weight)


class TransformerTrainer:
    """Trains it on blocks taken from anywhere in a text.

    Args:
        config: The recipe.
        text: Token ids, shape ``(tokens,)``, more than a context.
        seed: Fixes weights and blocks.
    """

    def __init__(self, config: TransformerConfig, text: Tensor, *, seed: int) -> None:
        self._random = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        self.network = Transformer(config)
        self.config = config
        self.steps_done = 0
        self._blocks = text.unfold(0, config.context + 1, 1)  # (blocks, T + 1), a view
        matrices = [weight for weight in self.network.parameters() if weight.ndim > 1]
        vectors = [weight for weight in self.network.parameters() if weight.ndim <= 1]
        groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True)

    def step(self) -> float:
        """Learn a batch of blocks; give its loss in nats per token."""
        chosen = torch.randint(len(self._blocks), (self.config.batch_size,), generator=self._random)
        window = self._blocks[chosen]  # (B, T + 1)
        for group in self._optimizer.param_groups:
            group["lr"] = self.config.rate_at(self.steps_done)
        self._optimizer.zero_grad()
        logits = self.network(window[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), window[:, 1:].flatten())
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        self.steps_done += 1
        return loss.item()


@torch.no_grad()
def measure_transformer(network: Transformer, text: Tensor) -> float:
    """Predict every token of a text but the first, each from at least half a context before it.

    Only the first half context has less, as it must.

    Args:
        network: The model.
        text: Token ids, shape ``(tokens,)``, more than a context.

    Returns:
        The loss in nats per token.
    """
    context = len(network.mask)
    blocks = text.unfold(0, context + 1, context // 2)  # (blocks, T + 1)
    covered = (len(blocks) - 1) * (context // 2) + context + 1
    nats = _sum_nats(network, blocks[:1], context)
    for part in torch.split(blocks[1:], 256):
        nats += _sum_nats(network, part, context // 2)
    left = len(text) - covered
    if left:
        nats += _sum_nats(network, text[None, -context - 1 :], left)
    return nats / (len(text) - 1)


def _sum_nats(network: Transformer, blocks: Tensor, counted: int) -> float:
    """Sum the losses of the last ``counted`` tokens of each block."""
    logits = network(blocks[:, :-1])[:, -counted:]
    targets = blocks[:, -counted:]
    return float(functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
