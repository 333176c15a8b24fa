"""The forms of English verse, and whether a poem keeps one; what writes poems is elsewhere.

A line is held against templates, a sign a syllable:

    w   a weak place: no stressed syllable (1) of a word of several
    s   a strong place: any syllable; an unstressed one is promoted, as verse has it
    b   a beat: a stressed or half stressed syllable (1, 2), or a word of one syllable that is not weak
    .   any syllable
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from chatlstm.plugin import MisuseError
from chatlstm_poetry.pronunciation import Word, find_word, list_words

Templates = tuple[str, ...]

FREE = "-"
PENTAMETER: Templates = ("ws" * 5,)
TETRAMETER: Templates = ("ws" * 4,)
TRIMETER: Templates = ("ws" * 3,)
# anapests, the first foot perhaps an iamb, the last perhaps with a weak syllable more
THREE_FEET: Templates = ("wbwwbwwb", "wwbwwbwwb", "wbwwbwwbw", "wwbwwbwwbw")
TWO_FEET: Templates = ("wbwwb", "wwbwwb", "wbwwbw", "wwbwwbw")


@dataclass(frozen=True)
class Form:
    """A form of verse.

    Args:
        name: Such as ``"quatrain"``.
        scheme: A letter a line; lines of one letter rhyme, lines of two do not; a dash is free.
        metres: The templates of each line; a line fits one of them.
        syllables: Of a line, about; what the training records name.

    Example:
        >>> find_form("haiku").metres
        (('.....',), ('.......',), ('.....',))
    """

    name: str
    scheme: str
    metres: tuple[Templates, ...]
    syllables: int

    @property
    def is_rhymed(self) -> bool:
        """Whether any two lines rhyme."""
        return any(self.partners(line) for line in range(len(self.scheme)))

    def head(self, subjects: Sequence[str]) -> str:
        """Write the first turn of a training record of this form: form, scheme, syllables and subject.

        Example:
            >>> find_form("haiku").head(["rain", "roof"])
            'tercet abc 6: rain, roof'
        """
        kind = "tercet abc" if self.name == "haiku" else f"{self.name} {self.scheme}"  # there is no haiku to learn from
        head = f"{kind} {self.syllables}"
        return f"{head}: {', '.join(subjects)}" if subjects else head

    def partners(self, line: int) -> list[int]:
        """List the other lines that rhyme with one, counted from 0."""
        own = self.scheme[line]
        return [one for one, letter in enumerate(self.scheme) if letter == own != FREE and one != line]


FORMS = (
    Form("couplet", "aa", (PENTAMETER,) * 2, 10),
    Form("quatrain", "abab", (TETRAMETER,) * 4, 8),
    Form("quatrain", "aabb", (TETRAMETER,) * 4, 8),
    Form("quatrain", "abba", (TETRAMETER,) * 4, 8),
    Form("quatrain", "abcb", (TETRAMETER, TRIMETER) * 2, 7),
    Form("limerick", "aabba", (THREE_FEET, THREE_FEET, TWO_FEET, TWO_FEET, THREE_FEET), 8),
    Form("haiku", "---", ((".....",), (".......",), (".....",)), 6),
    Form("sonnet", "ababcdcdefefgg", (PENTAMETER,) * 14, 10),
)


def find_form(name: str, scheme: str = "auto") -> Form:
    """Find a form; ``"auto"`` takes the first that fits, a quatrain where both are ``"auto"``.

    Args:
        name: Its name, or ``"auto"``.
        scheme: Its rhyme scheme, or ``"auto"``.

    Raises:
        MisuseError: No form of that name has that scheme.

    Example:
        >>> find_form("auto", "aa").name, find_form("quatrain").scheme
        ('couplet', 'abab')
    """
    if name == scheme == "auto":
        return FORMS[1]
    fitting = (form for form in FORMS if name in ("auto", form.name) and scheme in ("auto", form.scheme))
    form = next(fitting, None)
    if form is None:
        known = sorted({one.scheme for one in FORMS if one.name == name}) or sorted({one.name for one in FORMS})
        raise MisuseError(f"no {name} of the scheme {scheme}; there is: {', '.join(known)}")
    return form


def check_poem(text: str, form: str, scheme: str = "auto") -> list[str]:
    """Tell what keeps a poem from its form.

    A line must be made of words of the dictionary and fit its metre in one of the pronunciations of
    each. Lines of one letter must rhyme: from the last stressed vowel on they end in the same
    sounds, in different words. Lines of two letters must not rhyme.

    Args:
        text: The poem, a line of verse a line of text.
        form: Name of the form.
        scheme: Its rhyme scheme.

    Returns:
        A sentence a fault, none where the poem keeps the form.

    Raises:
        MisuseError: There is no such form.

    Example:
        >>> second = "And all the sea is silver in her light."
        >>> check_poem(f"The moon goes slowly down the hill tonight,\\n{second}", "couplet")
        []
        >>> check_poem(f"The moon goes slowly down the hill,\\n{second}", "couplet")
        ['line 1 has 8 syllables, needs 10', 'lines 1 and 2 do not rhyme']
    """
    kept = find_form(form, scheme)
    lines = text.strip().split("\n")
    if len(lines) != len(kept.scheme):
        return [f"has {len(lines)} lines, needs {len(kept.scheme)}"]
    cut = [list_words(line) for line in lines]
    faults = []
    rhymes = []
    for number, (words, templates) in enumerate(zip(cut, kept.metres, strict=True), start=1):
        faults += [f"line {number} {fault}" for fault in check_line(words, templates)]
        rhymes.append(end_line(words, templates) or end_line(words[-1:]))
    return faults + _check_rhymes(kept, rhymes, [words[-1].lower() if words else "" for words in cut])


def check_line(words: Sequence[str], templates: Templates) -> list[str]:
    """Tell what keeps the words of a line from a metre.

    Example:
        >>> check_line(["a", "table", "for", "xyzzy"], TRIMETER)
        ["has the unknown word 'xyzzy'"]
        >>> check_line("tables and chairs to sell".split(), TRIMETER)
        ['has a stress on a weak place or none on a beat']
    """
    unknown = [f"has the unknown word '{word}'" for word in words if find_word(word) is None]
    if unknown or not words:
        return unknown or ["is empty"]
    if end_line(words, templates):
        return []
    lengths = sorted({len(template) for template in templates})
    if end_line(words, tuple("." * length for length in lengths)):
        return ["has a stress on a weak place or none on a beat"]
    counts = sum(len(load.sounds[0].stresses) for load in _find_all(words))
    return [f"has {counts} syllables, needs {' or '.join(map(str, lengths))}"]


def end_line(words: Sequence[str], templates: Templates = ()) -> frozenset[str]:
    """Find the sounds that a line may rhyme with.

    Args:
        words: Of the line.
        templates: Its metre; none lets the line be as it is.

    Returns:
        The rhymes of its last word, in every pronunciation in which the line fits; none where it does not.

    Example:
        >>> sorted(end_line(["the", "fire"], ("ws",))), sorted(end_line(["the", "fire"], ("wsw",)))
        (['AY R'], ['AY ER'])
    """
    known = _find_all(words)
    if len(known) < len(words) or not known:
        return frozenset()
    if not templates:
        return frozenset(sound.rhyme for sound in known[-1].sounds)
    left = frozenset(templates)  # of each template, what is not filled yet
    for word in known[:-1]:
        left = fill_front(left, word)
    last = known[-1]
    fitting = (sound for sound in last.sounds for places in left if fits(sound.stresses, places, last.is_weak))
    return frozenset(sound.rhyme for sound in fitting)


def _find_all(words: Sequence[str]) -> list[Word]:
    return [word for word in map(find_word, words) if word is not None]


def fill_front(left: frozenset[str], word: Word) -> frozenset[str]:
    """Put a word at the front of what is left of each template.

    Example:
        >>> fill_front(frozenset(["wsws", "ww"]), find_word("today"))
        frozenset({'ws'})
    """
    rests: set[str] = set()
    for sound in word.sounds:
        length = len(sound.stresses)
        rests.update(one[length:] for one in left if fits(sound.stresses, one[:length], word.is_weak))
    return frozenset(rests)


def fits(stresses: str, places: str, is_weak: bool) -> bool:
    """Tell whether the syllables of a word may stand in some places.

    Args:
        stresses: A digit a syllable: 1 stressed, 2 half stressed, 0 not.
        places: Signs of a template.
        is_weak: Whether no beat may fall on the word.

    Example:
        >>> fits("10", "sw", False), fits("10", "ws", False), fits("1", "w", False)
        (True, False, True)
    """
    if len(stresses) != len(places):
        return False
    if len(stresses) == 1:
        return places != "b" or not is_weak
    pairs = set(zip(stresses, places, strict=True))
    return ("1", "w") not in pairs and ("0", "b") not in pairs


def _check_rhymes(form: Form, rhymes: Sequence[frozenset[str]], ends: Sequence[str]) -> list[str]:
    faults = []
    for one, other in combinations(range(len(ends)), 2):
        if FREE in (form.scheme[one], form.scheme[other]):
            continue
        same = form.scheme[one] == form.scheme[other]
        if same and ends[one] == ends[other]:
            faults.append(f"lines {one + 1} and {other + 1} end in the same word")
        elif same != bool(rhymes[one] & rhymes[other]):
            faults.append(f"lines {one + 1} and {other + 1} {'do not' if same else 'should not'} rhyme")
    return faults
