"""The index of a training text: what is in it, and that it is read as it was written."""

import json

import pytest
from safetensors.numpy import save

from chatlstm.errors import CheckpointError
from chatlstm.pipeline.origins import (
    OriginIndex,
    build_index,
    join_indexes,
    pack_index,
    place_pieces,
    unpack_index,
)

TALE = "The fox ran over the hill and into the dark wood"
INDEX = build_index([("story/tales", TALE), ("news/papers", "Rain has come to the north of Peru this week")], "en")


def count(index: OriginIndex) -> list[tuple[str, int]]:
    return [(name, len(held)) for name, held in index.parts]


def test_it_is_read_as_it_was_written() -> None:
    read = unpack_index(pack_index(INDEX))

    assert (count(read), read.language, read.halvings) == (count(INDEX), "en", 0)


def test_the_same_text_gives_the_same_bytes() -> None:
    assert pack_index(build_index([("story/tales", TALE)], "en")) == pack_index(
        build_index([("story/tales", TALE)], "en")
    )


def test_the_text_is_not_in_it() -> None:
    assert b"fox" not in pack_index(INDEX)


def test_what_stands_in_two_sources_counts_for_both() -> None:
    assert count(build_index([("a/one", TALE), ("b/two", TALE)], "en")) == [("a/one", 1), ("b/two", 1)]


def test_what_stands_twice_counts_once() -> None:
    assert count(build_index([("a/one", TALE), ("a/one", TALE)], "en")) == [("a/one", 1)]


def test_sources_that_come_by_turns_are_one_each() -> None:
    texts = [("a/one", TALE), ("b/two", "It is late now."), ("a/one", "We are at home.")]

    assert count(build_index(texts, "en")) == [("a/one", 2), ("b/two", 1)]


def test_a_long_text_is_read_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [("a/one", f"Line {n} of this text.") for n in range(50)]
    whole = pack_index(build_index(texts, "en"))
    monkeypatch.setattr("chatlstm.pipeline.origins.STRETCH", 12)

    assert pack_index(build_index(texts, "en")) == whole


def test_of_too_many_a_half_is_kept_until_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatlstm.pipeline.origins.STRETCH", 12)
    index = build_index([("a/one", f"Line {n} of this text.") for n in range(400)], "en", most=40)

    assert index.halvings >= 3 and sum(len(held) for _, held in index.parts) <= 80


def test_repeated_text_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatlstm.pipeline.origins.STRETCH", 12)
    index = build_index([("a/one", f"Line {n % 5} of this text.") for n in range(400)], "en", most=40)

    assert (index.halvings, count(index)) == (0, [("a/one", 5)])


def test_no_text_gives_an_empty_index() -> None:
    assert unpack_index(pack_index(build_index([], "en"))).parts == ()


def test_a_joined_index_is_as_incomplete_as_the_worse_of_both() -> None:
    joined = join_indexes(OriginIndex("en", INDEX.parts, 2), OriginIndex("en", (), 1))

    assert (joined.halvings, joined.parts) == (2, INDEX.parts)


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        ("One two.\n...\nThree", "en", [[(0, 3), (4, 7)], [(13, 18)]]),
        ("明月，\n清风", "zh", [[(0, 1), (1, 2)], [(4, 5), (5, 6)]]),
        ("a\n b", "code", [[(0, 1), (3, 4)]]),
        (" ", "code", []),
    ],
)
def test_lines_are_pieces_but_of_code(text: str, language: str, pieces: list[list[tuple[int, int]]]) -> None:
    assert place_pieces(text, language) == pieces


def write(**changes: object) -> bytes:
    told = {"format": 1, "language": "en", "run": 8, "window": 5, "least": 3, "halvings": 0, "sources": []}
    return save({}, metadata={"origins": json.dumps({**told, **changes})})


def test_a_file_by_hand_is_read() -> None:
    assert unpack_index(write()) == OriginIndex("en", ())


@pytest.mark.parametrize("changes", [{"format": 2}, {"run": 9}, {"window": 4}, {"least": 2}])
def test_one_made_in_another_way_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CheckpointError, match="from another ChatLSTM; build it again"):
        unpack_index(write(**changes))


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x04K\x01.", pack_index(INDEX)[:-4], write(sources=["a/one"]), write(halvings="x"), save({})],
)
def test_a_damaged_one_is_refused(content: bytes) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        unpack_index(content)
