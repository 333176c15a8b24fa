"""Reinforcement: replies are drawn, rated by what can be verified, and the better ones made likelier.

Axes: B replies to one prompt, P tokens of a prompt, T of the longest reply, V vocabulary, H hidden.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.errors import MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import END, Tokenizer

Rate = Callable[[Record, Sequence[str]], Sequence[float]]
Ids = tuple[int, ...]

IGNORED = -100  # a target that counts nothing


@dataclass(frozen=True)
class ReinforcementConfig:
    """How a network is reinforced.

    Args:
        updates: How often the weights change, ``>= 1``.
        records: Whose prompts are answered for one update, ``>= 1``.
        replies: Drawn for each of them, ``>= 2``.
        learning_rate: At the start; it falls in a line to 0, ``> 0``.
        pull: Advantage of the record's own reply, which keeps the network near its text, ``>= 0``.
        max_tokens: Of a reply; one that is not at its end by then earns nothing, ``>= 1``.
        clip_norm: Gradients are scaled down to this norm, ``> 0``.
        seed: Fixes the order of the records and what is drawn.

    Raises:
        ValueError: A value is outside its range.

    Example:
        >>> ReinforcementConfig(updates=200).replies
        16
    """

    updates: int
    records: int = 8
    replies: int = 16
    learning_rate: float = 1e-4
    pull: float = 0.1
    max_tokens: int = 160
    clip_norm: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        rules = (
            ("updates", self.updates, self.updates >= 1, "at least 1"),
            ("records", self.records, self.records >= 1, "at least 1"),
            ("replies", self.replies, self.replies >= 2, "at least 2"),
            ("learning_rate", self.learning_rate, self.learning_rate > 0, "positive"),
            ("pull", self.pull, self.pull >= 0, "at least 0"),
            ("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1"),
            ("clip_norm", self.clip_norm, self.clip_norm > 0, "positive"),
        )
        for name, value, holds, rule in rules:
            if not holds:
                raise ValueError(f"{name} must be {rule}, got {value}")


@dataclass(frozen=True)
class Update:
    """What was drawn for one update.

    Args:
        number: 1 for the first.
        reward: Mean reward of the replies, 0 to 1.
        full: Share of them that earned 1.
        broken: Share of them that earned 0.
        telling: Share of the prompts whose replies did not all earn the same; only they teach.
    """

    number: int
    reward: float
    full: float
    broken: float
    telling: float


@dataclass(frozen=True)
class Group:
    """What was drawn for one prompt.

    Args:
        prompt: Token ids up to the mark that opens the reply.
        own: The record's own reply, with the mark that ends it.
        drawn: The replies, with that mark where they have come to it.
        rewards: What each earned, 0 to 1.
    """

    prompt: Ids
    own: Ids
    drawn: tuple[Ids, ...]
    rewards: tuple[float, ...]


def reinforce(
    network: Network, tokenizer: Tokenizer, records: Sequence[Record], rate: Rate, config: ReinforcementConfig
) -> Iterator[Update]:
    """Make replies that earn more likelier than those drawn beside them.

    To each prompt several replies are drawn, at temperature 1 and without any constraint. What one
    earns beyond the mean of them is its advantage, and the loss is the sum of
    ``-advantage * log p(reply | prompt)``, per token drawn.

    Args:
        network: What is trained, in place.
        tokenizer: Cuts its text.
        records: Their last turn is the reply, those before it the prompt.
        rate: Gives each reply its reward, 0 to 1; nothing where a record verifies nothing.
        config: How.

    Yields:
        What was drawn, after each update.

    Raises:
        MisuseError: No record verifies anything.

    Source:
        Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement
        learning"; the mean of the group as baseline: Shao et al. 2024, arXiv:2402.03300, section 4.1,
        here without clipping, and after Liu et al. 2025, arXiv:2503.20783, without dividing by the
        group's deviation or the reply's length.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=0.0)
    groups = draw_groups(network, tokenizer, records, rate, config)
    network.train()
    for number in range(config.updates):
        drawn = list(islice(groups, config.records))
        for group in drawn:
            add_gradients(network, group, pull=config.pull)
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        for settings in optimizer.param_groups:
            settings["lr"] = config.learning_rate * (1 - number / config.updates)
        optimizer.step()
        optimizer.zero_grad()
        yield _sum_up(number + 1, drawn)
    network.eval()


