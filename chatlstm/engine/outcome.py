"""What becomes of a finished training run: a matcher of replies, and a checkpoint."""

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryFile

import torch

from chatlstm import __version__
from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.copying import Copied, find_copied
from chatlstm.engine.corpus import TRAIN, read_token_file
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.derived import build_graphs
from chatlstm.engine.held_out import measure_steps, sum_held_out
from chatlstm.engine.matching import choose_answered, fit_matcher, rate_matcher, read_pairs
from chatlstm.engine.metrics import Progress, read_metrics
from chatlstm.engine.network import Network
from chatlstm.engine.onnx_stepper import OnnxStepper
from chatlstm.engine.run import BEST, MATCHER, START, read_held_out, read_run, read_text
from chatlstm.engine.samples import SAMPLING, find_prompts
from chatlstm.engine.snapshot import read_snapshot, write_snapshot
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.engine.weights import save_checkpoint
from chatlstm.tokens.tokenizer import read_tokenizer

LEAST_PAIRS, MOST_PAIRS = 2_000, 320_000  # to learn from
MOST_HELD_OUT = 40_000
WRITTEN, WRITTEN_TOKENS = 16, 100


def learn_matching(folder: Path, device: torch.device) -> float | None:
    """Teach a finished run's best weights which reply answers which turn.

    A matcher the run started with is taught on, and stays as it was where that is no better.

    Args:
        folder: The run's folder.
        device: Where to compute.

    Returns:
        hits@1 of 20 on the records held out to validate on; None where the run has fewer than
        2,000 turns with a reply, too few to learn it from.

    Raises:
        CheckpointError: The run has no best weights yet.
    """
    config = read_run(folder)
    seed, bfloat16 = config.training.seed, config.bfloat16
    network = _load_best(folder, device)
    _, train, validation = read_text(folder)
    (folder / MATCHER).unlink(missing_ok=True)
    with TemporaryFile(dir=folder) as gists, TemporaryFile(dir=folder) as held_out_gists:
        answered = choose_answered(train, limit=MOST_PAIRS, seed=seed)
        pairs = read_pairs(network, answered, gists, bfloat16=bfloat16)
        if len(pairs) < LEAST_PAIRS:
            return None
        answered = choose_answered(validation, limit=MOST_HELD_OUT, seed=seed)
        held_out = read_pairs(network, answered, held_out_gists, bfloat16=bfloat16)
        matcher = fit_matcher(network, pairs, seed=seed)
        hits = rate_matcher(matcher, held_out, seed=seed)
        if network.matcher is not None:
            before = rate_matcher(network.matcher, held_out, seed=seed)
            if before >= hits:
                matcher, hits = network.matcher, before
    size = matcher.contexts[-1].out_features
    told = {"match_size": size, "hits_at_1": hits, "pairs": len(pairs)}
    write_snapshot(folder / MATCHER, matcher.state_dict(), told)
    return hits


def measure_copied(folder: Path, device: torch.device) -> Copied:
    """Let a finished run's best weights write 16 texts a domain, and look for them in the training text.

    Args:
        folder: The run's folder.
        device: Where to compute.

    Raises:
        CheckpointError: The run has no best weights yet.
    """
    tokenizer, train, validation = read_text(folder)
    generator = StepGenerator(TorchStepper(_load_best(folder, device)), tokenizer, "trained")
    sampling = replace(SAMPLING, max_tokens=WRITTEN_TOKENS)
    drawn = [
        generator.draw(prompt, sampling, n=WRITTEN, seed=read_run(folder).training.seed)
        for prompt in find_prompts(validation, tokenizer)
    ]
    return find_copied([text.token_ids for texts in drawn for text in texts], train.tokens)


