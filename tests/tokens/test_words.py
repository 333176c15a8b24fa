"""The words that text is cut into before tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from chatlstm.tokens.tokenizer import TABLE_CHARACTERS, Tokenizer, train_bytes
from chatlstm.tokens.words import split_words

LIBRARY = pre_tokenizers.ByteLevel(add_prefix_space=False)
BYTES = train_bytes(["She's here, isn't she? We'll see 25 cats."] * 3, vocabulary_size=320)
KNOWN = st.characters(codec="utf-8", max_codepoint=0x24F) | st.characters(min_codepoint=0x2010, max_codepoint=0x2026)
known = st.lists(st.one_of(st.text(KNOWN), st.sampled_from(["'s", "'ll", "'LL", "  ", " \n", "don't", "25th"]))).map(
    "".join
)


@given(known)
def test_text_is_split_as_the_library_splits_it(text: str) -> None:
    spans = [span for _, span in LIBRARY.pre_tokenize_str(text)]

    assert split_words(text) == [text[start:end] for start, end in spans]


def test_every_known_character_is_split_from_letters_digits_and_blanks_as_the_library_does() -> None:
    for point in [*range(0x250), *range(0x2010, 0x2027)]:
        text = f"a{chr(point)}1{chr(point)} {chr(point)}{chr(point)}"
        spans = [span for _, span in LIBRARY.pre_tokenize_str(text)]
        assert split_words(text) == [text[start:end] for start, end in spans], hex(point)


@pytest.mark.parametrize("sign", ["\u0250", "\u200b", "\u2028", "春", "\U0001f431"])
def test_what_is_not_known_is_left_to_the_library(sign: str) -> None:
    assert split_words(f"Hello {sign}") is None


def test_words_met_before_are_cut_as_the_first_time() -> None:
    tokenizer = Tokenizer(BYTES.definition)
    texts = ["She's here.", "春 She's", "She's here."]

    first = tokenizer.encode_many(texts)

    assert first[0] == first[2] == BYTES.encode("She's here.")
    assert tokenizer.encode_many(texts) == first


def test_words_are_forgotten_before_they_fill_the_memory() -> None:
    tokenizer = Tokenizer(BYTES.definition)
    words = [f"{number} cats" for number in range(9)]
    before = tokenizer.encode_many(words)

    tokenizer.encode_many(["a" * TABLE_CHARACTERS])

    assert tokenizer.encode_many(words) == before