def draw_groups(
    network: Network, tokenizer: Tokenizer, records: Sequence[Record], rate: Rate, config: ReinforcementConfig
) -> Iterator[Group]:
    """Draw replies to the records' prompts, with the weights as they are then; without end.

    Raises:
        MisuseError: No record verifies anything.
    """
    random = np.random.default_rng(config.seed)
    sampling = Sampling(max_tokens=config.max_tokens)
    found = True
    while found:
        found = False
        for place in random.permutation(len(records)).tolist():
            record = records[place]
            # a generator remembers what it has read, and the weights have changed since
            engine = StepGenerator(TorchStepper(network), tokenizer, "reinforced")
            prompt = Prompt(record.domain, record.turns[:-1])
            if not rate(record, record.turns[-1:]):
                continue
            candidates = engine.draw(prompt, sampling, n=config.replies, seed=int(random.integers(2**32)))
            rated = rate(record, [one.text for one in candidates])
            found = True
            ended = [one.finish == "end" for one in candidates]
            yield Group(
                (*tokenizer.encode_opening(record.domain), *tokenizer.encode_turns([*record.turns[:-1], ""])),
                (*tokenizer.encode(record.turns[-1]), END),
                tuple((*one.token_ids, *[END] * end) for one, end in zip(candidates, ended, strict=True)),
                tuple(reward if end else 0.0 for reward, end in zip(rated, ended, strict=True)),
            )
    raise MisuseError("no record verifies anything: there is nothing to reinforce")


def add_gradients(network: Network, group: Group, *, pull: float) -> None:
    """Add a group's gradients to those of the weights.

    Args:
        network: What is trained.
        group: What was drawn.
        pull: Advantage of the record's own reply, beside those of the drawn ones.
    """
    mean = sum(group.rewards) / len(group.rewards)
    advantages = {group.own: pull}  # replies that are the same are read once
    for reply, reward in zip(group.drawn, group.rewards, strict=True):
        advantages[reply] = advantages.get(reply, 0.0) + reward - mean
    weighed = {reply: advantage for reply, advantage in advantages.items() if advantage}
    if weighed:
        scores = score_replies(network, group.prompt, list(weighed))  # (B,)
        gain = scores @ scores.new_tensor(list(weighed.values()))
        loss = -gain / sum(map(len, group.drawn))
        loss.backward()  # type: ignore[no-untyped-call]  # torch's


def score_replies(network: Network, prompt: Ids, replies: Sequence[Ids]) -> Tensor:
    """Give the log-probability of each reply to a prompt, so that gradients flow.

    Args:
        network: The model.
        prompt: Token ids, at least two.
        replies: Token ids of each, at least one.

    Returns:
        Nats, shape ``(B,)``.
    """
    device = network.embedding.weight.device
    _, state = network.read(torch.tensor([prompt[:-1]], device=device), network.zero_state(1))
    state = LSTMState(*(part.expand(-1, len(replies), -1).contiguous() for part in state))
    longest = max(map(len, replies))
    rows = [[prompt[-1], *reply, *[IGNORED] * (longest - len(reply))] for reply in replies]
    token_ids = torch.tensor(rows, device=device)  # (B, T + 1)
    features, _ = network.read(token_ids[:, :-1].clamp(min=0), state)
    logits = network.logits(features)  # (B, T, V)
    targets = token_ids[:, 1:]  # (B, T)
    nats = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none")
    return -nats.view_as(targets).sum(1)


def _sum_up(number: int, groups: Sequence[Group]) -> Update:
    rewards = [reward for group in groups for reward in group.rewards]
    return Update(
        number,
        reward=sum(rewards) / len(rewards),
        full=sum(reward == 1 for reward in rewards) / len(rewards),
        broken=sum(reward == 0 for reward in rewards) / len(rewards),
        telling=sum(len(set(group.rewards)) > 1 for group in groups) / len(groups),
    )
