"""What may stand at each place of a line of Chinese verse, while it is drawn.

Axes: V vocabulary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chatlstm_poetry.alphabet import Alphabet, Mask
from chatlstm_poetry.known_lines import KnownLines
from chatlstm_poetry.patterns import LineRule, list_units
from chatlstm_poetry.pingshui import Book, fits_tone

# characters that verse doubles, as in 悠悠: each in at least one of fifty places where it stands
DOUBLED = frozenset(
    "悠纷年萧日处青漠寂茫匆依区苍翩重渺迢冉阴堂寥冥漫扰岁霏迟衮亭历草细蒙飘朝垂昏袅离森潺沈点凛滔娟骎杳步字层往耿团沉"
    "片隠泠累星纤涓浩双忽淡潇凄面溶村鬰斑猎兀咄脉种飕腾皎欣叠熙萋泛频丝瑟疏盈融巍栖苒珊飒的淅营鳞了绵拂棱默个毵喧密茸怱"
    "疎黯轧薄炯蔼摇短滴簇浅粼隐愔班煌稍丛粲冬莽赫滟恰峨陶役灼款渐炎碌悄亹溅栩湛芊汩惨晖缓拍厌习澹葱索潭醺洋荧濯霭蔌滚翛"
    "奕阵弯磷徐丁切褭蘧郁津家声枝叶夜"
)


@dataclass(frozen=True)
class Needs:
    """What a line must be beside its rule.

    Args:
        book: What rhymes are judged by.
        keys: It rhymes by one of these, where its rule rhymes.
        forced: Characters at given places, counted from 0.
        barred: Characters that it must not use, except where they are forced.
        known: Lines that it must not be.
        may_double: Whether it may double a character, where that is a unit of its rhythm.
    """

    book: Book
    keys: frozenset[str] = frozenset()
    forced: Mapping[int, str] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    known: KnownLines | None = None
    may_double: bool = True


class LineConstraint:
    """Lets exactly one line be drawn, its sign, and the end of the line or of the poem.

    Args:
        alphabet: The vocabulary.
        rule: Of the line.
        needs: What else it must be.
        closing: The tokens that may follow the sign, shape ``(V,)``.
    """

    def __init__(self, alphabet: Alphabet, rule: LineRule, needs: Needs, closing: Mask) -> None:
        self._alphabet = alphabet
        self._rule = rule
        self._needs = needs
        self._sign = alphabet.mark(rule.sign)
        self._closing = closing
        self._nothing = np.zeros(len(closing), np.bool_)
        self._barred = alphabet.mark(needs.barred)
        self._rhyming = self._nothing
        for key, mask in alphabet.list_rhymes(needs.book, rule.tones[0][-1]).items():
            self._rhyming = self._rhyming | mask if key in needs.keys else self._rhyming

    def allowed(self, generated: Sequence[int]) -> Mask:
        """Tell which tokens may follow, shape ``(V,)``."""
        place = len(generated)
        if place < self._rule.length:
            return self._mark_characters([self._alphabet.characters[one] for one in generated])
        tail = (self._sign, self._closing)
        return tail[place - self._rule.length] if place < self._rule.length + 2 else self._nothing

    def _mark_characters(self, written: Sequence[str]) -> Mask:
        place = len(written)
        mask = self._mark_tones(written)
        if place in self._needs.forced:
            mask = mask & self._alphabet.mark(self._needs.forced[place])
        else:
            mask = mask & ~self._barred & ~self._alphabet.mark(self._list_spent(written))
        if place < self._rule.length - 1 or self._rule.echo:
            return mask
        if self._rule.rhyme:
            mask = mask & self._rhyming
        return self._drop_known("".join(written), mask)

    def _mark_tones(self, written: Sequence[str]) -> Mask:
        """Mark what keeps to one of the patterns that the line has kept to so far."""
        mask = self._nothing
        for pattern in self._rule.tones:
            if all(map(fits_tone, written, pattern)):
                mask = mask | self._alphabet.tones[pattern[len(written)]]
        return mask

    def _drop_known(self, written: str, mask: Mask) -> Mask:
        if self._needs.known is None:
            return mask
        open_ids = np.flatnonzero(mask)
        kept = mask.copy()
        kept[open_ids] = ~self._needs.known.find_endings(written, self._alphabet.codes[open_ids])
        return kept

    def _list_spent(self, written: Sequence[str]) -> set[str]:
        """List the characters that the line has used and must not use again."""
        spent = set(written)
        doubles = self._needs.may_double and len(written) == len(spent)
        if doubles and len(written) - 1 in list_units(self._rule.length):
            spent -= {written[-1]} & DOUBLED
        return spent
