"""What a line of Chinese verse may be, token by token."""

import numpy as np
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.composition import Written, list_places
from chatlstm_poetry.known_lines import KnownLines, fill_table
from chatlstm_poetry.line_constraint import LineConstraint, Needs
from chatlstm_poetry.patterns import LineRule, list_patterns

CHARACTERS = "春山萧时流楼月日水看"  # level: 春山萧时流楼; oblique: 月日水; either: 看; doubled: 萧日
ALPHABET = Alphabet([b"", b"\xe6", *(one.encode() for one in f"{CHARACTERS}，。\n"), "春山".encode()])
RULE = LineRule(("平平仄仄平", "仄平平仄平"), "a", "。")
CLOSING = ALPHABET.mark("\n")
QUATRAIN = next(one for one in list_patterns("五绝") if one.name == "仄起首句不入韵")


def list_allowed(written: str, rule: LineRule = RULE, needs: Needs | None = None) -> str:
    needs = needs or Needs("group", keys=frozenset({"尤"}))
    constraint = LineConstraint(ALPHABET, rule, needs, CLOSING)
    mask = constraint.allowed([int(ALPHABET.mark(one).argmax()) for one in written])
    texts = [*" ?", *CHARACTERS, *"，。\n", "!"]
    return "".join(text for text, allowed in zip(texts, mask.tolist(), strict=True) if allowed)


def test_the_first_place_takes_what_any_pattern_takes() -> None:
    assert list_allowed("") == CHARACTERS


def test_a_first_character_decides_between_patterns() -> None:
    assert list_allowed("春山") == "月日水看"


def test_the_other_pattern_follows_from_the_other_tone() -> None:
    assert list_allowed("月山") == "春萧时流楼看"


def test_a_character_of_two_readings_keeps_both_patterns_open() -> None:
    # 看 may open either, so the third place takes both tones
    assert list_allowed("看山") == "春萧时流楼月日水"


def test_the_last_place_rhymes() -> None:
    assert list_allowed("春山月日") == "流楼"


def test_a_character_that_stands_in_the_poem_is_barred() -> None:
    assert list_allowed("春山月日", needs=Needs("group", frozenset({"尤"}), barred=frozenset("楼"))) == "流"


def test_a_character_that_verse_doubles_may_be_doubled() -> None:
    assert list_allowed("萧") == "春山萧时流楼看"


def test_another_character_may_not_be_doubled() -> None:
    assert list_allowed("山") == "春萧时流楼看"


def test_a_character_is_doubled_only_where_the_rhythm_has_a_unit() -> None:
    assert list_allowed("月萧") == CHARACTERS.translate(dict.fromkeys(map(ord, "月日水萧")))


def test_a_line_doubles_once() -> None:
    assert list_allowed("萧萧日") == "月水看"


def test_a_line_that_may_not_double_does_not() -> None:
    assert list_allowed("萧", needs=Needs("group", may_double=False)) == "春山时流楼看"


def test_a_character_may_not_come_back_later() -> None:
    assert list_allowed("月山春") == "日水看"


def test_a_forced_character_stands_at_its_place() -> None:
    needs = Needs("group", frozenset({"尤"}), {2: "月"}, frozenset("月"))

    assert list_allowed("春山", needs=needs) == "月"


def test_a_known_line_is_not_completed() -> None:
    needs = Needs("group", frozenset({"尤"}), known=KnownLines(fill_table(["春山月日流"])))

    assert list_allowed("春山月日", needs=needs) == "楼"


def test_a_line_that_rhymes_by_no_key_has_no_end() -> None:
    assert list_allowed("春山月日", needs=Needs("group")) == ""


def test_a_line_off_every_pattern_has_no_continuation() -> None:
    assert list_allowed("春月") == ""


def test_a_line_is_followed_by_its_sign() -> None:
    assert list_allowed("春山月日流") == "。"


def test_the_sign_is_followed_by_what_closes() -> None:
    assert list_allowed("春山月日流。") == "\n"


def test_then_nothing_follows() -> None:
    assert list_allowed("春山月日流。\n") == ""


def test_tokens_of_half_or_several_characters_are_no_characters() -> None:
    assert ALPHABET.characters[1] == ALPHABET.characters[-1] == ""


def test_signs_have_no_tone() -> None:
    assert not (ALPHABET.tones["中"] & ALPHABET.mark("，。\n")).any()


def test_characters_that_are_no_token_are_passed_over() -> None:
    assert not ALPHABET.mark("雪").any()


def test_rhymes_are_marked_by_tone() -> None:
    rhymes = ALPHABET.list_rhymes("part", "仄")

    assert np.array_equal(rhymes["18"], ALPHABET.mark("月"))


def list_starts(written: Written, word: str, heads: dict[int, str] | None = None) -> list[int]:
    return [min(set(way) - set(heads or {})) for way in list_places(written, ALPHABET, heads or {}, word)]


def test_a_word_may_stand_where_the_rhythm_and_its_tones_fit() -> None:
    # 中仄中平仄: oblique and level fit behind the second place too, but no unit starts there
    assert list_starts(Written(QUATRAIN), "月山") == [2]


def test_a_character_may_stand_at_any_place_of_its_tone() -> None:
    assert list_starts(Written(QUATRAIN), "山") == [0, 2, 3]


def test_a_word_stands_behind_the_head() -> None:
    assert list_starts(Written(QUATRAIN), "山", {0: "春"}) == [2, 3]


def test_a_word_at_the_end_of_a_rhyming_line_must_rhyme() -> None:
    # 平平中仄平, and the poem rhymes on 尤
    written = Written(QUATRAIN, ("月日水春看",), {"a": frozenset({"尤"})})

    assert (list_starts(written, "楼"), list_starts(written, "山")) == ([0, 1, 2, 4], [0, 1, 2])


def test_a_word_of_characters_that_were_used_is_not_placed() -> None:
    assert list_starts(Written(QUATRAIN, ("月日水山看",)), "山") == []
