"""Make Chinese text from many hands look as if one careful person had typed it."""

import html
import re
import unicodedata
from collections.abc import Iterable

_UNSEEN = (
    "Cc",
    "Cf",
    "Co",
    "Cs",
    "Mn",
    "Sk",
    "So",
)  # control, formatting, pictures and their colours
_WIDE = str.maketrans(",!?:;~", "，！？：；～")  # what normalising has made narrow
_QUOTES = str.maketrans(
    {"「": "“", "」": "”", "『": "“", "』": "”", "《": "", "》": "", "〈": "", "〉": ""}
)
_NARROW_KEPT = re.compile(r"(?<=\d)[：．](?=\d)")  # 9:30
_STOP = re.compile(r"(?<![\dA-Za-z])\.(?!\.)|\.(?![\dA-Za-z.])")
_DOTS = re.compile(r"\.{2,}|。{2,}|…+|·{2,}|(?:。\.|\.。)[。.]*")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_BLANK = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")  # only between two Latin words a blank may stay
_CRY = re.compile(r"[！？]{2,}")
_AGAIN = re.compile(r"([，、；：～])[，、；：～]+")
_STRETCHED = re.compile(r"([^\W\d])\1{3,}")
_LOOSE = " ，、；：～—-·"
_CLOSED = re.compile(r"[。！？…][”’]?$")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_ALLOWED = re.compile(
    r"(?:[\u4e00-\u9fffA-Za-z0-9，。！？：；、“”‘’…—·%]|(?<=\d)[-.:](?=\d)|(?<=[A-Za-z]) (?=[A-Za-z]))+"
)
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_LONG_NUMBER = re.compile(r"\d{5}")  # of a telephone, or of laughter
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|cn|net|org)\b|@")
_ASKING = re.compile(
    r"什么|谁|哪|怎么|怎样|为何|多少|几点|几个|几岁|几次|多大|多久|多远|干嘛|干吗|如何|咋"
    r"|是不是|有没有|能不能|可不可以|好不好|要不要|会不会|对不对|行不行|想不想|喜不喜欢"
)
_NOT_ASKING = re.compile(
    r"没什么|没有什么|不怎么|没怎么|不知道|不清楚|不晓得|不管|无论|(?:什么|谁|哪.?|怎么)[^，]{0,4}[都也]|多少有|[你我他她]们?说什么就"
)
_ASKS_BACK = re.compile(r"(?:^|[，。！？…])(?:那|那么)?(?:你|您|他|她|它|你们|人|今天|明天)呢$")
LATIN_LETTERS = 12  # of a Chinese message at most
CHARACTERS_OF_WORD = 4  # where blanks are rarer than that, they part sentences, not words


def tidy_chinese(text: str) -> str:
    """Give a typed Chinese message full-width punctuation and an end; take blanks, pictures and title marks away.

    Args:
        text: One message, tokenised or not, or several lines of one.

    Returns:
        One line that ends with 。, ！ or ？; may be empty.

    Example:
        >>> tidy_chinese("你好 ! 我 很 好,你呢")
        '你好！我很好，你呢？'
        >>> tidy_chinese("我到家了 你快点来吧")
        '我到家了，你快点来吧。'
        >>> tidy_chinese("哈哈哈哈哈哈😂。。。9:30出门,才4.5元～～")
        '哈哈哈……9:30出门，才4.5元。'
    """
    text = html.unescape(text).translate(_QUOTES)
    text = "".join(one for one in " ".join(text.split()) if _is_seen(one))
    text = unicodedata.normalize("NFKC", text.replace("…", "..."))
    if len(_GAP.findall(text)) * CHARACTERS_OF_WORD < len(_HANZI.findall(text)):  # not each word has one
        text = _GAP.sub("，", text)
    text = _BLANK.sub("", _DOTS.sub("……", text).translate(_WIDE))
    text = _STOP.sub("。", _NARROW_KEPT.sub(":", text))
    text = _AGAIN.sub(r"\1", _CRY.sub(_join_cries, text)).replace("～", "，")
    text = _DOTS.sub("……", _STRETCHED.sub(r"\1\1\1", _pair_quotes(text)))
    text = re.sub(r"([，。！？；：])[，。；：]+", r"\1", text)
    return _end(text.lstrip(_LOOSE + "。！？….").rstrip(_LOOSE).removesuffix("……").rstrip(_LOOSE))


def fits_chinese_chat(text: str) -> bool:
    """Tell whether a message is simplified Chinese words: no address, bracket, long number or much Latin.

    A character that GB 2312 does not know is traditional, or too rare for small talk.

    Example:
        >>> fits_chinese_chat("我在学Python。"), fits_chinese_chat("我們走吧。"), fits_chinese_chat("你好（笑）。")
        (True, False, False)
    """
    if not _HANZI.search(text) or not _ALLOWED.fullmatch(text):
        return False
    if (
        _LONG_NUMBER.search(text)
        or len(_LATIN_LETTER.findall(text)) > LATIN_LETTERS
        or _ADDRESS.search(text)
    ):
        return False
    return is_simplified(text)


def is_simplified(text: str) -> bool:
    """Tell whether GB 2312, the standard of 1980 for simplified characters, knows every Chinese character.

    Example:
        >>> is_simplified("汉字"), is_simplified("漢字")
        (True, False)
    """
    try:
        "".join(_HANZI.findall(text)).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def phrase_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Compile a list of words into one pattern that finds them anywhere, since nothing parts Chinese words.

    Args:
        words: The words.

    Returns:
        The pattern, or None where the list is empty.

    Example:
        >>> bool(phrase_pattern(["笨蛋"]).search("你这个笨蛋！"))
        True
    """
    parts = [re.escape(word) for word in words]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _is_seen(one: str) -> bool:
    return unicodedata.category(one) not in _UNSEEN


def _join_cries(found: re.Match[str]) -> str:
    return "？" if "？" in found[0] else "！"


def _pair_quotes(text: str) -> str:
    if text.count('"') % 2:
        return text.replace('"', "")
    parts = text.split('"')
    return "".join(
        part + ("" if n == len(parts) - 1 else "“”"[n % 2]) for n, part in enumerate(parts)
    )


def _end(text: str) -> str:
    if not text or _CLOSED.search(text):
        return text
    return text + ("？" if _asks(text) else "。")


def _asks(text: str) -> bool:
    sentence = re.split(r"[。！？…]", text)[-1]
    if re.search(r"(?<!什)(?<!怎)(?<!这)(?<!那)[吗么]$", sentence) or _ASKS_BACK.search(sentence):
        return True
    last = sentence.split("，")[-1]
    return (
        bool(_ASKING.search(last))
        and not _NOT_ASKING.search(sentence)
        and not last.endswith(("吧", "啦", "的"))
    )
