"""Chinese verse as records: form and subject, then the poem, a line of verse a line of text."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.rows import Draft, text_of, texts_of
from chatlstm.pipeline.text_files import Row

# characters that are a subject by themselves
SUBJECTS = frozenset(
    "月星云风雨雪霜露雷春夏秋冬山水江河湖海溪泉花草树梅兰竹菊柳松荷莲桃李杏桂枫叶"
    "鸟燕雁莺鹤鹊鸦马鱼蝶蝉猿牛酒茶琴棋画诗剑笛钟灯烛舟船桥楼亭寺村城田园雾虹梦愁泪乡"
)
_DULL = frozenset(  # a pair of characters with one of these is no subject
    "不何莫无未谁岂若如今此彼其之是非欲须堪应可自相已更又还且亦犹只但即便却曾将从为因与"
    "有在来去得知见说道似当时个者也哉乎矣一二三四五六七八九十百千万几多少同共更最尽皆都"
)
_PAIR_COUNTS = range(20, 801)  # rarer pairs are no words, more frequent ones say little
_FOREIGN = re.compile(r"[^\u4e00-\u9fff，。、\n]")
_MOST_TITLE = 4


def read_shi(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``form``, ``title`` and ``lines``, an even number of them.

    Yields:
        Form and subject, such as ``"五绝 明月 故乡"``, and the poem, a line of verse a line of text.
    """
    poems = []
    for row in rows:
        lines = texts_of(row, "lines")
        text = "\n".join(line + "，。"[place % 2] for place, line in enumerate(lines))
        if not _FOREIGN.search(text):
            poems.append((text_of(row, "form"), text_of(row, "title").split(" ")[0], text))
    yield from _head_poems(poems)


def read_ci(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``rhythmic``, the tune, and ``text``.

    Yields:
        Tune and subject, such as ``"词 浣溪沙 春"``, and the poem, a line of verse a line of text.
    """
    poems = []
    for row in rows:
        tune = text_of(row, "rhythmic")
        text = re.sub(r"，\n?", "，\n", text_of(row, "text").strip())
        if not _FOREIGN.search(tune + text) and tune not in filters.drop_phrases:
            poems.append((f"词 {tune}", "", text))
    yield from _head_poems(poems)


def _head_poems(poems: list[tuple[str, str, str]]) -> Iterator[Draft]:
    """Put form and subject before each poem; the poem itself decides by its hash which."""
    counts = Counter(pair for _, _, text in poems for pair in list_pairs(text))
    for form, title, text in dict.fromkeys(poems):
        draw = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        yield (" ".join((form, *choose_subject(text, title, counts, draw))), text), ""


def choose_subject(text: str, title: str, counts: Counter[str], draw: int) -> list[str]:
    """Choose the words that a poem is asked for by.

    Args:
        text: The poem, a line of verse a line of text.
        title: Its title; empty where it has none.
        counts: How often each pair of characters stands in such poems.
        draw: Any number; it decides.

    Returns:
        In one of eight poems nothing; in another the title, where that is short; in two a single
        character that names a thing; else one or two words of the poem, those of its title first.

    Example:
        >>> choose_subject("床前明月光，\\n疑是地上霜。", "静夜思", Counter(), draw=1)
        ['静夜思']
    """
    kind, draw = draw % 8, draw // 8
    if kind == 0:
        return []
    if kind == 1 and title and len(title) <= _MOST_TITLE:
        return [title]
    pairs = [pair for pair in list_pairs(text) if counts[pair] in _PAIR_COUNTS and not _DULL & set(pair)]
    things = [character for character in text if character in SUBJECTS]
    words = things if things and (kind <= 3 or not pairs) else pairs
    if not words:
        return []
    telling = [word for word in words if word in title] or words
    chosen = telling[draw % len(telling)]
    others = [word for word in words if not set(word) & set(chosen)]
    if kind < 6 or not others:
        return [chosen]
    return [chosen, others[draw // len(telling) % len(others)]]


def list_pairs(text: str) -> list[str]:
    """List the pairs of characters that are units of a line's rhythm.

    Args:
        text: A poem, a line of verse a line of text.

    Returns:
        Those that a line opens with, the next ones, and both of its last three characters.

    Example:
        >>> list_pairs("床前明月光，")
        ['床前', '明月', '月光']
    """
    pairs = []
    for line in re.split(r"[，。、\n]+", text):
        places = {*range(0, len(line) - 3, 2), len(line) - 3, len(line) - 2}
        pairs += [line[place : place + 2] for place in sorted(places) if place >= 0]
    return pairs
