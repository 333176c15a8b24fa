"""English words as they are spoken: where the stresses fall, and what rhymes.

The data is a part of the CMU Pronouncing Dictionary, packed by ``build_pronunciations``; see ``data/README.md``.
"""

import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DATA = "pronunciations.txt.xz"
LEAST_COUNT = 2  # how often the texts must hold a word for it to be kept
LEAST_LEVEL = 2  # words below are known to the checker, and never written

WEAK = frozenset(  # no beat falls on them
    re.findall(
        r"[a-z]+",
        "a an the of to at by on in as or nor and but for from with into than that if so my your his her its our their "
        "thy",
    )
)
LIGHT = WEAK | frozenset(  # no line ends in them
    re.findall(
        r"[a-z']+",
        "is am are was were be been has have had do does did will would shall should may might can could must who "
        "which whose what when while where i i'm i'll i'd i've he's she's it's we're they're you're he'll she'll we'll "
        "they'll you'll very too such this these those some any every each no not it's upon onto amid don't didn't "
        "won't can't isn't wasn't because until there's that's let's 'tis 'twas since though like both just also even",
    )
)
# a word, perhaps numbered, and its sounds; without a vowel it is no word
_ENTRY = re.compile(r"([A-Za-z']+)(?:\(\d+\))?\s+([A-Z ]*\d[A-Z0-9 ]*?)(?: #.*)?")


@dataclass(frozen=True)
class Sound:
    """One pronunciation of a word.

    Args:
        stresses: A digit a syllable: 1 is stressed, 2 half stressed, 0 unstressed.
        rhyme: The sounds from the last stressed vowel on, 1 or 2; from the last vowel in a word without stress.

    Example:
        >>> Sound("01", "EY").stresses
        '01'
    """

    stresses: str
    rhyme: str


@dataclass(frozen=True)
class Word:
    """A word that the dictionary knows.

    Args:
        text: In lower case.
        level: How common it is in the training text of poems: 0 for a name or a letter, or where it hardly
            occurs; else the logarithm to base 2 of its count, rounded down.
        sounds: Its pronunciations.

    Example:
        >>> find_word("today").sounds
        (Sound(stresses='01', rhyme='EY'),)
    """

    text: str
    level: int
    sounds: tuple[Sound, ...]

    @property
    def rhymes(self) -> frozenset[str]:
        """What it ends in, in any of its pronunciations."""
        return frozenset(sound.rhyme for sound in self.sounds)

    @property
    def is_light(self) -> bool:
        """Whether no line may end in it, as with auxiliaries."""
        return self.text in LIGHT

    @property
    def is_weak(self) -> bool:
        """Whether no beat may fall on it, as with articles."""
        return self.text in WEAK

    @property
    def written(self) -> str:
        """The word as it stands within a line."""
        return self.text.capitalize() if self.text == "i" or self.text.startswith("i'") else self.text


@cache
def load_words() -> Mapping[str, Word]:
    """Load the dictionary: some 39,000 words, by their lower-case letters."""
    packed = files("chatlstm_poetry").joinpath("data", DATA).read_bytes()
    words = (_unpack(line) for line in lzma.decompress(packed).decode().splitlines())
    return {word.text: word for word in words}


def find_word(text: str) -> Word | None:
    """Find a word, whatever its case; None where the dictionary does not have it."""
    return load_words().get(text.lower())


def _unpack(line: str) -> Word:
    text, level, *sounds = line.split("\t")
    return Word(text, int(level), tuple(Sound(*sound.split(":")) for sound in sounds))


def build_pronunciations(entries: Iterable[str], texts: Iterable[str], verse: Iterable[str]) -> bytes:
    """Pack what poems need of the CMU Pronouncing Dictionary; the same bytes for the same input.

    Args:
        entries: Its lines, such as ``"today(2)  T AH0 D EY1"``.
        texts: Training texts of every kind; only words they hold twice are kept.
        verse: The lines of the poetry domain's records; a word mostly written with a capital there is a name.

    Returns:
        The file ``data/pronunciations.txt.xz``.

    Example:
        >>> packed = build_pronunciations(["SEA  S IY1", "sea(2) S IY1"], ["The sea, the sea!"], ["sea the " * 2] * 2)
        >>> lzma.decompress(packed)
        b'sea\\t2\\t1:IY\\n'
    """
    held = Counter(word for text in texts for word in list_words(text.lower()))
    cased = Counter(word for line in verse for word in list_words(line))
    sounds: dict[str, dict[Sound, None]] = defaultdict(dict)  # in the dictionary's order
    for found in filter(None, map(_ENTRY.fullmatch, entries)):
        if held[found[1].lower()] >= LEAST_COUNT:
            sounds[found[1].lower()].setdefault(hear(found[2].split()))
    lines = []
    for text in sorted(sounds):
        word = Word(text, 0, tuple(sounds[text]))
        count = cased[word.written]
        is_common = count >= max(1, cased[text.capitalize()]) and (len(text) > 1 or text in "ai")
        level = count.bit_length() - 1 if is_common else 0
        told = "\t".join(f"{sound.stresses}:{sound.rhyme}" for sound in word.sounds)
        lines.append(f"{text}\t{level}\t{told}\n")
    return lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)


def list_words(text: str) -> list[str]:
    """List the words of a text, apostrophes within them kept.

    Example:
        >>> list_words("'Tis the summer's end, isn't it?")
        ["'Tis", 'the', "summer's", 'end', "isn't", 'it']
    """
    return re.findall(r"'[Tt](?:is|was)\b|[A-Za-z]+(?:'[A-Za-z]+)*", text)


def hear(phones: list[str]) -> Sound:
    """Take stresses and rhyme out of a pronunciation.

    Args:
        phones: In ARPABET, a digit behind each vowel.

    Example:
        >>> hear("HH EH1 V AH0 N L IY0".split())
        Sound(stresses='100', rhyme='EH V AH N L IY')
    """
    vowels = [place for place, phone in enumerate(phones) if phone[-1].isdigit()]
    stressed = [place for place in vowels if phones[place][-1] in "12"] or vowels
    stresses = "".join(phones[place][-1] for place in vowels)
    return Sound(stresses, " ".join(phone.rstrip("012") for phone in phones[stressed[-1] :]))
