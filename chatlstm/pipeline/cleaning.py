"""Make text from many hands look as if one careful person had typed it."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u00b4": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": " - ",
        "\u2026": "...",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNSEEN = ("Cf", "Co", "Cs", "So")  # formatting, private, halves of signs, pictures
_BLANKS = re.compile(r"[^\S\n]+")
_FORBIDDEN = re.compile(r"https?:|www\.|\.(?:com|org|net|edu|gov)\b|@|[\[\](){}<>|\\^_=*~#]")
_SMILEY = re.compile(r"(?<![\w])[:;=][-']?[()DPpOo3/\\|]+(?!\w)|<3+|\^_*\^|\(:|=\)|\bx[Dd]\b")
_LATIN = re.compile(r"[ -~\n\u00a1-\u024f\u20ac]*")

_BARE = {
    "i": "I",
    "im": "I'm",
    "ive": "I've",
    "i'm": "I'm",
    "i've": "I've",
    "i'd": "I'd",
    "i'll": "I'll",
    "dont": "don't",
    "didnt": "didn't",
    "doesnt": "doesn't",
    "cant": "can't",
    "isnt": "isn't",
    "wasnt": "wasn't",
    "wouldnt": "wouldn't",
    "couldnt": "couldn't",
    "shouldnt": "shouldn't",
    "havent": "haven't",
    "hasnt": "hasn't",
    "arent": "aren't",
    "youre": "you're",
    "thats": "that's",
    "whats": "what's",
    "theyre": "they're",
    "u": "you",
    "Im": "I'm",
    "Ive": "I've",
    "Ill": "I'll",
    "Dont": "Don't",
    "Didnt": "Didn't",
    "Doesnt": "Doesn't",
    "Cant": "Can't",
    "Isnt": "Isn't",
    "Thats": "That's",
    "Whats": "What's",
    "Youre": "You're",
    "Theyre": "They're",
}
_BARE_WORD = re.compile(r"(?<![\w'.&-])(" + "|".join(_BARE) + r")(?![\w'&]|\.\w|-\w)")
_SENTENCE_START = re.compile(  # not after an abbreviation or an ellipsis
    r"((?:^|(?:(?<!\.\.)(?<!\b\w)(?<!\bvs)(?<!\betc)\.|[!?])[\"']?\s)[\"'\s]*)([a-z])"
)
_AUXILIARY = (
    r"(?:is|are|am|was|were|do|does|did|have|has|had|can|could|will|would|should|may|might|"
    r"isn't|aren't|wasn't|don't|doesn't|didn't|haven't|hasn't|can't|couldn't|won't|wouldn't)"
)
_QUESTION = re.compile(
    rf"(?:(?:(?:and|so|but|oh|ok|okay|well|wow|yes|yeah|no|hi|hey|hello|cool|nice|great),?\s)*)"
    rf"(?:(?:what|where|when|who|why|how|which)(?:'s|'re|\s{_AUXILIARY}|\sabout|\skind|\stype"
    rf"|\ssort|\smany|\smuch|\sold|\slong|\soften|\scome|\selse)?(?:$|\b(?<!what\sa))"
    rf"|{_AUXILIARY}\s(?:you|i|we|they|he|she|it|that|this|there|these|those|your|the|my|any)\b)",
    re.IGNORECASE,
)
_EXCLAMATION = re.compile(
    r"(?:what an?|how (?!is|are|do|did|about|many|much)\w+$)\b", re.IGNORECASE
)
_STATEMENT = re.compile(
    r"(?:when|where|who|which|why|how|what)\s(?:i|we|they|he|she|it|the|my)\b"
    r"|which\s(?:is|was|are)\s(?!your|the|better|best|it|that)|do\s(?:it|that|this|the|your|my)\b",
    re.IGNORECASE,
)
_ASKS_BACK = re.compile(r"(?:and|about|how|what about) (?:you|yours|yourself)$", re.IGNORECASE)
_SENTENCE_END = re.compile(  # not after an initial or a title
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)[.!?][\"']?\s+(?=[\"'A-Z])"
)


def plain(text: str) -> str:
    """Replace typographic signs by keyboard ones and collapse blanks within lines.

    Args:
        text: Text of any origin; HTML character references are resolved.

    Returns:
        The text without control characters, emoji and outer blanks; line ends are kept.

    Example:
        >>> plain("\u201cWell\u2026\u201d  she   said &amp; left")
        '"Well..." she said & left'
    """
    text = html.unescape(text) if "&" in text else text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
        text = "".join(one for one in text if unicodedata.category(one) not in _UNSEEN)
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("`", "'"))
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()


def detokenise(text: str) -> str:
    """Put punctuation back onto the word before it.

    Example:
        >>> detokenise("hello ! i ' m fine , thanks . . . and you ?")
        "hello! i'm fine, thanks... and you?"
    """
    text = re.sub(r"\.(?: \.)+", "...", text)
    text = re.sub(r"(?<!')\bll\b", "lol", text)  # the corpus spells it so
    text = re.sub(r"\bi'm too(?= [.!?]|$)", "i am too", text)
    text = re.sub(r"(\w) ' (\w{1,2}\b)", r"\1'\2", text)
    text = re.sub(r"\s+([,.!?;:%])", r"\1", text)
    return re.sub(r"\$ (\d)", r"$\1", text)


def tidy_turn(text: str) -> str:
    """Give a typed message capitals, apostrophes and an end, and take its smileys away.

    Args:
        text: One message, or several lines of one.

    Returns:
        One line whose sentences start with a capital and end with a sign; may be empty.

    Example:
        >>> tidy_turn("hi!!! i dont mind :) what do you do")
        "Hi! I don't mind. What do you do?"
    """
    text = _SMILEY.sub(" \n", plain(text))
    parts = [_tidy_line(line) for line in text.split("\n")]
    return " ".join(part for part in parts if part)


def _tidy_line(text: str) -> str:
    text = re.sub(r"([!?,])\1+", r"\1", _BLANKS.sub(" ", text).strip())
    text = re.sub(r"\.{4,}|(?<!\.)\.\.(?!\.)", "...", text)
    text = re.sub(r"\s+([,.!?;])(?=\s|$)", r"\1", text).lstrip(",.;!?- ").rstrip(",;:- ")
    if not re.search(r"\w", text):
        return ""
    text = _BARE_WORD.sub(lambda found: _BARE[found[1]], text)
    text = _end(text)
    return _SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)


def _end(text: str) -> str:
    if text[-1] in ".!?" or (text[-1] in "\"'" and text[-2:-1] in tuple(".!?")):
        return text
    words = re.split(r"[.!?]", text)[-1].strip(" \"'")
    asks = _QUESTION.match(words) and not _EXCLAMATION.match(words) and not _STATEMENT.match(words)
    return text + ("?" if asks or _ASKS_BACK.search(words) else ".")


def fits_chat(text: str) -> bool:
    """Tell whether a message is words only: no address, bracket, markup or foreign script.

    Example:
        >>> fits_chat("Café or tea?"), fits_chat("see www.example.org")
        (True, False)
    """
    return bool(_LATIN.fullmatch(text)) and not _FORBIDDEN.search(text)


def is_latin(text: str) -> bool:
    """Tell whether a text stays within European letters and keyboard signs.

    Example:
        >>> is_latin("A caf\u00e9."), is_latin("\u4f60\u597d")
        (True, False)
    """
    return bool(_LATIN.fullmatch(text))


def word_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Compile a list of words into one pattern; a final ``*`` stands for any ending.

    Args:
        words: Lower-case words.

    Returns:
        The pattern, or None where the list is empty.

    Example:
        >>> bool(word_pattern(["darn*"]).search("Darned!"))
        True
    """
    parts = [re.escape(word).replace(r"\*", r"\w*") for word in words]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE) if parts else None


