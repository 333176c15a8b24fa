"""``chatlstm train --reinforce``: a checkpoint tuned on replies it drew itself, by what a plugin can verify of them."""

import datetime
import statistics
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from click.exceptions import Exit

from chatlstm.engine.checkpoint import CheckpointConfig, find_checkpoint
from chatlstm.engine.corpus import TEST, TRAIN, VALIDATION, choose_split, lay_out_records
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.interface.assemble import (
    assemble_registry,
    checkpoint_folders,
    choose_torch_device,
)
from chatlstm.interface.indexing import carry_index
from chatlstm.interface.output import say, tell
from chatlstm.interface.preparation import choose_text
from chatlstm.interface.settings import TrainSettings
from chatlstm.pipeline.card import find_sources, write_card
from chatlstm.pipeline.judge import Judge
from chatlstm.records import Record

if TYPE_CHECKING:
    from chatlstm.engine.network import Network
    from chatlstm.engine.reinforcement import ReinforcementConfig, Update
    from chatlstm.tokens.tokenizer import Tokenizer

INTERRUPTED = 130
TOLD = 10  # updates from line to line


def run_reinforce(settings: TrainSettings) -> int:
    """Tune a checkpoint on replies it draws to the prompts of training records, and save a new one.

    Args:
        settings: What was asked; ``reinforce`` tells how many updates.

    Returns:
        The exit code, 0.

    Raises:
        MisuseError: The plugin declares no reward, the name is taken, or no record can be verified.
        ChatLSTMError: A plugin, checkpoint or text is missing or cannot be used.
        Exit: Ctrl-C stopped it; nothing was saved.
    """
    judge = open_judge(settings.plugins)
    folder = find_checkpoint(settings.start or settings.language, checkpoint_folders())
    place = choose_place(settings, folder)
    tell("reading the text")
    parts: dict[str, list[Record]] = {TRAIN: [], VALIDATION: [], TEST: []}
    for record in choose_text(settings).read():
        parts[choose_split(record)].append(record)
    from chatlstm.engine.compression import measure_bits
    from chatlstm.engine.reinforcement import describe_reinforced
    from chatlstm.engine.weights import load_checkpoint, save_checkpoint

    network, tokenizer, config = load_checkpoint(folder, choose_torch_device(settings.device))
    make_card(config, folder)  # what cannot be told is said before the work
    text = lay_out_records(parts[VALIDATION] or parts[TRAIN], tokenizer)
    before = measure_bits(network, text, tokenizer.count_bytes())
    how = choose_config(settings)
    try:
        with judge as judging:
            updates = reinforce_network((network, tokenizer), parts[TRAIN], judging, how)
    except KeyboardInterrupt as error:
        tell("stopped, and nothing was saved; the same command begins anew")
        raise Exit(INTERRUPTED) from error
    after = measure_bits(network, text, tokenizer.count_bytes())
    told: dict[str, object] = {"date": datetime.date.today().isoformat()}
    told["held_out"] = "one in forty" if parts[VALIDATION] else "none"
    described = describe_reinforced(config, how, updates, (before, after))
    described = replace(described, name=place.name, facts={**described.facts, **told})
    card = make_card(described, folder)
    saved = save_checkpoint(place, network.state_dict(), tokenizer, described, card=card)
    carry_index(folder, place)
    say(f"{saved.identity}: held-out {after['all']:.3f} bits/byte, {before['all']:.3f} before, in {place}")
    return 0


def open_judge(plugins: Sequence[str]) -> AbstractContextManager[Judge]:
    """Open what rates the replies of a plugin.

    Raises:
        MisuseError: There is not one plugin but several, or it declares no reward.
    """
    if len(plugins) != 1:
        raise MisuseError("--reinforce is for one PLUGIN")
    judge = assemble_registry().find(plugins[0]).open_judge()
    if judge is None:
        raise MisuseError(f"the plugin {plugins[0]!r} declares no reward: it verifies nothing of a reply")
    return judge


def choose_place(settings: TrainSettings, folder: Path) -> Path:
    """Choose the folder of the new checkpoint.

    Args:
        settings: Name it, or leave that open.
        folder: Of the checkpoint that is started from.

    Raises:
        MisuseError: There is a checkpoint of this name, and it was not asked to be overwritten.
    """
    name = settings.name or f"{folder.name}-reinforced"
    if any((parent / name).exists() for parent in checkpoint_folders()) and not settings.overwrite:
        raise MisuseError(f"there is a checkpoint {name!r} already; --overwrite replaces it, another --name leaves it")
    return checkpoint_folders()[0] / name


def make_card(config: CheckpointConfig, folder: Path) -> str:
    """Write the model card.

    Args:
        config: What it tells of.
        folder: Of the checkpoint that is started from.

    Raises:
        CheckpointError: That checkpoint tells too little of itself.
    """
    try:
        return write_card(config, find_sources(config))
    except KeyError as error:
        raise CheckpointError(f"{folder}: its config tells no {error}, which a model card needs") from error


def choose_config(settings: TrainSettings) -> "ReinforcementConfig":
    """Fill what was left open."""
    from chatlstm.engine.reinforcement import ReinforcementConfig

    config = ReinforcementConfig(settings.reinforce or 1, seed=settings.seed)
    return replace(config, learning_rate=settings.learning_rate or config.learning_rate)


def reinforce_network(
    parts: "tuple[Network, Tokenizer]", records: Sequence[Record], judge: Judge, config: "ReinforcementConfig"
) -> "list[Update]":
    """Reinforce a network, and tell every ten updates how it goes.

    Args:
        parts: The network, which is changed, and its tokenizer.
        records: Those to train on.
        judge: Rates the replies.
        config: How.

    Returns:
        What was drawn for each update.

    Raises:
        MisuseError: No record can be verified.
    """
    from chatlstm.engine.reinforcement import reinforce

    updates: list[Update] = []
    begun = time.monotonic()
    for update in reinforce(*parts, records, judge.rate, config):
        updates.append(update)
        if update.number % TOLD and update.number < config.updates:
            continue
        last = updates[-TOLD:]
        told = ((one.reward, one.full, one.broken) for one in last)
        reward, full, broken = map(statistics.fmean, zip(*told, strict=True))
        left = (time.monotonic() - begun) / update.number * (config.updates - update.number)
        tell(
            f"{update.number} of {config.updates} updates: of the last replies {full:.0%} earned all, {broken:.0%} "
            f"nothing, {reward:.3f} in the mean; {datetime.timedelta(seconds=round(left))} left"
        )
    return updates
