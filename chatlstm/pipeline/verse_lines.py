"""English verse as records that a poem can be drawn from, its rhymes first."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from chatlstm.pipeline.cleaning import plain

BARE = 8  # one record in so many names no subject
LEAST_TEXTS = 5  # texts a subject word must stand in
FORMS = {"aa": "couplet", "aabba": "limerick", "ababcdcdefefgg": "sonnet"}
SIZES = {3: "tercet", 4: "quatrain"}

_MENDED = str.maketrans({"Õ": "'", "Ò": '"', "Ó": '"', "Ñ": "-", "É": ".", "\x91": "'", "\x92": "'"})
_BESIDE = re.compile(r"^\s*\d+\.?\s+|\s+\d+\s*$|\[\d+\]|[\"()_*~+]")  # line numbers, and what stands in pairs
_QUOTES = re.compile(r"(?<=[,.;:!?-])'+|'+(?=[,.;:!?-])(?<![hons]')")
_PARTED = re.compile(r" '(?=(?:ll|re|s|d|ve|m|t)\b)")
_DASH = re.compile(r"\s*--+\s*|\s+-+\s*|-+$|\s*\.[ .]*\.\s*")
_MARKS = re.compile(r"\s*([,.;:!?])[\s,.;:!?]*")
_CLEAN = re.compile(r"'?[A-Za-z]['A-Za-z]*[,.;:!?]?(?: '?[A-Za-z]['A-Za-z]*[,.;:!?]?)*")
_PARTS = re.compile(r"('*)([A-Za-z](?:[A-Za-z']*[A-Za-z])?)('*)([,.;:!?]?)")
_ELIDED = re.compile(r"'(?=(?:d|n|ns|nly|r|rs|ry|rous|ring|ning|red|ned)$)")
_PRONOUN = re.compile(r"(?:i|you|he|she|we|they|it|who|there|that)'d|[a-z]+n't")
_WHOLE = {
    **{"o'er": "over", "o're": "over", "e'er": "ever", "ne'er": "never", "th'": "the", "an'": "and", "o'": "of"},
    **{"tho'": "though", "thro'": "through", "wi'": "with"},
    **{"wou'd": "would", "cou'd": "could", "shou'd": "should", "e're": "ever", "agen": "again"},
}
_FRONT = frozenset(["tis", "twas", "twere", "twill", "twould", "mid", "mong", "gainst", "neath", "em"])
_VOWELS = re.compile(r"[aeiouy]+")
_LEADING = frozenset(re.findall(r"\w+", "the a an my thy his her its our your their this that no of in with"))
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "and or but for nor if as at by on in of to from with into than then that which who whom whose what when where "
        "while is are was were am be been has have had do does did will would shall should may might can could he she "
        "it we they you thou not so too all like upon over under through there here i",
    )
)
_DULL = frozenset(
    re.findall(
        r"\w+",
        "one two day days thing things time times way man men something nothing everyone other others such little big "
        "same own first last good great more most much many some any every each once lord oh sir end part rest back "
        "side kind lot bit name word words",
    )
)


def tidy_line(line: str) -> str:
    """Give a line of verse plain words and plain punctuation, elisions written out.

    Args:
        line: As printed, perhaps numbered.

    Returns:
        Words with at most one sign behind each; empty where something else stands in the line.

    Example:
        >>> tidy_line("12 His half-clos'd eyes -- “heav'n o'er th' sea!”")
        'His half closed eyes, heaven over the sea!'
        >>> tidy_line("Ph[oe]bus")
        ''
    """
    text = unicodedata.normalize("NFD", plain(line.translate(_MENDED).replace("\u2014", "--").replace("&", " and ")))
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = _QUOTES.sub("", _PARTED.sub("'", _BESIDE.sub("", text)))
    text = _MARKS.sub(r"\1 ", _DASH.sub(", ", text).replace("-", " ")).lstrip(",.;:!? ")
    text = " ".join(filter(None, map(_tidy_word, text.split())))
    return text if _CLEAN.fullmatch(text) else ""


def _tidy_word(word: str) -> str:
    """Take quotation marks off a word and write its elisions out."""
    found = _PARTS.fullmatch(word)
    if found is None:
        return word.strip("'")
    front, body, back, mark = found.groups()
    low = body.lower()
    if front and low in _FRONT:
        body = f"'{body}"
    elif low + back in _WHOLE or low in _WHOLE:
        whole = _WHOLE.get(low + back) or _WHOLE[low]
        body = whole.capitalize() if body[0].isupper() else whole
    elif not _PRONOUN.fullmatch(low):
        body = _ELIDED.sub("e", re.sub(r"(?<=[^aeiou])y'd$", "ied", body))
    return body + mark


def count_case(lines: Iterable[str]) -> dict[str, str]:
    """Find the words that are written with a capital within lines, such as names.

    Args:
        lines: Tidied; a line's first word has a capital whatever it is.

    Returns:
        How to write each such word, by its lower-case letters.

    Example:
        >>> count_case(["Then Lily and I", "To Lily went"])
        {'lily': 'Lily', 'i': 'I'}
    """
    counts: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for line in lines:
        for before, word in pairwise(line.split()):
            bare = word.rstrip(",.;:!?")
            if before[-1] not in ".!?":
                counts[bare.lower()] += 1
                capital[bare.lower()] += bare[0].isupper()
    return {low: low.capitalize() for low, count in counts.items() if capital[low] > 0.8 * count}


def set_case(line: str, capitals: dict[str, str]) -> str:
    """Write a line without a capital at its start and after its sentences, names and I aside.

    Example:
        >>> set_case("Then Lily went. She ran", {"lily": "Lily"})
        'then Lily went. she ran'
    """
    words = (_split_mark(word) for word in line.split())
    return " ".join(_set_word(body.lower(), capitals) + mark for body, mark in words)


def _set_word(low: str, capitals: dict[str, str]) -> str:
    return low.capitalize() if low == "i" or low.startswith("i'") else capitals.get(low, low)


def _split_mark(word: str) -> tuple[str, str]:
    body = word.rstrip(",.;:!?")
    return body, word[len(body) :]


def turn_round(lines: Iterable[str]) -> str:
    """Write the words of each line in reversed order, each with a blank before it.

    A sign of punctuation stays behind its word. The blank makes the tokens of a word the same at
    the beginning of a line as elsewhere.

    Example:
        >>> turn_round(["so long lives this,", "and this gives life to thee."])
        ' this, lives long so\\n thee. to life gives this and'
    """
    return "\n".join("".join(f" {word}" for word in reversed(line.split())) for line in lines)


def count_syllables(line: str) -> int:
    """Estimate the syllables of a line from its letters: groups of vowels, silent e aside.

    Example:
        >>> count_syllables("Shall I compare thee to a summer's day?")
        10
    """
    total = 0
    for word in line.split():
        low = re.sub(r"[^a-z]", "", word.lower())
        groups = len(_VOWELS.findall(low))
        silent = re.search(r"(?:[^aeiouylr]|[aeiouy][lr])e[sd]?$", low) and not re.search(r"[td]ed$|[csxz]es$", low)
        total += max(groups - bool(silent), 1)
    return total


def head_lines(lines: Sequence[str], scheme: str, subjects: Sequence[str]) -> str:
    """Write the first turn of a record: form, scheme, syllables of a line, subject words.

    Args:
        lines: Tidied.
        scheme: A letter a line; empty for prose.
        subjects: Words the lines are about; may be none.

    Example:
        >>> head_lines(["The night", "so bright"], "aa", ["night"])
        'couplet aa 2: night'
    """
    form = FORMS.get(scheme, SIZES.get(len(lines), "verse"))
    mean = round(sum(map(count_syllables, lines)) / len(lines))
    head = f"{form} {scheme} {mean}" if scheme else "prose"
    return f"{head}: {', '.join(subjects)}" if subjects else head


class Subjects:
    """Chooses the words a text is about: nouns, by the places they stand in.

    Args:
        texts: Every text of a source, each a sequence of tidied lines.

    Example:
        >>> texts = [["the sea", "the sea is wide"]] * 5
        >>> Subjects([*texts, ["a cat"]]).rank(["we saw the wide sea"])
        ['sea']
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._texts: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._nouns: Counter[str] = Counter()
        for lines in texts:
            self._texts.update({word for line in lines for word in _bare_words(line)})
            for line in lines:
                self._count(line.split())

    def _count(self, words: list[str]) -> None:
        """Count how often a word stands where a noun does: after an article, before a pause or a small word."""
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            body, mark = _split_mark(word.lower())
            self._counts[body] += 1
            closes = bool(mark) or _split_mark(after.lower())[0] in _SMALL or not after
            self._nouns[body] += closes and before.lower() in _LEADING

    def rank(self, lines: Sequence[str]) -> list[str]:
        """List the words that could be the subject of some lines, the most telling first."""
        found = Counter(word for line in lines for word in _bare_words(line))
        kept = {word: count / self._texts[word] ** 0.5 for word, count in found.items() if self._may_name(word)}
        return sorted(kept, key=lambda word: (-kept[word], word))

    def _may_name(self, word: str) -> bool:
        often = self._texts[word] >= LEAST_TEXTS and 3 <= len(word) <= 12 and "'" not in word
        return often and word not in _DULL | _SMALL and self._nouns[word] >= 0.2 * self._counts[word]

    def choose(self, lines: Sequence[str]) -> list[str]:
        """Choose none to three of them; how many follows from the text's hash.

        Example:
            >>> Subjects([]).choose(["nothing is known of these"])
            []
        """
        number = hashlib.blake2b("\n".join(lines).encode(), digest_size=2).digest()
        count = 0 if number[0] % BARE == 0 else (1, 1, 2, 3)[number[1] % 4]
        return self.rank(lines)[:count]


def _bare_words(line: str) -> list[str]:
    return [_split_mark(word)[0].lower() for word in line.split()]
