"""Text to token ids and back."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import (
    DOMAIN,
    END,
    SPECIAL_TOKENS,
    TURN,
    StreamDecoder,
    Tokenizer,
    read_tokenizer,
    train_bytes,
    train_characters,
)

BYTES = train_bytes(["hello there, how are you? <0x00> 春眠不觉晓 é"] * 3, vocabulary_size=320)
CHARACTERS = train_characters(["春眠不觉晓，处处闻啼鸟。hello <|end|>"], vocabulary_size=400)
PLAIN = train_characters([], vocabulary_size=16 + 256)  # the marks and the bytes

each_tokenizer = pytest.mark.parametrize("tokenizer", [BYTES, CHARACTERS], ids=["bytes", "characters"])
texts = st.text()  # of characters, never lone surrogates
spelt_marks = st.lists(st.one_of(st.sampled_from([*SPECIAL_TOKENS, "<0x41>", "<0x00>", "Ġ", "▁"]), texts)).map("".join)
spoilt = st.lists(st.integers(0, BYTES.vocabulary_size - 1))


@each_tokenizer
@given(text=texts)
def test_any_text_survives(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


@each_tokenizer
@given(text=spelt_marks)
def test_text_that_spells_a_mark_survives_as_text(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text)

    assert (tokenizer.decode(ids), [id_ for id_ in ids if id_ < len(SPECIAL_TOKENS)]) == (text, [])


@each_tokenizer
@given(parts=st.lists(spelt_marks))
def test_several_texts_are_cut_as_each_alone(tokenizer: Tokenizer, parts: list[str]) -> None:
    assert tokenizer.encode_many(parts) == [tokenizer.encode(part) for part in parts]


@each_tokenizer
@given(text=texts.filter(lambda text: "\ufffd" not in text))
def test_a_stream_never_holds_half_a_character(tokenizer: Tokenizer, text: str) -> None:
    decoder = StreamDecoder(tokenizer)
    pieces = [decoder.feed(token_id) for token_id in tokenizer.encode(text)]

    assert ("".join(pieces), "\ufffd" in "".join(pieces)) == (text, False)


@given(ids=spoilt)
def test_a_stream_of_any_tokens_joins_to_what_decode_gives(ids: list[int]) -> None:
    decoder = StreamDecoder(BYTES)

    assert "".join(decoder.feed(token_id) for token_id in ids) == BYTES.decode(ids)


@each_tokenizer
def test_a_character_whose_last_byte_is_missing_is_left_out(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("a😀")

    assert tokenizer.decode(ids[:-1]) == "a"


@each_tokenizer
def test_bytes_that_are_no_character_leave_the_replacement_character(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("😀")

    assert tokenizer.decode([ids[0], *tokenizer.encode("a")]) == "\ufffda"


def test_special_tokens_leave_nothing() -> None:
    assert BYTES.decode([DOMAIN, *BYTES.encode("a"), TURN, END]) == "a"


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="lone surrogate at 1"):
        BYTES.encode("a\ud800")


def test_a_lone_surrogate_among_several_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="lone surrogate at 0"):
        BYTES.encode_turns(["a", "\udfff"])


@each_tokenizer
def test_a_megabyte_survives(tokenizer: Tokenizer) -> None:
    text = "a 春\n" * 160_000

    assert tokenizer.decode(tokenizer.encode(text)) == text


def spell(text: str) -> list[int]:
    return [16 + byte for byte in text.encode()]


def test_an_opening_is_end_domain_and_the_name() -> None:
    assert PLAIN.encode_opening("news") == [0, 1, *spell("news")]


def test_turns_are_each_led_by_a_mark() -> None:
    assert PLAIN.encode_turns(["Hi.", ""]) == [2, *spell("Hi."), 2]


def test_no_turns_are_no_tokens() -> None:
    assert PLAIN.encode_turns([]) == []


def test_records_are_a_domain_then_turns_then_the_end() -> None:
    records = [Record("dialogue", ("Hi.", "Hello.")), Record("story", ("Once.",))]

    assert PLAIN.encode_records(records) == [
        [1, *spell("dialogue"), 2, *spell("Hi."), 2, *spell("Hello."), 0],
        [1, *spell("story"), 2, *spell("Once."), 0],
    ]


def test_bytes_of_tokens_add_up_to_those_of_the_text() -> None:
    text = "hello 春 <|end|>"

    assert BYTES.count_bytes()[[END, *BYTES.encode(text)]].sum() == len(text.encode())


def test_the_rarest_characters_are_written_byte_by_byte() -> None:
    tokenizer = train_characters(["春春春眠眠龘"], vocabulary_size=16 + 256 + 2)

    assert tokenizer.encode("春龘眠") == [272, *(16 + byte for byte in "龘".encode()), 273]


def test_characters_equally_frequent_are_kept_by_code_point() -> None:
    tokenizer = train_characters(["cba"], vocabulary_size=16 + 256 + 2)

    assert tokenizer.encode("abc") == [272, 273, 16 + ord("c")]


def test_without_room_for_a_character_there_are_the_bytes() -> None:
    tokenizer = train_characters(["春"], vocabulary_size=16)

    assert tokenizer.encode("春") == [16 + byte for byte in "春".encode()]


def test_a_tokenizer_is_read_back_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text(CHARACTERS.definition, encoding="utf-8")

    assert read_tokenizer(tmp_path / "tokenizer.json").token_bytes == CHARACTERS.token_bytes


def rename_token(definition: str, old: str, new: str) -> str:
    facts = json.loads(definition)
    vocabulary = facts["model"]["vocab"]
    vocabulary[new] = vocabulary.pop(old)
    facts["added_tokens"] = [token for token in facts["added_tokens"] if token["content"] != old]
    return json.dumps(facts)


FAULTS = {
    "nothing": ("", "cannot be read"),
    "no JSON": ("{", "cannot be read"),
    "other JSON": ("[]", "cannot be read"),
    "no marks": (rename_token(BYTES.definition, "<|turn|>", "<|user|>"), "not ChatLSTM's marks"),
    "a token of no bytes": (rename_token(BYTES.definition, "Z", "春"), "stands for no bytes"),
    "a byte out of range": (rename_token(CHARACTERS.definition, "<0x41>", "<0xZZ>"), "stands for no bytes"),
}


@pytest.mark.parametrize(("definition", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_damaged_or_foreign_tokenizer_is_refused(tmp_path: Path, definition: str, fault: str) -> None:
    (tmp_path / "tokenizer.json").write_text(definition, encoding="utf-8")

    with pytest.raises(CheckpointError, match=rf"tokenizer\.json: .*{fault}"):
        read_tokenizer(tmp_path / "tokenizer.json")


def test_a_hole_in_the_vocabulary_is_refused() -> None:
    facts = json.loads(CHARACTERS.definition)
    facts["model"]["vocab"]["春"] = 9999

    with pytest.raises(CheckpointError, match="foreign"):
        Tokenizer(json.dumps(facts))


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_bytes(content)

    with pytest.raises(CheckpointError, match=r"tokenizer\.json: the tokenizer cannot be read"):
        read_tokenizer(tmp_path / "tokenizer.json")
