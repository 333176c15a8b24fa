"""Where sentences end, in English and Chinese; what is quoted ends with its quotation."""

import re
from dataclasses import dataclass

from chatlstm.pipeline.statistics import split_units

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt|Sgt|Rev|Hon|Jr|Sr|No|Co|Inc|Ltd|Jan|Feb|Aug|Sept|Oct"
    r"|Nov|Dec|vs|etc|approx|[A-Za-z])|(?<![\d:])\d{1,3})\.$"
)


@dataclass(frozen=True)
class Signs:
    """The signs of a language's sentences.

    Args:
        ends: Characters that end a sentence.
        closers: Characters that may follow such a one within the same sentence.
        pairs: Opening and closing sign of what must be closed before a sentence can end; where
            both are the same, their number must be even.
        stop: Sign that ends a sentence where nothing else does.
        blank: What stands between two sentences of a paragraph.
    """

    ends: str
    closers: str
    pairs: tuple[tuple[str, str], ...]
    stop: str
    blank: str

    def opener(self, closer: str) -> str:
        """Give the sign that ``closer`` closes."""
        return next(opening for opening, closing in self.pairs if closing == closer)


ENGLISH = Signs(".!?", "\"')]", (('"', '"'), ("(", ")"), ("[", "]")), ".", " ")
CHINESE = Signs("。！？…", "”’）》", (("“", "”"), ("‘", "’"), ("（", "）"), ("《", "》")), "。", "")


def signs_of(language: str) -> Signs:
    """Give the signs of a language.

    Example:
        >>> signs_of("zh").stop
        '。'
    """
    return CHINESE if language == "zh" else ENGLISH


def list_open(text: str, language: str) -> str:
    """List what closes the quotations and brackets that are open at the end of a text.

    Args:
        text: Any text.
        language: ``"zh"``, or anything else for English.

    Returns:
        The closing signs, in the order in which they must come.

    Example:
        >>> list_open('He said, "Come (if you can', "en")
        ')"'
    """
    pairs = signs_of(language).pairs
    closing = dict(pairs)
    awaited: list[str] = []
    for sign in text:
        if awaited and sign == awaited[-1]:
            awaited.pop()
        elif sign in closing:
            awaited.append(closing[sign])
    return "".join(reversed(awaited))


def ends_sentence(text: str, language: str) -> bool:
    """Tell whether a text ends where a sentence ends and all quotation is closed.

    Args:
        text: Any text.
        language: ``"zh"``, or anything else for English.

    Example:
        >>> [ends_sentence(text, "en") for text in ('"Go!" he said.', 'He said, "Go.', "Dear Mr.", "It cost $1.")]
        [True, False, False, False]
    """
    signs = signs_of(language)
    bare = text.rstrip(signs.closers)
    if not bare or bare[-1] not in signs.ends or list_open(text, language):
        return False
    return language == "zh" or bare != text or not _ABBREVIATIONS.search(bare)


def cut_sentences(text: str, language: str) -> list[str]:
    """Cut a text behind the ends of its sentences and paragraphs.

    Args:
        text: Any text.
        language: ``"zh"``, or anything else for English.

    Returns:
        The sentences in order, without the blanks between them, none empty. What a paragraph ends
        with is taken for a sentence, whatever it ends with.

    Example:
        >>> cut_sentences('"Go!" said Mr. Fox. He ran.\\n\\nThen he fell.', "en")
        ['"Go!" said Mr. Fox.', 'He ran.', 'Then he fell.']
    """
    return [sentence for paragraph in text.split("\n") for sentence in _cut_paragraph(paragraph, language)]


def _cut_paragraph(paragraph: str, language: str) -> list[str]:
    signs = signs_of(language)
    ends = "".join(map(re.escape, signs.ends))
    closers = "".join(map(re.escape, signs.closers))
    sentences = []
    begin = 0
    for found in re.finditer(rf"[{ends}]+[{closers}]*{'(?=[ ]+[^a-z ])' if signs.blank else ''}", paragraph):
        if ends_sentence(paragraph[begin : found.end()], language):
            sentences.append(paragraph[begin : found.end()].strip())
            begin = found.end()
    return [sentence for sentence in [*sentences, paragraph[begin:].strip()] if sentence]


def name_sentence(sentence: str, language: str) -> str:
    """Give what two sentences share that say the same, whatever their case and signs.

    Example:
        >>> name_sentence("It's late!", "en") == name_sentence("it's late.", "en")
        True
    """
    return " ".join(split_units(sentence, language))


def find_word(word: str, text: str) -> int:
    """Find a word in a text, letter case aside, not as a part of a longer one where letters are parted by blanks.

    Args:
        word: One word or several, not empty.
        text: Any text.

    Returns:
        The place behind it; 0 where it does not stand there.

    Example:
        >>> find_word("flood", "A Flood came."), find_word("flood", "Floods came."), find_word("水", "大洪水")
        (7, 0, 3)
    """
    begin = r"(?<![^\W_])" if _is_letter(word[0]) else ""
    end = r"(?![^\W_])" if _is_letter(word[-1]) else ""
    found = re.search(begin + re.escape(word.lower()) + end, text.lower())
    return found.end() if found else 0


def _is_letter(sign: str) -> bool:
    """Tell whether a sign is of a script that parts its words by blanks."""
    return sign.isalnum() and not "\u4e00" <= sign <= "\u9fff"
