"""Whether a text is the story that was asked for: apart from what tells one, so that it can be trusted."""

from chatlstm.plugin import ends_sentence, list_open, repeated_ngrams, signs_of

WINDOW = 1_000  # words within which repetition is counted
REPEATED = {"en": 0.08, "zh": 0.02}  # twice what people's stories have within so many words
SHORTEST = 50  # words below which repetition tells nothing


def check_story(text: str, opening: str, words: int, *, language: str) -> list[str]:
    """List what keeps a continuation from being the one that was asked for.

    Args:
        text: The continuation.
        opening: What it continues.
        words: How many words it should have, characters in Chinese.
        language: ``"en"`` or ``"zh"``.

    Returns:
        A sentence a fault; none where it is one.

    Example:
        >>> check_story(' He said, "Come', "The fox ran.", 3, language="en")
        ['a quotation or bracket stays open', 'it does not end with a sentence']
    """
    units = text.split() if signs_of(language).blank else list("".join(text.split()))
    faults = []
    if not 0.9 * words <= len(units) <= 1.1 * words:
        faults.append(f"it has {len(units)} words, not about {words}")
    if list_open(opening + text, language):
        faults.append("a quotation or bracket stays open")
    *ended, last = (opening + text).split("\n\n")
    if not ends_sentence(last.rpartition("\n")[2], language):
        faults.append("it does not end with a sentence")
    begun = max(opening.count("\n\n"), 0)
    if not all(ends_sentence(paragraph, language) for paragraph in ended[begun:]):
        faults.append("a paragraph does not end with a sentence")
    repeated = measure_repetition(text, language)
    if len(units) >= SHORTEST and repeated > REPEATED[language]:
        faults.append(f"{repeated:.3f} of its runs of four words stood before, more than {REPEATED[language]}")
    return faults


def measure_repetition(text: str, language: str) -> float:
    """Give the share of runs of four words that stood before, within stretches of 1,000 words; their mean."""
    blank = signs_of(language).blank
    units = text.split() if blank else list("".join(text.split()))
    parts = [blank.join(units[start : start + WINDOW]) for start in range(0, max(len(units) - WINDOW // 2, 1), WINDOW)]
    return sum(repeated_ngrams(part, 4, language=language) for part in parts) / len(parts)
