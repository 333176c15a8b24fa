"""藏头: poems whose lines begin with given characters, and which patterns have room for them."""

from chatlstm.plugin import ConstraintError
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.patterns import Pattern, list_patterns
from chatlstm_poetry.pingshui import fits_tone
from chatlstm_poetry.wishes import Wish


def list_open_patterns(wish: Wish, alphabet: Alphabet) -> list[Pattern]:
    """List the patterns of a form that have room for the heads asked for.

    Args:
        wish: What is asked for; with fewer heads than lines the last lines are free.
        alphabet: What the model can write.

    Raises:
        ConstraintError: None has; the sentence says why.

    Example:
        >>> alphabet = Alphabet([character.encode() for character in "春夏秋冬"])
        >>> len(list_open_patterns(Wish("七绝", heads="春夏秋冬"), alphabet))
        4
    """
    patterns, name = list_patterns(wish.form, wish.tune), wish.tune or wish.form
    lines = len(patterns[0].lines)
    if len(wish.heads) > lines:
        raise ConstraintError(f"heads '{wish.heads}' are {len(wish.heads)} characters, and {name} has {lines} lines")
    unknown = [head for head in wish.heads if head not in alphabet]
    if unknown:
        raise ConstraintError(f"heads: the tone of '{unknown[0]}' is not known to the model; name another character")
    kept = [pattern for pattern in patterns if not _find_misfit(wish.heads, pattern)]
    if not kept:
        place = _find_misfit(wish.heads, patterns[0])
        raise ConstraintError(f"heads: '{wish.heads[place - 1]}' cannot begin line {place} of {name}, which {_WANTS}")
    return kept


_WANTS = "wants another tone there or repeats the line before it"


def _find_misfit(heads: str, pattern: Pattern) -> int:
    """Give the number of the first line that cannot begin as it should; 0 where all can."""
    for place, (head, rule) in enumerate(zip(heads, pattern.lines, strict=False)):
        fits = any(fits_tone(head, tones[0]) for tones in rule.tones)
        if not fits or (rule.echo and head != heads[place - 1]):
            return place + 1
    return 0