def split_sentences(paragraph: str) -> list[str]:
    """Split a paragraph at the blanks that follow a sentence's end.

    Example:
        >>> split_sentences('"Come!" said Mr. Fox. He ran. Then he fell.')
        ['"Come!" said Mr. Fox.', 'He ran.', 'Then he fell.']
    """
    pieces = []
    begin = 0
    for found in _SENTENCE_END.finditer(paragraph):
        pieces.append(paragraph[begin : found.end()].strip())
        begin = found.end()
    return [piece for piece in [*pieces, paragraph[begin:].strip()] if piece]


def join_chunks(paragraphs: Sequence[str], size: int) -> Iterator[str]:
    """Join paragraphs into chunks of about ``size`` characters, ending at paragraph ends.

    Args:
        paragraphs: Paragraphs in order. One longer than ``size`` is cut at sentence ends.
        size: Characters in a chunk, ``>= 1``; 0 joins everything into one.

    Returns:
        The chunks, paragraphs parted by an empty line.

    Example:
        >>> list(join_chunks(["One.", "Two.", "Three."], size=9))
        ['One.\\n\\nTwo.', 'Three.']
    """
    held: list[str] = []
    length = 0
    for paragraph in paragraphs:
        for piece in _cut(paragraph, size):
            if held and size and length + len(piece) > size:
                yield "\n\n".join(held)
                held, length = [], 0
            held.append(piece)
            length += len(piece)
    if held:
        yield "\n\n".join(held)


def _cut(paragraph: str, size: int) -> Iterator[str]:
    if not size or len(paragraph) <= size:
        yield paragraph
        return
    held = ""
    for sentence in split_sentences(paragraph):
        if held and len(held) + len(sentence) > size:
            yield held
            held = ""
        held = f"{held} {sentence}".strip()
    yield held
