"""Which words go with a keyword."""

from pathlib import Path

import pytest
from chatlstm_news import associates
from chatlstm_news.associates import find_associates, read_associates, write_associates

from chatlstm.errors import MissingError
from chatlstm.plugin import Record

NEWS = ["The storm brought heavy rain.", "A storm with rain came."] * 5 + ["The bank is open."] * 40
TALES = ["A fox met the rain and the storm."] * 40 + ["The bear slept at home."] * 160


def test_what_stands_with_a_word_more_often_than_by_chance_goes_with_it() -> None:
    assert "rain" in find_associates(NEWS, [])["storm"]
    assert "bank" not in find_associates(NEWS, [])["storm"]


def test_a_word_of_tales_alone_has_associates_from_the_news() -> None:
    found = find_associates(NEWS, TALES)

    assert found["fox"] == ["rain", "storm"]


def test_a_rare_word_goes_with_nothing() -> None:
    assert find_associates(["The storm brought rain."] * 7 + ["It is calm."] * 99, []) == {}


def test_what_is_mostly_a_name_goes_with_nothing() -> None:
    sentences = ["In the turkey war Turkey, Turkey, and Turkey won."] * 9 + ["It is calm."] * 99

    assert "turkey" not in find_associates(sentences, [])["war"]


def test_deaths_go_with_nothing() -> None:
    sentences = ["The storm killed many and brought rain."] * 9 + ["It is calm."] * 99

    assert find_associates(sentences, [])["storm"] == ["brought", "rain"]


def test_no_word_has_more_than_ten() -> None:
    sentence = "storm " + " ".join(f"{letter * 4}" for letter in "bcdfghjklmnp") + "."

    assert len(find_associates([sentence] * 9 + ["It is calm."] * 99, [])["storm"]) == 10


def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"news": NEWS, "story": TALES}
    read = lambda domain, corpora, language: [Record(domain, ("x", " ".join(texts[domain])))]  # noqa: E731
    monkeypatch.setattr(associates, "read_domain", read)
    monkeypatch.setattr(associates, "TABLE", tmp_path / "table.xz")
    write_associates(tmp_path, tmp_path / "table.xz")
    read_associates.cache_clear()

    assert {word: list(others) for word, others in read_associates().items()} == find_associates(NEWS, TALES)
    read_associates.cache_clear()


def test_the_shipped_table_knows_ordinary_subjects() -> None:
    known = read_associates()

    assert "students" in known["school"] and "patients" in known["hospital"] and "railway" in known["train"]


def test_without_the_text_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="chatlstm corpora fetch"):
        write_associates(tmp_path, tmp_path / "table.xz")

    assert not (tmp_path / "table.xz").exists()
