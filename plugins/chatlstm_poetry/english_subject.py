"""The word by which a poem shows its subject."""

import re
from collections.abc import Iterator, Sequence

from chatlstm.plugin import ConstraintError, Generator, Prompt
from chatlstm_poetry.english_forms import Form, Templates, fits
from chatlstm_poetry.pronunciation import Word, find_word, list_words

# what old and new verse is about; the model chooses among them for a subject that no one has pronounced yet
NOUNS = tuple(
    list_words(
        "love night sea heart song light dream star moon sun sky wind rain snow storm fire water river stone hill road "
        "tree flower rose garden field grass bird horse dog cat bee king queen child mother friend house door room bed "
        "bread wine gold silver crown sword war battle death grave time hour day year spring summer autumn winter "
        "morning evening ship boat city town machine engine game play money work book word voice eye hand face"
    )
)
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("y", "ies"), ("", "s"), ("", "es"), ("ing", ""), ("ing", "e"))


def choose_shown(engine: Generator, subjects: Sequence[str], form: Form, templates: Templates) -> Word | None:
    """Choose the word that must stand in the poem.

    It is the first word of the subject that is in the dictionary and fits the metre, or a form of it, or else,
    of some words that verse is often about, the one that the model finds likeliest for this subject.

    Args:
        engine: The model.
        subjects: The words of the subject, the head of the phrase first.
        form: The form; for the sentence that tells of a failure.
        templates: Of the line that may have to hold it.

    Returns:
        The word; None where there is no subject.

    Raises:
        ConstraintError: The subject has no word that fits.
    """
    if not subjects:
        return None
    for subject in subjects:
        for text in vary(subject):
            word = find_word(text)
            if word is not None and _fits_in(word, templates):
                return word
    related = [word for word in map(find_word, NOUNS) if word is not None and _fits_in(word, templates)]
    if not related:
        raise ConstraintError(f"no word for '{' '.join(subjects)}' fits a line of a {form.name}")
    texts = [f" {word.text}" for word in related]
    asked = engine.score(Prompt("poetry", (f"prose: {', '.join(subjects)}",)), texts)
    plain = engine.score(Prompt("poetry", ("prose",)), texts)
    gains = [one - other for one, other in zip(asked, plain, strict=True)]
    return related[gains.index(max(gains))]


def vary(word: str) -> Iterator[str]:
    """Give a word and its likely forms, such as the singular.

    Example:
        >>> list(vary("dragonflies"))[:3]
        ['dragonflies', 'dragonfly', 'dragonfli']
    """
    yield word
    for old, new in _ENDINGS:
        if word.endswith(old):
            yield re.sub(f"{old}$", new, word)


def holds(words: Sequence[str], shown: Word) -> bool:
    """Tell whether the word stands among some words."""
    return shown.text in words


def _fits_in(word: Word, templates: Templates) -> bool:
    return any(
        fits(sound.stresses, one[begin : begin + len(sound.stresses)], word.is_weak)
        for sound in word.sounds
        for one in templates
        for begin in range(len(one))
    )
