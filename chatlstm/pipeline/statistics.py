"""What evaluations count in texts: variety, repetition, and how sure a mean is."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

RESAMPLES = 2_000
BLEU_REFERENCES = 50
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def place_units(text: str, language: str) -> list[tuple[int, int]]:
    """Find in a text what is counted: words, single characters of Chinese, tokens of code.

    Punctuation and blanks are left out, but punctuation of code.

    Args:
        text: Any text.
        language: ``"zh"`` counts characters, ``"code"`` names, numbers and signs; anything else words.

    Returns:
        Of each its first character's place, and that behind its last.

    Example:
        >>> place_units("It's late.", "en"), place_units("天黑了。", "zh"), place_units("a+=1", "code")
        ([(0, 4), (5, 9)], [(0, 1), (1, 2), (2, 3)], [(0, 1), (1, 2), (2, 3), (3, 4)])
    """
    places = [found.span() for found in (_TOKEN if language == "code" else _WORD).finditer(text)]
    return [(place, place + 1) for start, end in places for place in range(start, end)] if language == "zh" else places


def split_units(text: str, language: str) -> list[str]:
    """Cut a text into what is counted, in lower case.

    Args:
        text: Any text.
        language: As for ``place_units``.

    Example:
        >>> split_units("It's late.", "en"), split_units("天黑了。", "zh")
        (["it's", 'late'], ['天', '黑', '了'])
    """
    return [text[start:end].lower() for start, end in place_units(text, language)]


def distinct(texts: Iterable[str], n: int, *, language: str) -> float:
    """Give the share of different runs of ``n`` units among all runs of all texts.

    Args:
        texts: Some texts; no run goes from one into the next.
        n: Units of a run, ``>= 1``.
        language: As for ``split_units``.

    Returns:
        Between 0 and 1; 0 where there is no run.

    Source:
        Li et al. 2016, "A Diversity-Promoting Objective Function", arXiv:1510.03055, distinct-n.

    Example:
        >>> distinct(["I see.", "I know."], 1, language="en")
        0.75
    """
    runs = [run for text in texts for run in _list_runs(split_units(text, language), n)]
    return len(set(runs)) / len(runs) if runs else 0.0


def repeated_ngrams(text: str, n: int, *, language: str) -> float:
    """Give the share of a text's runs of ``n`` units that stood in it before.

    Args:
        text: One text.
        n: Units of a run, ``>= 1``.
        language: As for ``split_units``.

    Returns:
        Between 0 and 1; 0 where there is no run.

    Source:
        Welleck et al. 2020, "Neural Text Generation with Unlikelihood Training",
        arXiv:1908.04319, seq-rep-n.

    Example:
        >>> repeated_ngrams("to be or not to be", 2, language="en")
        0.2
    """
    runs = _list_runs(split_units(text, language), n)
    return (len(runs) - len(set(runs))) / len(runs) if runs else 0.0


def self_bleu(texts: Sequence[str], *, language: str) -> float:
    """Tell how much texts are alike: the mean BLEU-4 of each against the others.

    Args:
        texts: At least two; each is compared with the fifty that follow it, the first following
            the last.
        language: As for ``split_units``.

    Returns:
        0 where no text shares a word with another, 1 where all are the same.

    Source:
        Zhu et al. 2018, "Texygen", arXiv:1802.01886.

    Example:
        >>> self_bleu(["a b c d e", "a b c d e"], language="en")
        1.0
    """
    cut = [split_units(text, language) for text in texts]
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu  # noqa: PLC0415  # 0.1 s, and a chat needs none

    smoothing = SmoothingFunction().method1
    scores = []
    for place, units in enumerate(cut):
        others = (cut[place + 1 :] + cut[:place])[:BLEU_REFERENCES]
        scores.append(sentence_bleu(others, units, smoothing_function=smoothing) if units else 0.0)
    return float(np.mean(scores))


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Give the mean of some values and the ends of its 95 % confidence interval, by resampling.

    Args:
        values: One a text, at least one; 0 and 1 where something holds or not.

    Returns:
        Mean, lower end, upper end; the same for the same values.

    Source:
        Efron 1979, "Bootstrap Methods", percentile interval; where all values are alike, the rule
        of three (Hanley and Lippman-Hand 1983) for values between 0 and 1.

    Example:
        >>> interval([1.0] * 300)
        (1.0, 0.99, 1.0)
    """
    known = np.array(values, np.float64)
    mean = float(known.mean())
    if known.min() == known.max():
        unsure = min(1.0, 3 / len(known)) if mean in (0.0, 1.0) else 0.0
        return (mean, mean - unsure, mean) if mean else (mean, mean, unsure)
    drawn = np.random.default_rng(0).choice(known, (RESAMPLES, len(known))).mean(1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return mean, float(low), float(high)


def _list_runs(units: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(units[start : start + n]) for start in range(len(units) - n + 1)]
