"""Which nouns a Chinese sentence asks for."""

import re
from dataclasses import dataclass

# what may stand before a request verb in its clause
_COURTESY = (
    r"(?:请问|请|麻烦|拜托|劳烦|帮忙|[帮给替为让]我|帮|给|替|为|能不能|能否|可不可以|可以|可否|能|想让|想请|我要你|想看|不如|我(?=[想要需])|"
    r"你|您|来(?=[写作编填续])|要不|那就|那|就|现在|再|先|快|试着|随便|即兴)"
)
_WITH = r"(?:(?:根据|用|以|按|关于|给|替|为(?!什么|何)|把|仿照|学着|照着|围绕|模仿)[^，。：；！？]{1,24}?)"
_WRITE = (
    r"续写|接着写|往下写|接下去|讲完|写出|给出|模拟|编写|撰写|创作|生成|起草|改写|播报|实现|定义|设计|"
    r"写(?![的了过着得完错字信])|写完(?!了)|作(?![业文用为品家者息])|编(?![辑程])|续|赋|吟|赐|凑|填(?![空表])|拟"
)
_OFFER = (
    r"(?:来|出|讲讲|讲|说说|说|做|弄|整|搞|给我|念|想要|要听|想听|听听|要|想读|需要|想(?=[一个首篇段]))"
    r"(?![写作编填续来讲说做弄整搞念想])"
)
_REQUEST = re.compile(
    rf"(?:^|(?<=[，：；,:; ])){_COURTESY}{{0,5}}?(?:{_WITH}{_COURTESY}{{0,3}}?){{0,2}}?"
    rf"(?:(?:{_WRITE})|(?P<offer>{_OFFER}))"
)
_COUNTED = re.compile(r"$|[一两三四五几\d]|[个首篇段点些则条部句阕份](?!人)")
_WHETHER = re.compile(r"[^，。！？]{0,3}(?:吗|么|难|有用|好玩)")
_ABLE = re.compile(r"(?:能|可以|可不可以|能不能|能否)")
_PARTED = re.compile(r"[，。：；！？]")
_LONGEST_GAP = 24
_TOPIC = re.compile(r"(?:关于|有关|介绍|描写)[^，。：；！？]{1,24}的")
_CLAUSE = re.compile(r"[^，。：；！？,:]*$")
_TALK = re.compile(
    r"[我你您他她它咱这那谁吗呢了过爱看读听很太真没不别会想觉知背学爸妈]"
    r"|喜欢|作业|老师|学校|朋友|爷爷|奶奶"
)
_ALONE = re.compile(r"[吧呗！。!. ]*$|[，,：:](?:主题|题目|内容|关键词|关于|[写咏讲藏])")
_COUNTED_AFTER = re.compile(r"[：: ]|[一两三四五几][首篇个段则条部阕]")
_OF_KIND = re.compile(r"(?:体裁|形式|格式|类型|文体)[：:是为]?$")


@dataclass(frozen=True)
class Asking:
    """Words by which something is asked for.

    Args:
        begin: Where they begin in the sentence.
        end: The place behind them.
        offer: The verb asks for a thing only with a number or directly before it: 来一首, 讲故事.
        able: They may as well ask whether it can be done: 你能写.
    """

    begin: int
    end: int
    offer: bool
    able: bool


def find_askings(sentence: str) -> list[Asking]:
    """Find the requests of a sentence.

    Example:
        >>> [(one.begin, one.end) for one in find_askings("谢谢，请帮我写一首诗")]
        [(3, 7)]
    """
    return [
        Asking(one.start(), one.end(), one["offer"] is not None, bool(_ABLE.search(one[0])))
        for one in _REQUEST.finditer(sentence)
    ]


def skip_courtesy(text: str) -> int:
    """Give the place where a message comes to the point, behind polite words.

    Example:
        >>> "请帮我实现二分查找"[skip_courtesy("请帮我实现二分查找"):]
        '实现二分查找'
    """
    found = re.match(rf"{_COURTESY}*", text)
    return found.end() if found else 0


def hide_topics(sentence: str) -> str:
    """Blank what a text is to be about, so that 关于小说的诗 asks for no novel.

    Example:
        >>> hide_topics("写一首关于小说的诗")
        '写一首〇〇〇〇〇诗'
    """
    return _TOPIC.sub(lambda found: "〇" * len(found[0]), sentence)


def rate_noun(sentence: str, begin: int, end: int, askings: list[Asking]) -> float:
    """Tell how surely a noun is asked for.

    Args:
        sentence: Any sentence.
        begin: Where the noun begins.
        end: The place behind it.
        askings: The requests of the sentence.

    Returns:
        1 where a request verb leads to it, or where it makes a request by itself; 0.8 where a verb
        comes back to it; 0.2 where the question may be what can be done; 0 where it is only mentioned.

    Example:
        >>> rate_noun("写一首诗", 3, 4, find_askings("写一首诗")), rate_noun("我喜欢诗", 3, 4, [])
        (1.0, 0.0)
    """
    if _is_phrase(sentence, begin, end):
        return 1.0
    best = 0.0
    for one in askings:
        gap = sentence[one.end : begin]
        if one.end <= begin and len(gap) <= _LONGEST_GAP and not _PARTED.search(gap):
            best = max(best, _rate_ahead(sentence, end, gap, one))
        elif begin < one.end and not one.offer:
            best = max(best, 0.8)
    return best


def _rate_ahead(sentence: str, end: int, gap: str, asking: Asking) -> float:
    if asking.offer and not _COUNTED.match(gap):
        return 0.0
    if not gap and _WHETHER.match(sentence, end):
        return 0.2
    return 0.6 if sentence[end : end + 1] == "的" else 1.0


def _is_phrase(sentence: str, begin: int, end: int) -> bool:
    """Tell whether a sentence is no more than its noun and what that is about: 关于雪的诗, 新闻：洪水."""
    start = skip_courtesy(sentence)
    if sentence[begin:end].isascii():
        return False
    if start == begin and _COUNTED_AFTER.match(sentence, end):
        return True
    if _OF_KIND.search(sentence, 0, begin):
        return True
    before = _CLAUSE.search(sentence, start, begin)
    plain = before is not None and not _TALK.search(before[0])
    return plain and bool(_ALONE.match(sentence, end))
