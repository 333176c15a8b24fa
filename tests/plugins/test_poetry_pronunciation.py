"""English words as they are spoken."""

import lzma

from chatlstm_poetry.pronunciation import build_pronunciations, find_word, hear, load_words

# as the CMU Pronouncing Dictionary has them
TODAY = ["today  T AH0 D EY1", "today(2)  T UH0 D EY1", "today(3) T IH0 D EY1 # rare"]
ENTRIES = ["mm  HH M", *TODAY, "lily  L IH1 L IY0"]


def find_rhymes(text: str) -> frozenset[str]:
    word = find_word(text)
    return word.rhymes if word else frozenset()


def test_night_rhymes_with_light_and_not_with_sea() -> None:
    assert find_rhymes("night") == find_rhymes("light") != find_rhymes("sea")


def test_a_rhyme_begins_at_the_last_stressed_vowel() -> None:
    assert find_rhymes("flying") & find_rhymes("dying")
    assert not find_rhymes("flying") & find_rhymes("king")


def test_a_word_without_stress_rhymes_from_its_last_vowel() -> None:
    assert hear(["DH", "AH0"]).rhyme == "AH"


def test_letter_case_does_not_matter() -> None:
    assert find_word("NIGHT") == find_word("night") is not None


def test_a_word_nobody_says_is_not_found() -> None:
    assert find_word("xyzzy") is None


def test_names_are_known_and_not_written() -> None:
    assert load_words()["lily"].level == 0


def test_letters_are_known_and_not_written() -> None:
    assert [load_words()[text].level > 0 for text in ("t", "a", "i")] == [False, True, True]


def test_the_person_who_speaks_has_a_capital() -> None:
    assert [load_words()[text].written for text in ("i", "i'm", "it")] == ["I", "I'm", "it"]


def test_alike_pronunciations_are_kept_once() -> None:
    packed = build_pronunciations(ENTRIES, ["today and today"], [])

    assert lzma.decompress(packed) == b"today\t0\t01:EY\n"


def test_a_word_mostly_written_with_a_capital_is_a_name() -> None:
    verse = [" Lily today", " Lily today today", " today lily"]
    packed = build_pronunciations(ENTRIES, ["Lily, Lily today, today"], verse)

    assert lzma.decompress(packed) == b"lily\t0\t10:IH L IY\ntoday\t2\t01:EY\n"


def test_the_same_input_gives_the_same_bytes() -> None:
    assert build_pronunciations(ENTRIES, ["today " * 2], []) == build_pronunciations(ENTRIES, ["today " * 2], [])
