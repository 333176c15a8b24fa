"""What form an English request asks for, and on which subject."""

import re

from chatlstm_poetry.pronunciation import LIGHT, list_words

FORMS = {
    "couplet": "couplet",
    "quatrain": "quatrain",
    "ballad": "quatrain",
    "limerick": "limerick",
    "haiku": "haiku",
    "sonnet": "sonnet",
}
MOST_SUBJECTS = 3
_FORM = re.compile(rf"\b({'|'.join(FORMS)})s?\b", re.IGNORECASE)
_KIND = re.compile(r"\b(?:poems?|poetry|verses?|rhymes?|stanzas?|lines)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|on|of|concerning|regarding|titled|called|entitled|for|to)\b|:", re.IGNORECASE)
_NOISE = frozenset(
    list_words(
        "please write me us give tell compose make create show sing recite want like would could can you i need let "
        "have one another new short little nice good beautiful rhyming rhymed english shakespearean poem poems poetry "
        "verse verses rhyme rhymes stanza lines line some something subject topic theme now again hey hi hello so "
        "about on of concerning regarding titled called entitled for to a an the my our your and"
    )
)
_JOINTS = frozenset(list_words("in on at by with under over of and from near beside through above below when who that"))


def read_english_request(text: str) -> tuple[str, str]:
    """Read form and subject out of a request.

    Args:
        text: What the person typed.

    Returns:
        The form, ``"auto"`` where none is named; the subject, empty where none is.

    Example:
        >>> read_english_request("Please write a limerick about a cat!")
        ('limerick', 'cat')
        >>> read_english_request("haiku: rain"), read_english_request("winter morning")
        (('haiku', 'rain'), ('auto', 'winter morning'))
    """
    named = _FORM.search(text)
    form = FORMS[named[1].lower()] if named else "auto"
    asked = named or _KIND.search(text)
    rest = text if asked is None else _take_subject(text, asked)
    words = list_words(rest)
    while words and words[0].lower() in _NOISE:
        words = words[1:]
    while words and words[-1].lower() in _NOISE:
        words = words[:-1]
    return form, " ".join(words)


def _take_subject(text: str, asked: re.Match[str]) -> str:
    """Take what follows ``about``, or else what stands before the form: a winter sonnet."""
    behind = text[asked.end() :]
    about = _ABOUT.search(behind)
    if about:
        return behind[about.end() :]
    words = [word for word in list_words(f"{text[: asked.start()]} {behind}") if word.lower() not in _NOISE]
    return " ".join(words)


def list_subjects(subject: str) -> list[str]:
    """List the words of a subject that a poem can show, the head of the phrase first.

    Example:
        >>> list_subjects("the old cat in the rain")
        ['cat', 'old', 'rain']
    """
    words = [word.lower() for word in list_words(subject)]
    joint = next((place for place, word in enumerate(words) if place and word in _JOINTS), len(words))
    front = [word for word in words[:joint] if word not in LIGHT]
    rest = [word for word in words[joint:] if word not in LIGHT | _JOINTS]
    ordered = [*front[-1:], *front[:-1], *rest]
    return list(dict.fromkeys(ordered))[:MOST_SUBJECTS]
