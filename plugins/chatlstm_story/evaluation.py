"""How stories keep to what was asked and to their names, beside people's and the model's own stream."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import (
    Generator,
    Measure,
    Prompt,
    Record,
    Sampling,
    Written,
    cut_sentences,
    distinct,
    ends_sentence,
    interval,
    list_open,
    repeated_ngrams,
    self_bleu,
    signs_of,
)
from chatlstm_story.names import count_words, find_names, has_name

STORIES = 60
OPENING = {"en": 25, "zh": 60}  # words, or characters, of a held-out text that are continued
LENGTH = {"en": 150, "zh": 300}
LATER = 2  # sentences between a name's first mention and its coming back
FRESH = {"en": 20, "zh": 40}  # words that a reader without memory is given
READ = {"en": 60, "zh": 120}  # words whose loss is measured
PLAIN = Sampling(temperature=0.8, min_p=0.05, no_repeat_ngram=6)


@dataclass(frozen=True)
class Tale:
    """An opening and how it goes on.

    Args:
        opening: First sentences.
        text: What follows.
    """

    opening: str
    text: str


def evaluate_story(
    engine: Generator, held_out: Sequence[Record], tell: Callable[[str, int, int], str], *, seed: int
) -> Iterator[Measure | Written]:
    """Measure stories that continue held-out openings.

    Args:
        engine: The model.
        held_out: Texts it was not trained on.
        tell: Continues an opening by so many words, given a seed.
        seed: Of the first story; each later one has the next.

    Yields:
        Measures; ``human`` is how the openings truly go on, ``plain_stream`` the model's own
        continuation of them without this plugin. Last, the stories.
    """
    language = "zh" if engine.language == "zh" else "en"
    people = [tale for record in held_out if (tale := cut_tale(record.turns[-1], language))][:STORIES]
    if not people:
        return
    told = [Tale(one.opening, tell(one.opening, LENGTH[language], seed + n)) for n, one in enumerate(people)]
    plain = [Tale(one.opening, _stream(engine, one.opening, language, seed + n)) for n, one in enumerate(people)]
    yield from measure_form(told, language)
    for reference, tales in (("", told), ("human", people), ("plain_stream", plain)):
        yield from measure_tales(tales, language, reference)
    yield from _measure_memory(engine, held_out, language)
    yield from (Written(one.text) for one in told)


def cut_tale(text: str, language: str) -> Tale | None:
    """Cut a text into an opening of some sentences and its continuation of a given length.

    Returns:
        The two; None where the text is too short.
    """
    opening, end = "", 0
    for sentence in cut_sentences(text, language):
        end = text.index(sentence, end) + len(sentence)
        if not opening and count_words(text[:end], language) >= OPENING[language]:
            opening = text[:end]
        elif opening and count_words(text[len(opening) : end], language) >= LENGTH[language]:
            return Tale(opening, text[len(opening) : end])
    return None


def measure_form(tales: Sequence[Tale], language: str) -> Iterator[Measure]:
    """Measure the share of stories whose quotations are closed, that end at a sentence, of the length asked for."""
    length = LENGTH[language]
    wholes = {
        "quotations_closed": [not list_open(tale.opening + tale.text, language) for tale in tales],
        "ends_at_sentence": [ends_sentence(tale.text.rpartition("\n")[2], language) for tale in tales],
        "within_a_tenth": [
            0.9 * length <= count_words(tale.text, language) <= 1.1 * length for tale in tales
        ],
    }
    for name, held in wholes.items():
        yield _spread(name, [float(one) for one in held])


def measure_tales(tales: Sequence[Tale], language: str, reference: str) -> Iterator[Measure]:
    """Measure repetition, names that come back, and variety."""
    texts = [tale.text for tale in tales]
    repeated = [repeated_ngrams(text, 4, language=language) for text in texts]
    recalled = [share for tale in tales if (share := recall_names(tale.opening + tale.text, language)) is not None]
    names = [float(len(find_names(tale.opening + tale.text, language))) for tale in tales]
    yield _spread("repeated_4grams", repeated, reference)
    if recalled:
        yield _spread("names_that_come_back", recalled, reference)
    yield _spread("names_a_story", names, reference)
    yield Measure("distinct_2", distinct(texts, 2, language=language), reference)
    if len(texts) > 1:
        yield Measure("self_bleu", self_bleu(texts, language=language), reference)


def recall_names(text: str, language: str) -> float | None:
    """Give the share of names that come back two sentences or more after they were first mentioned.

    Args:
        text: A story. Names that first stand in its last third are not counted.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Between 0 and 1; None where there is no name.

    Example:
        >>> recall_names("He met Tom. He sat. It rained. All was well with Tom. They ate. They slept.", "en")
        1.0
    """
    sentences = cut_sentences(text, language)
    early = len(sentences) * 2 / 3
    shares = []
    for name in find_names(text, language):
        places = [place for place, sentence in enumerate(sentences) if has_name(name, sentence)]
        if places and places[0] < early:
            shares.append(places[-1] - places[0] >= LATER)
    return sum(shares) / len(shares) if shares else None


def _stream(engine: Generator, opening: str, language: str, seed: int) -> str:
    sampling = replace(PLAIN, max_tokens=3 * LENGTH[language])
    (drawn,) = engine.draw(Prompt("story", beginning=opening), sampling, n=1, seed=seed)
    blank = signs_of(language).blank
    if not blank:
        return drawn.text[: LENGTH[language]]
    return blank.join(drawn.text.split(blank)[: LENGTH[language] + 1])


def _measure_memory(engine: Generator, held_out: Sequence[Record], language: str) -> Iterator[Measure]:
    """Measure the loss of a passage late in a text, with all before it read and with its last words alone."""
    blank = signs_of(language).blank
    carried: list[float] = []
    cold: list[float] = []
    for record in held_out:
        text = record.turns[-1]
        units = text.split(blank) if blank else list(text)
        middle = len(units) - READ[language]
        if middle < LENGTH[language] or len(carried) == STORIES:
            continue
        before, passage = blank.join(units[:middle]), blank + blank.join(units[middle:])
        recent = blank.join(units[middle - FRESH[language] : middle])
        for losses, beginning in ((carried, before), (cold, recent)):
            (nats,) = engine.score(Prompt("story", beginning=beginning), [passage])
            losses.append(-nats / len(passage.encode()) / 0.6931)
    if carried:
        yield _spread("late_bits_per_byte", carried)
        yield _spread("late_bits_per_byte", cold, "without_state")


def _spread(name: str, values: Sequence[float], reference: str = "") -> Measure:
    mean, low, high = interval(values)
    return Measure(name, mean, reference, low, high)
