"""The model card of a checkpoint: what it is, what it learned from, how well, and what it is not."""

from collections.abc import Mapping

from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.pipeline.catalogue import Source, find_entries

LANGUAGES = {"en": "English", "zh": "Chinese", "code": "program text"}
HELD_OUT = {
    "one in forty": "One document in forty, by the hash of its text, was held out to validate on and "
    "one in forty for `chatlstm evaluate`; neither was trained on.",
    "one in ten": "There was little text: one document in ten was held out to validate on, none for tests.",
    "none": "There was a single document: these figures are of the text it was trained on, and say "
    "nothing of new text.",
    "own": "The downloaded texts were not at hand: these figures are of the project's own text, which it was "
    "trained on in part, and say little of new text.",
}
STORED = {
    "float16": "in half precision",
    "int8": "as bytes, with a scale for each row of a matrix",
    "low-rank": "in half precision, each matrix of the LSTM as two factors of rank {rank}",
}
LIMITS = """A small network that has read little. It makes up names, facts and quotations, forgets what
was said a while ago, and cannot count or reason. What it says is not advice. It repeats what its
training text holds, mistakes and prejudice included. Tell readers that a machine wrote it."""


def find_sources(config: CheckpointConfig) -> dict[str, Source | None]:
    """Find the catalogue's entries for what a checkpoint was trained on.

    Args:
        config: The checkpoint's; its fact ``sources`` names them as ``domain/source``.

    Returns:
        The entry of each name; None for a person's own text, which the catalogue does not have.
    """
    named = config.facts["sources"]
    return find_entries(named if isinstance(named, list) else ())


def write_card(config: CheckpointConfig, sources: Mapping[str, Source | None]) -> str:
    """Write the model card.

    Args:
        config: The checkpoint's, with the facts that ``engine.outcome.describe_run`` tells.
        sources: Catalogue entries by ``domain/source``.

    Returns:
        Markdown.
    """
    facts = config.facts
    return "\n".join(
        [
            f"# {config.name}\n",
            _introduce(config),
            "",
            "## How well it predicts",
            "",
            *_list_scores(facts["bits_per_byte"], facts.get("bits_per_byte_int8")),
            *_tell_matching(facts.get("matching")),
            *_tell_copied(facts.get("copied")),
            "",
            HELD_OUT[str(facts["held_out"])],
            *_tell_compression(facts.get("compression"), facts["bits_per_byte"]),
            *_tell_reinforcement(facts.get("reinforcement"), facts["bits_per_byte"]),
            "",
            "## Data",
            "",
            *_list_sources(sources),
            "",
            "## Recipe",
            "",
            *_list_recipe(config),
            "",
            "## Samples",
            "",
            "Drawn at the last validation that was the best, not chosen:",
            "",
            *(f"> {line}\n>" for line in str(facts["samples"]).splitlines()),
            "",
            "## Limits",
            "",
            LIMITS,
            "",
        ]
    )


def _introduce(config: CheckpointConfig) -> str:
    network, facts = config.network, config.facts
    language = LANGUAGES.get(config.language, config.language)
    start = f"the checkpoint `{facts['start']}`" if facts["start"] else "nothing"
    return (
        f"A ChatLSTM checkpoint for {', '.join(config.domains)} in {language}: one LSTM language model, "
        f"{network.num_layers} layers of {network.hidden_size}, {network.vocabulary_size} tokens, "
        f"started from {start}. Made on {facts['date']} with ChatLSTM {facts['chatlstm']} and "
        f"torch {facts['torch']}."
    )


def _list_scores(scores: object, scores_int8: object) -> list[str]:
    rows = scores.items() if isinstance(scores, Mapping) else ()
    int8 = scores_int8 if isinstance(scores_int8, Mapping) else {}
    if not int8:
        return ["| held-out text | bits per byte |", "|---|---|", *(f"| {name} | {bits:.3f} |" for name, bits in rows)]
    return [
        "| held-out text | bits per byte | with a byte a weight, as it runs on a CPU | loss |",
        "|---|---|---|---|",
        *(f"| {name} | {bits:.4f} | {int8[name]:.4f} | {int8[name] / bits - 1:+.2%} |" for name, bits in rows),
    ]


