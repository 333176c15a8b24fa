"""The names of a story, when each was last heard, and which should come back."""

import re

from chatlstm.plugin import signs_of

SIZE = 6  # names at most that are kept in mind
PAUSE = {"en": 60, "zh": 100}  # words, or characters, after which a name is missed

_CAPITAL = re.compile(r"(?<=[a-z,;] )((?:the |of )*)([A-Z][a-z]{2,})\b(?: [A-Z][a-z]+)*")  # no titles of books
_FIRST = re.compile(
    r"(?:^|[.!?\"'\n]\s*)([A-Z][a-z]{1,}[a-rt-z])\b"
    r"(?= (?:and|was|had|is|has|ran|went|said|saw|came|felt|knew|took|got|made|thought|told|loved|\w{2,}ed)\b)"
)
_NO_NAMES = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September"
    r"|October|November|December|Christmas|Easter|God|Lord|Heaven|Sir|Mrs|Miss|Madam|English|French|German|The|Then|There"
    r"|They|She|His|Her|Its|Our|Your|This|That|These|Those|What|Who|When|Where|Which|While|How|Why|But|And|For|Nor|Not|Now"
    r"|Once|One|All|Some|Many|Most|Both|Each|Every|Everyone|Everything|Nobody|Nothing|Someone|Something|Here|Yes|Well"
    r"|Suddenly|Soon|After|Before|Later|Today|Tomorrow|Yesterday|Finally|Chapter|You|Let|Please|Thank|Thanks|With|Without|From"
)
_SAYS = re.compile(
    r"(?:^|[。！？；，：”\s])([\u4e00-\u9fff]{2,3}?)[便就又也忙即乃因冷微大含陪哭怒喝连急答笑叹]{0,2}[道说问曰](?=[：，。])"
)
_NO_NAMES_ZH = re.compile(
    r".*(?:[他她它我你您咱俺谁这那有个一二两三众只还如因所说话问听见想了着的是不得之其人都便就又也忙笑]"
    r"|大家|各位|先生|太太|心中|心里|口中|嘴里).*"
)


class Names:
    """Who is in a story.

    Args:
        language: ``"en"`` or ``"zh"``.
        opening: The text before; its names are the first.

    Example:
        >>> names = Names("en", "Once there was a boy named Tom.")
        >>> names.hear("He met his friend Lily. " * 20)
        >>> names.known, names.list_missed()
        (['Tom', 'Lily'], ['Tom'])
    """

    def __init__(self, language: str, opening: str) -> None:
        self._language = language
        self._heard: dict[str, int] = {}  # the word at which each name was last heard
        self._words = 0
        self.hear(opening)

    @property
    def known(self) -> list[str]:
        """The names, in the order in which they came."""
        return list(self._heard)

    def hear(self, text: str) -> None:
        """Read on."""
        self._words += count_words(text, self._language)
        for name in find_names(text, self._language):
            if len(self._heard) < SIZE:
                self._heard.setdefault(name, self._words)
        for name in self.list_mentioned(text):
            self._heard[name] = self._words

    def list_mentioned(self, text: str) -> list[str]:
        """List the known names that stand in a text."""
        return [name for name in self._heard if has_name(name, text)]

    def list_missed(self) -> list[str]:
        """List the names that were not heard for a while, the longest missed first."""
        pause = PAUSE[self._language]
        missed = [name for name, heard in self._heard.items() if self._words - heard > pause]
        return sorted(missed, key=lambda name: self._heard[name])

    def list_strangers(self, text: str) -> list[str]:
        """List the names in a text that are not known."""
        return [name for name in find_names(text, self._language) if name not in self._heard]


def find_names(text: str, language: str) -> list[str]:
    """List the names in a text, each once.

    In English these are words with a capital within a sentence, and at its start before some verbs; in
    Chinese whoever is said to speak.

    Args:
        text: Any text.
        language: ``"zh"``, or anything else for English.

    Example:
        >>> find_names("Tom was sad. Then he saw Lily.", "en"), find_names("宝玉笑道：“好。”", "zh")
        (['Lily', 'Tom'], ['宝玉'])
    """
    if language == "zh":
        return list(dict.fromkeys(name for name in _SAYS.findall(text) if not _NO_NAMES_ZH.match(name)))
    found = [name for title, name in _CAPITAL.findall(text) if not title] + _FIRST.findall(text)
    return list(dict.fromkeys(name for name in found if not _NO_NAMES.fullmatch(name)))


def has_name(name: str, text: str) -> bool:
    """Tell whether a name stands in a text, as a whole word in English."""
    return bool(re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![a-z])", text))


def count_words(text: str, language: str) -> int:
    """Count words by blanks; in Chinese all characters that are no blanks.

    Example:
        >>> count_words("He ran off.", "en"), count_words("他 跑了。", "zh")
        (3, 4)
    """
    return len(text.split()) if signs_of(language).blank else len("".join(text.split()))
