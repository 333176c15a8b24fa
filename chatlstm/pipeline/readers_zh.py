"""How the rows of Chinese novels and news become turns."""

import re
from collections.abc import Iterable, Iterator

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.cleaning import join_chunks
from chatlstm.pipeline.rows import Draft, mark_style, text_of
from chatlstm.pipeline.text_files import Row

SHORTEST = 100  # characters of a passage without a gap that is worth a record
LONGEST_KEYWORD = 6  # characters

_SIGNS = str.maketrans(",:∶;!()─－‧", "，：：；！（）——·")
_VARIANTS = str.maketrans("後於麽夥徵摺類嚇甯汙", "后于么伙征折类吓宁污")  # left by converters of script
_OLD_ZHE = re.compile(r"(?<![名显原昭编论译土卓专巨新])著(?![名作书述者称录])")  # where 着 is meant
_BLANKS = re.compile(r"[ \t\u3000\u200b\ufeff]+")
_NOTE = re.compile(r"([\u4e00-\u9fff]{2,8}?)\1(?:此指|此为|指|即)[^。]{1,40}。")  # a footnote run into the text
_PROSE = re.compile(r"[\u4e00-\u9fff，。、；：？！“”‘’（）《》…—·]*[。！？…：—”’]")
_TITLE = re.compile(r"[\u4e00-\u9fff○]{1,30}")
_CHAPTER = re.compile(
    r"(?:^|(?<=[。！？”]))[\u4e00-\u9fff]{0,18}第[一二三四五六七八九十百零〇○]{1,5}回"
    r"(?:[\u4e00-\u9fff，]{6,40}?(?=[话却且单再]说|单表|诗曰|词曰)|[\u4e00-\u9fff，]*$|[\u4e00-\u9fff]{10}[^。！？]*[。！？]”?)"
)
_SENTENCE = re.compile(r"[^。！？…]*[。！？…]+[”’）]*|[^。！？…]+$")
_FOREIGN_NAME = re.compile(r"\s*[(（][A-Za-z][^()（）]*[)）]")
_NEWS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9 ，。、；：？！“”‘’（）《》—·.%-]+")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_EDGE = "的了在和与及对将为是说等就称被并向从"


def read_chapters(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold whole books as ``text``, heads of chapters among the paragraphs.

    What stands between two heads is a document. What is no prose, such as verse, dates, notes and
    damaged print, is left out, and no record runs across it.
    """
    for row in rows:
        for document, paragraphs in _passages(text_of(row, "text")):
            pieces = [piece for one in paragraphs for piece in _cut(one, filters.chunk_characters)]
            for chunk in join_chunks(pieces, filters.chunk_characters):
                if len(chunk) >= SHORTEST and not any(one in chunk for one in filters.drop_phrases):
                    yield mark_style(chunk, filters.style, document)


def _passages(text: str) -> Iterator[tuple[str, list[str]]]:
    document = ""
    held: list[str] = []
    for line in _join_speeches(_lines(text)):
        paragraph = mend_quotes(line) if _PROSE.fullmatch(line) else ""
        if paragraph:
            document = document or paragraph[:24]
            held.append(paragraph)
            continue
        yield document, held
        held = []
        document = document if line else ""
    yield document, held


def _lines(text: str) -> Iterator[str]:
    """Give the lines of a book, an empty one for each head."""
    for raw in text.split("\n"):
        line = _BLANKS.sub("", raw).translate(_SIGNS).translate(_VARIANTS)
        line = _NOTE.sub(r"\1", _OLD_ZHE.sub("着", re.sub(r"\?(?=”|$)", "？", line)))
        yield from ("",) if _TITLE.fullmatch(line) else _CHAPTER.sub("\n\n", line).split("\n")


def _join_speeches(lines: Iterable[str]) -> Iterator[str]:
    """Put together what a printer parted within a speech."""
    before = ""
    for line in lines:
        if _opens(before) and _PROSE.fullmatch(line) and not _opens(before + line):
            before += line
            continue
        yield before
        before = line
    yield before


def _opens(text: str) -> bool:
    return text.count("“") > text.count("”")


def mend_quotes(text: str) -> str:
    """Write quotation within quotation in single marks.

    Returns:
        The text, or nothing where its marks do not close.

    Example:
        >>> mend_quotes("他道：“你说“好”？”"), mend_quotes("他道：“好。")
        ('他道：“你说‘好’？”', '')
    """
    depth = 0
    signs = []
    for sign in text:
        opens, closes = sign in "“‘", sign in "”’"
        depth -= closes
        signs.append("“”‘’"[2 * (depth > 0) + closes] if opens or closes else sign)
        depth += opens
        if depth not in (0, 1, 2):
            return ""
    return "" if depth else "".join(signs)


def _cut(paragraph: str, size: int) -> Iterator[str]:
    """Part a paragraph longer than ``size`` at ends of sentences outside quotation."""
    if not size or len(paragraph) <= size:
        yield paragraph
        return
    held = ""
    for sentence in _SENTENCE.findall(paragraph):
        if held and not _opens(held) and len(held) + len(sentence) > size:
            yield held
            held = ""
        held += sentence
    yield held


def read_voa_zh(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read articles that hold ``title`` and ``text``; their keywords stand in both."""
    for row in rows:
        title = _BLANKS.sub(" ", text_of(row, "title").strip().split("\n")[0].strip())
        body = "\n\n".join(_first_sentences(text_of(row, "text"), filters.max_words))
        keywords = shared_words(title, body)[: filters.keywords]
        if keywords and _NEWS.fullmatch(title) and not title.endswith("。"):
            yield ("、".join(keywords), f"{title}\n\n{body}"), ""


def _first_sentences(text: str, limit: int) -> Iterator[str]:
    """Give whole sentences of each paragraph, together ``limit`` characters at most."""
    for raw in text.split("\n"):
        line = _FOREIGN_NAME.sub("", raw).translate(_SIGNS).strip()
        kept = ""
        for sentence in _SENTENCE.findall(line) if _NEWS.fullmatch(line) else ():
            limit -= len(sentence)
            kept += sentence if limit >= 0 else ""
        if kept.endswith(("。", "！", "？", "”")):
            yield kept


def shared_words(title: str, body: str) -> list[str]:
    """Find strings of two to six characters that stand in title and body, often or long.

    Returns:
        The strings in the order of the title, none within another.

    Example:
        >>> shared_words("洪水袭击村庄", "昨夜洪水冲毁了一座村庄。")
        ['洪水', '村庄']
    """
    found: list[str] = []
    for run in _HAN.findall(title):
        place = 0
        while place < len(run):
            words = [run[place : place + size] for size in range(2, LONGEST_KEYWORD + 1)]
            best = max(words, key=lambda word: (len(word) - 1) * body.count(word))
            word = best.strip(_EDGE) if best in body else ""
            if len(word) > 1 and not any(word in one or one in word for one in found):
                found.append(word)
            place += len(best) if best in body else 1
    return found
