from pathlib import Path

import pytest

from chatlstm.engine.config import Budget
from chatlstm.errors import ChatLSTMError, MissingError, MisuseError
from chatlstm.interface.preparation import choose_text, make_training_config
from chatlstm.interface.settings import TrainSettings
from chatlstm.records import Record

COUNTING = """
from pathlib import Path

from chatlstm.plugin import Domain, MisuseError, Record


class Counting(Domain):
    name = "{name}"
    summary = "Counts."

    def records(self, corpora):
        if corpora.name == "broken":
            raise ZeroDivisionError("no such number")
        if corpora.name == "missing":
            raise MisuseError("numbers.txt: is not there")
        if corpora.name == "full":
            yield Record("{name}", ("One.",))
"""


@pytest.fixture(autouse=True)
def plugins(home: Path) -> None:
    (home / "plugins").mkdir()
    for name in ("up", "down"):
        (home / "plugins" / f"{name}.py").write_text(COUNTING.format(name=name))


def read(*plugins: str, corpora: str) -> list[Record]:
    return list(choose_text(TrainSettings(plugins, corpora=Path(corpora))).read())


def test_the_plugins_text_is_read_in_the_order_they_were_named() -> None:
    assert read("up", "down", corpora="full") == [Record("up", ("One.",)), Record("down", ("One.",))]


def test_the_text_can_be_read_again() -> None:
    text = choose_text(TrainSettings(("up",), corpora=Path("full")))

    assert list(text.read()) == list(text.read()) != []


def test_a_plugin_that_fails_is_named() -> None:
    with pytest.raises(ChatLSTMError, match=r"plugin 'up' failed .* ZeroDivisionError: no such number"):
        read("up", corpora="broken")


def test_what_a_plugin_says_is_missing_is_told_as_it_is() -> None:
    with pytest.raises(MisuseError, match=r"^numbers\.txt: is not there$"):
        read("up", corpora="missing")


def test_a_plugin_without_text_asks_for_some() -> None:
    with pytest.raises(MisuseError, match="plugin 'down' brings no text to train on; give --corpus"):
        read("down", corpora="empty")


def test_corpora_lie_where_they_were_downloaded_unless_a_folder_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHATLSTM_CORPORA", "/somewhere/full")

    assert list(choose_text(TrainSettings(("up",))).read()) == [Record("up", ("One.",))]


def test_files_of_one_s_own_are_read_one_after_the_other(tmp_path: Path) -> None:
    paths = (tmp_path / "b.txt", tmp_path / "a.txt")
    for path in paths:
        path.write_text(path.name)

    found = list(choose_text(TrainSettings(("up",), corpus=paths)).read())

    assert found == [Record("up", ("b.txt",), "b.txt"), Record("up", ("a.txt",), "a.txt")]


def test_a_folder_and_a_pattern_of_one_s_own_stand_for_their_files(tmp_path: Path) -> None:
    for name in ("in/2.txt", "in/1.txt", "3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    text = choose_text(TrainSettings(("up",), corpus=(tmp_path / "in", tmp_path / "*.txt")))

    assert [record.turns[0] for record in text.read()] == ["in/1.txt", "in/2.txt", "3.txt"]


def test_of_the_text_of_plugins_the_characters_read_are_counted() -> None:
    text = choose_text(TrainSettings(("up", "down"), corpora=Path("full")))

    assert [text.bytes_read for _ in text.read()] == [4, 8]
    assert (text.size, text.bytes_read) == (0, 8)


def test_a_missing_file_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no file"):
        choose_text(TrainSettings(("up",), corpus=(tmp_path / "x.txt",)))


def test_from_a_checkpoint_training_is_short_and_gentle() -> None:
    config = make_training_config(TrainSettings(("up",)))

    assert config.budget == Budget(minutes=10)
    assert (config.batch_size, config.learning_rate, config.small_batches) == (16, 1e-3, 0.0)
    assert config.decay_from == 0.0


@pytest.mark.parametrize(
    ("sizes", "budget"),
    [
        ((100,), Budget(epochs=8)),
        ((250_000, 250_000), Budget(epochs=8)),
        ((250_000, 250_001), Budget(minutes=10)),
        ((0,), Budget(minutes=10)),
    ],
)
def test_a_small_text_of_ones_own_is_read_eight_times(
    sizes: tuple[int, ...], budget: Budget, tmp_path: Path
) -> None:
    paths = tuple(tmp_path / f"{number}.txt" for number in range(len(sizes)))
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(b"x" * size)

    assert make_training_config(TrainSettings(("up",), corpus=paths)).budget == budget


def test_a_small_text_is_trained_on_as_long_as_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Hello.")
    settings = TrainSettings(("up",), corpus=(tmp_path / "x.txt",), minutes=2)

    assert make_training_config(settings).budget == Budget(minutes=2)


def test_from_nothing_training_is_long_and_begins_with_small_batches() -> None:
    config = make_training_config(TrainSettings(("up",), scratch=True))

    assert config.budget == Budget(minutes=150)
    assert (config.batch_size, config.learning_rate, config.small_batches) == (64, 3e-3, 0.02)
    assert config.decay_from == 0.5


def test_what_was_asked_for_is_taken() -> None:
    settings = TrainSettings(
        ("up",), epochs=2, batch_size=3, backprop_steps=5, learning_rate=0.5, seed=9
    )

    config = make_training_config(settings)

    assert (config.budget, config.batch_size, config.backprop_steps) == (Budget(epochs=2), 3, 5)
    assert (config.learning_rate, config.seed) == (0.5, 9)
