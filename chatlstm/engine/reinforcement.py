"""Reinforcement: replies are drawn, rated by what can be verified, and the better ones made likelier.

Axes: B replies to one prompt, P tokens of a prompt, T of the longest reply, V vocabulary, H hidden.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from statistics import fmean

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.derived import build_graphs
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.onnx_stepper import OnnxStepper
from chatlstm.errors import MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import END, Tokenizer

Rate = Callable[[Record, Sequence[str]], Sequence[float]]
Ids = tuple[int, ...]

IGNORED = -100  # a target that counts nothing
COMPARED = 10  # first and last updates
OUTDATED = ("bits_per_byte_int8", "matching", "copied", "compression")


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
    records: int = 16
    replies: int = 16
    learning_rate: float = 3e-4
    pull: float = 0.2
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
        record: Whose prompt it is.
        drawn: Token ids of the replies, with the mark that ends one where it has come to its end.
        rewards: What each earned, 0 to 1.
    """

    record: Record
    drawn: tuple[Ids, ...]
    rewards: tuple[float, ...]


def reinforce(
    network: Network, tokenizer: Tokenizer, records: Sequence[Record], rate: Rate, config: ReinforcementConfig
) -> Iterator[Update]:
    """Make replies that earn more likelier than those drawn beside them.

    To each prompt several replies are drawn, at temperature 1 and without a constraint. What one
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
    random = np.random.default_rng(config.seed)
    order = list_verified(records, rate, random)
    for number in range(config.updates):
        engine = open_engine(network, tokenizer)  # anew: the weights have changed
        chosen = islice(order, config.records)
        drawn = [draw_group(engine, record, rate, config, seed=int(random.integers(2**32))) for record in chosen]
        for group in drawn:
            add_gradients(network, tokenizer, group, pull=config.pull)
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        for settings in optimizer.param_groups:
            settings["lr"] = config.learning_rate * (1 - number / config.updates)
        optimizer.step()
        optimizer.zero_grad()
        yield _sum_up(number + 1, drawn)


def list_verified(records: Sequence[Record], rate: Rate, random: np.random.Generator) -> Iterator[Record]:
    """List the records whose own reply earns 1, shuffled anew each time all were listed; without end.

    Raises:
        MisuseError: There is none.
    """
    found = True
    while found:
        found = False
        for place in random.permutation(len(records)).tolist():
            record = records[place]
            if rate(record, record.turns[-1:])[0] == 1:
                found = True
                yield record
    raise MisuseError("of no record even its own reply can be verified: there is nothing to reinforce with")


def open_engine(network: Network, tokenizer: Tokenizer) -> Generator:
    """Make an engine of the weights as they are now; it draws as a checkpoint does on a CPU, in int8."""
    arrays = {name: weight.numpy(force=True) for name, weight in network.state_dict().items()}
    stepper = OnnxStepper(network.config, build_graphs(network.config, arrays, "int8"))
    return StepGenerator(stepper, tokenizer, "reinforced")


def draw_group(engine: Generator, record: Record, rate: Rate, config: ReinforcementConfig, *, seed: int) -> Group:
    """Draw replies to a record's prompt and rate them.

    Args:
        engine: The model.
        record: Its last turn is its own reply.
        rate: Gives each reply its reward.
        config: How many replies, and how long.
        seed: Fixes them.
    """
    prompt = Prompt(record.domain, record.turns[:-1])
    drawn = engine.draw(prompt, Sampling(max_tokens=config.max_tokens), n=config.replies, seed=seed)
    rewards = rate(record, [one.text for one in drawn])
    ended = [one.finish == "end" for one in drawn]
    return Group(
        record,
        tuple((*one.token_ids, END) if end else one.token_ids for one, end in zip(drawn, ended, strict=True)),
        tuple(reward if end else 0.0 for reward, end in zip(rewards, ended, strict=True)),
    )


def add_gradients(network: Network, tokenizer: Tokenizer, group: Group, *, pull: float) -> None:
    """Add a group's gradients to those of the weights.

    Args:
        network: What is trained.
        tokenizer: Cuts its text.
        group: What was drawn.
        pull: Advantage of the record's own reply, beside those of the drawn ones.
    """
    *turns, own = group.record.turns
    mean = sum(group.rewards) / len(group.rewards)
    advantages = {(*tokenizer.encode(own), END): pull}  # replies that are the same are read once
    for reply, reward in zip(group.drawn, group.rewards, strict=True):
        advantages[reply] = advantages.get(reply, 0.0) + reward - mean
    weighed = {reply: advantage for reply, advantage in advantages.items() if advantage}
    if weighed:
        prompt = (*tokenizer.encode_opening(group.record.domain), *tokenizer.encode_turns([*turns, ""]))
        scores = score_replies(network, prompt, list(weighed))  # (B,)
        loss = -(scores @ scores.new_tensor(list(weighed.values()))) / sum(map(len, group.drawn))
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


def describe_reinforced(
    config: CheckpointConfig,
    how: ReinforcementConfig,
    updates: Sequence[Update],
    bits_per_byte: tuple[dict[str, float], dict[str, float]],
) -> CheckpointConfig:
    """Tell what a reinforced checkpoint is and what became of it.

    Args:
        config: Of the checkpoint it is made from.
        how: It was reinforced.
        updates: What was drawn, at least once.
        bits_per_byte: By domain, of the checkpoint before and of the new one, on the same text.

    Returns:
        The config, its hashes still those of the other; what was measured of the other's weights only is left out,
        the fact ``reinforcement`` is new.
    """
    before, after = bits_per_byte
    reinforcement = {
        **asdict(how),
        "start": config.identity,
        "reward_before": fmean(update.reward for update in updates[:COMPARED]),
        "reward": fmean(update.reward for update in updates[-COMPARED:]),
        "bits_per_byte_before": before,
    }
    kept = {name: fact for name, fact in config.facts.items() if name not in OUTDATED}
    return replace(config, facts={**kept, "bits_per_byte": after, "reinforcement": reinforcement})


def _sum_up(number: int, groups: Sequence[Group]) -> Update:
    rewards = [reward for group in groups for reward in group.rewards]
    return Update(
        number,
        reward=sum(rewards) / len(rewards),
        full=sum(reward == 1 for reward in rewards) / len(rewards),
        broken=sum(reward == 0 for reward in rewards) / len(rewards),
        telling=sum(len(set(group.rewards)) > 1 for group in groups) / len(groups),
    )