def describe_run(folder: Path, name: str, *, date: str) -> CheckpointConfig:
    """Tell what a finished run's checkpoint is: how it was made and how well it predicts.

    Args:
        folder: The run's folder; it has validated at least once.
        name: Name of the checkpoint.
        date: Today, as the card shall tell it.

    Returns:
        The config, its hashes still empty. ``facts`` are ``bits_per_byte`` by domain, the same of what runs on a CPU,
        ``sources`` as ``domain/source``, ``samples``, ``minutes``, ``minutes_before``, ``tokens``, ``epochs``,
        ``steps``, ``matching``, ``seed``, ``training``, ``held_out``, ``start``, ``compression``, ``date`` and
        the versions.

    Raises:
        CheckpointError: The run has no best weights yet.
    """
    config = read_run(folder)
    _, best = read_snapshot(folder / BEST, torch.device("cpu"))
    domains, sources = list(config.domains), list(read_token_file(folder / "tokens" / TRAIN).names)
    minutes_before: object = 0.0
    compression: dict[str, object] = {}
    if config.start:
        _, start = read_snapshot(folder / START, torch.device("cpu"))
        domains, sources = _join(start["domains"], domains), _join(start["sources"], sources)
        minutes_before = start.get("minutes", 0.0)
        if config.taught:
            before = start.get("bits_per_byte", {})
            compression = {"kind": "distilled", "start": config.start, "bits_per_byte_before": before}
    network = config.network
    matching: dict[str, object] = {}
    if (folder / MATCHER).exists():
        _, matching = read_snapshot(folder / MATCHER, torch.device("cpu"))
        network = replace(network, match_size=int(str(matching["match_size"])))
    facts: dict[str, object] = {
        "bits_per_byte": best["validation"],
        "bits_per_byte_int8": measure_int8(folder),
        "sources": sources,
        **_describe_progress(read_metrics(folder / "metrics.jsonl")),
        "minutes_before": minutes_before,
        "steps": best["step"],
        "matching": matching,
        "seed": config.training.seed,
        "training": {**asdict(config.training), "bfloat16": config.bfloat16},
        "held_out": read_held_out(folder),
        "start": config.start,
        "compression": compression,
        "date": date,
        "chatlstm": __version__,
        "torch": torch.__version__,
    }
    return CheckpointConfig(name, config.language, tuple(domains), network, {}, facts)


def _describe_progress(reports: list[Progress]) -> dict[str, object]:
    samples = [report.sample for report in reports if report.best]
    return {
        "samples": samples[-1] if samples else "",
        "minutes": round(reports[-1].seconds / 60, 2) if reports else 0.0,
        "tokens": reports[-1].tokens if reports else 0,
        "epochs": round(reports[-1].epochs, 3) if reports else 0.0,
    }


def measure_int8(folder: Path) -> dict[str, float]:
    """Measure a run's best weights as they run on a CPU, a byte each, on what training validates on.

    Args:
        folder: The run's folder.

    Returns:
        Bits per byte a domain, and ``"all"``.

    Raises:
        CheckpointError: The run has no best weights yet.
    """
    network = read_run(folder).network
    weights, _ = read_snapshot(folder / BEST, torch.device("cpu"))
    arrays = {name: tensor.float().numpy() for name, tensor in weights.items()}
    tokenizer, _, validation = read_text(folder)
    stepper = OnnxStepper(network, build_graphs(network, arrays, "int8"))
    parts = measure_steps(stepper, validation, tokenizer.count_bytes())
    measured = {domain: part.bits_per_byte for domain, part in parts.items()}
    return {**measured, "all": sum_held_out(parts.values()).bits_per_byte}


def save_run(folder: Path, place: Path, config: CheckpointConfig, *, card: str) -> CheckpointConfig:
    """Make a checkpoint of a run's best weights.

    Args:
        folder: The run's folder.
        place: The checkpoint's folder; one that is there is replaced.
        config: What ``describe_run`` told.
        card: The model card, Markdown.

    Returns:
        The config as written.

    Raises:
        OSError: The disk is full or the folder cannot be written; what was there stands.
    """
    weights, _ = read_snapshot(folder / BEST, torch.device("cpu"))
    if (folder / MATCHER).exists():
        matcher, _ = read_snapshot(folder / MATCHER, torch.device("cpu"))
        weights |= {f"matcher.{name}": tensor for name, tensor in matcher.items()}
    return save_checkpoint(place, weights, read_tokenizer(folder / "tokenizer.json"), config, card=card)


def _load_best(folder: Path, device: torch.device) -> Network:
    network = Network(read_run(folder).network)
    network.load_state_dict(read_snapshot(folder / BEST, torch.device("cpu"))[0])
    return network.to(device).eval()


def _join(first: object, second: list[str]) -> list[str]:
    found = [str(name) for name in first] if isinstance(first, list) else []
    return list(dict.fromkeys([*found, *second]))
