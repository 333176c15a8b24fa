"""What a Chinese poem is asked to be, read from options and from the person's words."""

import re
from dataclasses import dataclass

from chatlstm.plugin import Request
from chatlstm_poetry.options import CHINESE_FORMS, FORM, HEADS, TUNE
from chatlstm_poetry.patterns import CI, list_patterns
from chatlstm_poetry.related import RELATED
from chatlstm_poetry.tunes import NAMES, TUNES

MOST_SUBJECTS = 3
_LONGEST_WORD = 4
_NAMED_FORMS = {
    "五言绝句": "五绝",
    "七言绝句": "七绝",
    "五言律诗": "五律",
    "七言律诗": "七律",
    "五绝": "五绝",
    "七绝": "七绝",
    "五律": "五律",
    "七律": "七律",
    "绝句": "七绝",
    "律诗": "七律",
    "词牌": "词",
    "首词": "词",
    "填词": "词",
}
_QUOTED = re.compile(r"[“\"「『《‘']([^”\"」』》’']+)[”\"」』》’']")
_FILLED = re.compile(r"填(?:一)?(?:首|阕)?(?:词)?([\u4e00-\u9fff]{3,5}?)(?=[，。,\s]|吧|$)")
_HEADS = (
    re.compile(r"藏头(?:诗)?(?:[，,：:]|是|为|\s)\s*([\u4e00-\u9fff]{2,})"),
    re.compile(r"([\u4e00-\u9fff]{2,}?)\s*(?:为头|开头|打头|作头|为题|的)?(?:的|写|作)*(?:一首)?(?:五言|七言)?藏头"),
)
_ASKED = re.compile(  # what of a sentence is asking and no subject
    r"请|麻烦|帮我|给我|为我|我想要?|能不能|可以|你能|(?:再|重新)?(?:来|作|写|吟|赋|填|做|要)(?=.{0,2}[首阕篇诗词绝律])|再来|重新|"
    r"^[用咏以]|[用以](?=\s)|[一两]?[首阕篇]|关于|有关|描写|写|主题是|题目是|[以用](?=.*为)|为题|为主题|藏头|古诗|诗词|诗歌|唐诗|宋词|小诗|词牌|"
    r"的|诗|词|吗|吧|呢|谢谢|" + "|".join(_NAMED_FORMS)
)
_LEADING = re.compile(r"^(?:[一两]?[首阕篇]|关于|有关|描写|歌咏|咏|写)+")
_ABOUT = (
    re.compile(r"(?:关于|有关|描写|歌咏|咏|写)([\u4e00-\u9fff、和与]{1,12}?)的"),
    re.compile(r"以([\u4e00-\u9fff、和与]{1,12}?)为(?:主)?题"),
    re.compile(r"(?:关于|有关|主题是|题目是)([\u4e00-\u9fff、和与]{1,12})"),
)
_PARTED = re.compile(r"[\W_]+|(?<=[\u4e00-\u9fff]{2})[和与跟](?=[\u4e00-\u9fff]{2})")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Args:
        form: One of the Chinese forms.
        tune: Of a 词, as the tunes are named here.
        heads: Characters that the lines begin with; empty where any do.
        subjects: Words that the poem is about, three at most.
    """

    form: str
    tune: str = ""
    heads: str = ""
    subjects: tuple[str, ...] = ()


def read_wish(request: Request) -> Wish:
    """Read what is asked for; an option goes before the sentence.

    Raises:
        MisuseError: The tune is not known; the sentence lists those that are.

    Example:
        >>> read_wish(Request("写一首关于月亮的七绝"))
        Wish(form='七绝', tune='', heads='', subjects=('月亮',))
        >>> read_wish(Request("春夏秋冬 藏头诗"))
        Wish(form='七绝', tune='', heads='春夏秋冬', subjects=())
    """
    text = request.text.strip()
    heads = re.sub(r"\W", "", HEADS.read(request.options)) or _find_heads(text)
    tune = TUNE.read(request.options) or _find_tune(text)
    form = FORM.read(request.options)
    if form not in CHINESE_FORMS:
        form = _find_form(text, heads, tune)
    if form == CI:
        tune = list_patterns(CI, tune or _choose_tune(heads))[0].name
    rest = text.replace(heads, " ") if heads else text
    for word in (*TUNES, *NAMES):
        rest = rest.replace(word, " ") if tune else rest
    return Wish(form, tune if form == CI else "", heads, _find_subjects(rest))


def _find_form(text: str, heads: str, tune: str) -> str:
    if tune:
        return CI
    for name, form in _NAMED_FORMS.items():
        if name in text:
            return form
    return "七律" if len(heads) > 4 else "七绝"


def _choose_tune(heads: str) -> str:
    """Take the first tune that has a line for each head."""
    for tune in TUNES:
        if len(heads) <= len(list_patterns(CI, tune)[0].lines):
            return tune
    return next(iter(TUNES))


def _find_tune(text: str) -> str:
    for name in (*NAMES, *TUNES):
        if name in text:
            return name
    filled = _FILLED.search(text)
    return _ASKED.sub("", filled[1]) if filled else ""


def _find_heads(text: str) -> str:
    if "藏头" not in text:
        return ""
    quoted = _QUOTED.search(text)
    if quoted:
        return re.sub(r"\W", "", quoted[1])
    for pattern in _HEADS:
        for found in pattern.finditer(text):
            heads = _ASKED.sub("", re.sub(r"^请?[用以]", "", found[1]))
            if heads:
                return heads
    return ""


def _find_subjects(text: str) -> tuple[str, ...]:
    """Find the words a sentence is about; all of it where it does not say."""
    about = next((found[1] for pattern in _ABOUT if (found := pattern.search(text))), "")
    rest = _LEADING.sub("", about) or _ASKED.sub(" ", text)
    words = [word for word in _PARTED.split(rest) if word]
    short = [part for word in words for part in _shorten(word)]
    return tuple(dict.fromkeys(short))[:MOST_SUBJECTS]


def _shorten(word: str) -> list[str]:
    """Cut a sentence down to the subjects in it that are known."""
    if len(word) <= _LONGEST_WORD or not "\u4e00" <= word[0] <= "\u9fff":
        return [word]
    known = sorted((word.index(one), one) for one in RELATED if len(one) > 1 and one in word)
    return [one for _, one in known] or [word[-2:]]
