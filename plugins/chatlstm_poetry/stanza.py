"""A poem in the making: its lines so far, and what the next one must and must not be."""

from dataclasses import dataclass

from chatlstm_poetry.english_forms import FREE, Form, end_line
from chatlstm_poetry.lexicon import Lexicon
from chatlstm_poetry.line_mask import Choices, LineMask
from chatlstm_poetry.pronunciation import Word, list_words


@dataclass(frozen=True)
class Stanza:
    """The lines of a poem by their numbers; a poem that is changed has some behind a gap.

    Args:
        form: What they must become.
        lines: The lines that stand, from 0, as they are read.

    Example:
        >>> Stanza(Form("line", "a", (("ws",),), 2), {}).add(0, "The sea").lines
        {0: 'The sea'}
    """

    form: Form
    lines: dict[int, str]

    @property
    def words(self) -> list[str]:
        """The words of all lines, in lower case."""
        return [word for line in self.lines.values() for word in list_words(line.lower())]

    def add(self, number: int, line: str) -> "Stanza":
        """Give the poem with one more line."""
        return Stanza(self.form, {**self.lines, number: line})

    def find_rhymes(self, number: int) -> frozenset[str] | None:
        """Find the sounds that a line has to end in; None where it is the first of its letter."""
        found = [self._end(partner) for partner in self.form.partners(number) if partner in self.lines]
        return frozenset.intersection(*found) if found else None

    def find_taken(self, number: int) -> frozenset[str]:
        """Find the sounds that a line must not end in: those of the other letters."""
        kin = {self.form.scheme[number], FREE}
        others = (self._end(other) for other in self.lines if self.form.scheme[other] not in kin)
        return frozenset() if self.form.scheme[number] == FREE else frozenset[str]().union(*others)

    def list_end_words(self) -> frozenset[str]:
        """List the words that end its lines; no other line ends in one of them."""
        return frozenset(list_words(line.lower())[-1] for line in self.lines.values())

    def _end(self, number: int) -> frozenset[str]:
        return end_line(list_words(self.lines[number]), self.form.metres[number])


def mask_line(stanza: Stanza, number: int, lexicon: Lexicon, must: Word | None = None) -> LineMask:
    """Make the constraint under which a line is drawn.

    Args:
        stanza: The other lines.
        number: Which line, from 0.
        lexicon: The words.
        must: A word that it must hold.
    """
    templates = stanza.form.metres[number]
    rhymes, taken, avoid = stanza.find_rhymes(number), stanza.find_taken(number), stanza.list_end_words()
    rhyming = len(stanza.form.partners(number))
    ends = lexicon.find_ends(templates, rhyming) if rhymes is None else lexicon.find_rhyming(templates, rhymes, avoid)
    must_end = None
    if must and must.text not in avoid and not must.rhymes & taken:
        must_end = lexicon.end(must, templates, lexicon.keep_sounds(must.rhymes, rhyming) if rhymes is None else rhymes)
    choices = Choices(lexicon.inner, ends, taken, lexicon.enter(must) if must else None, must_end)
    marks = lexicon.mark(is_last=number == len(stanza.form.scheme) - 1)
    return LineMask(choices, templates, marks, size=lexicon.size)