def _tell_matching(matching: object) -> list[str]:
    if not isinstance(matching, Mapping) or not matching:
        return []
    return [
        "",
        f"Its matcher, taught on {matching['pairs']} turns with their replies, puts the true reply of a held-out "
        f"turn before 19 others in {matching['hits_at_1']:.3f} of cases (1 in 20 is 0.050).",
    ]


def _tell_copied(copied: object) -> list[str]:
    if not isinstance(copied, Mapping):
        return []
    return [
        "",
        f"Of the runs of eight tokens in texts it wrote, {copied['share']:.1%} stand in the training text; the "
        f"longest passage that does has {copied['longest']} tokens.",
    ]


def _tell_compression(compression: object, scores: object) -> list[str]:
    if not isinstance(compression, Mapping) or not compression:
        return []
    start, before = compression["start"], compression["bits_per_byte_before"]
    if compression["kind"] == "distilled":
        made = (
            f"It was cut out of `{start}` and taught by it: half of its loss was the cross-entropy of the text, half "
            "the divergence from what its teacher holds likely, at temperature 2."
        )
    else:
        made = (
            f"Its weights are those of `{start}`, stored {STORED[compression['kind']].format_map(compression)}: "
            f"{compression['bytes'] / 1e6:.1f} MB instead of {compression['bytes_before'] / 1e6:.1f}."
        )
    return ["", "## What it was made smaller from", "", made, "", *_compare_scores(before, scores)]


def _tell_reinforcement(told: object, scores: object) -> list[str]:
    if not isinstance(told, Mapping):
        return []
    made = (
        f"Its weights are those of `{told['start']}`, changed in {told['updates']} updates by replies that it drew "
        f"itself, {told['replies']} to each of {told['records']} prompts of its training records, and that were rated "
        f"by what can be verified of them. The mean reward went from {told['reward_before']:.3f} to "
        f"{told['reward']:.3f}; learning_rate {told['learning_rate']}, pull {told['pull']}, seed {told['seed']}."
    )
    return ["", "## How it was reinforced", "", made, "", *_compare_scores(told["bits_per_byte_before"], scores)]


def _compare_scores(before: Mapping[str, float], scores: object) -> list[str]:
    rows = scores.items() if isinstance(scores, Mapping) else ()
    return [
        "| bits per byte | before | now |",
        "|---|---|---|",
        *(f"| {domain} | {before[domain]:.4f} | {value:.4f} |" for domain, value in rows if domain in before),
    ]


def _list_sources(sources: Mapping[str, Source | None]) -> list[str]:
    lines = ["| text | licence | whose | where |", "|---|---|---|---|"]
    for name, source in sources.items():
        if source is None:
            lines.append(f"| {name} | its owner's | own text, not in the catalogue | |")
        else:
            lines.append(f"| {name} | {source.licence} | {source.attribution} | {source.address} |")
    if any(source is not None and source.licence_class == "B" for source in sources.values()):
        lines += ["", "Some of it asks that what is made from it be shared under the same licence."]
    return lines


def _list_recipe(config: CheckpointConfig) -> list[str]:
    facts = config.facts
    settings = facts["training"] if isinstance(facts["training"], Mapping) else {}
    dropouts = {
        "embedding_dropout": config.network.embedding_dropout,
        "hidden_dropout": config.network.hidden_dropout,
        "output_dropout": config.network.output_dropout,
        "weight_dropout": config.network.weight_dropout,
    }
    told = {name: value for name, value in {**settings, **dropouts}.items() if name != "budget"}
    before = f", after {facts['minutes_before']} before it" if facts.get("minutes_before") else ""
    return [
        f"{facts['minutes']} minutes of training{before}, {facts['tokens']} tokens, {facts['epochs']} passes over "
        f"the text; the weights are those of step {facts['steps']}, where the held-out loss was least.",
        "",
        ", ".join(f"{name} {value}" for name, value in told.items()) + ".",
    ]
