"""``chatlstm train --reinforce`` on a tiny checkpoint: what is made, told and refused."""

from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import check_files, read_config
from chatlstm.interface import reinforce
from tests.interface.conftest import Run
from tests.interface.test_compress import keep_checkpoint

NUMBERS = '''
from contextlib import contextmanager

from chatlstm.plugin import Domain, Record


class Judge:
    """Likes short replies."""

    def rate(self, record, replies):
        return [1.0 if reply == record.turns[-1] else 1 / (1 + len(reply)) for reply in replies]


class Numbers(Domain):
    name = "numbers"
    summary = "Tells the next number."

    def records(self, corpora):
        count = int(corpora.name) if corpora.name.isdigit() else 200
        return [Record("", (f"say {n:04}", f"say {n + 1:04}"), "mine") for n in range(count)]

    @contextmanager
    def open_judge(self):
        yield Judge()
'''
ASKED = ("train", "numbers", "--from", "mine", "--reinforce", "2", "--device", "cpu")


@pytest.fixture(autouse=True)
def mine(home: Path, tiny_checkpoint: Path) -> Path:
    (home / "plugins").mkdir()
    (home / "plugins" / "numbers.py").write_text(NUMBERS)
    return keep_checkpoint(home, tiny_checkpoint)


def test_it_makes_a_checkpoint_and_says_what_became_of_it(run: Run, home: Path) -> None:
    ended = run(*ASKED)
    place = home / "checkpoints" / "mine-reinforced"
    config = read_config(place)

    assert (ended.code, config.name) == (0, "mine-reinforced"), ended.err
    assert ended.out.startswith(f"{config.identity}: held-out ")
    assert "2 of 2 updates: of the last replies " in ended.err
    check_files(place, config)
    assert config.identity != read_config(home / "checkpoints" / "mine").identity


def test_the_card_tells_how_it_was_reinforced(run: Run, home: Path) -> None:
    run(*ASKED, "--name", "other", "--learning-rate", "0.002", "--seed", "3")
    card = (home / "checkpoints" / "other" / "README.md").read_text()

    assert card.startswith("# other\n")
    assert "changed in 2 updates by replies that it drew itself" in card
    assert "learning_rate 0.002, pull 0.2, seed 3." in card


def test_without_held_out_records_it_is_measured_on_those_it_learned_from(run: Run, home: Path) -> None:
    run(*ASKED, "--corpora", "1")

    assert read_config(home / "checkpoints" / "mine-reinforced").facts["held_out"] == "none"


def test_a_name_that_is_taken_is_refused_unless_it_may_be_overwritten(run: Run) -> None:
    run(*ASKED, "--name", "other")

    assert run(*ASKED, "--name", "other").code == 2
    assert run(*ASKED, "--name", "other", "--overwrite").code == 0


def test_ctrl_c_saves_nothing(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reinforce, "reinforce_network", interrupt)
    ended = run(*ASKED)

    assert ended.code == 130
    assert ended.err.endswith("stopped, and nothing was saved; the same command begins anew\n")
    assert not (home / "checkpoints" / "mine-reinforced").exists()


def test_a_checkpoint_that_tells_too_little_of_itself_is_refused(run: Run, home: Path, tiny_checkpoint: Path) -> None:
    ended = run("train", "numbers", "--from", str(tiny_checkpoint), "--reinforce", "2")

    assert ended.code == 3
    assert "which a model card needs" in ended.err


REFUSED = [
    (("story", "--reinforce", "2"), "the plugin 'story' declares no reward: it verifies nothing of a reply"),
    (("numbers", "story", "--reinforce", "2"), "--reinforce is for one PLUGIN"),
    (("numbers", "--reinforce", "2", "--minutes", "1"), "--reinforce tunes a checkpoint on what it draws"),
    (("numbers", "--reinforce", "2", "--scratch"), "--reinforce tunes a checkpoint on what it draws"),
    (("numbers", "--reinforce", "2", "--unlikelihood", "1"), "--reinforce tunes a checkpoint on what it draws"),
    (("numbers", "--reinforce", "0"), "--reinforce"),
    (("numbers", "--unlikelihood", "-1"), "--unlikelihood"),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_cannot_be_done_is_misuse(arguments: tuple[str, ...], sentence: str, run: Run) -> None:
    ended = run("train", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
