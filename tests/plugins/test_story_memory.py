"""Runs of words that were used of late."""

from chatlstm_story.memory import REMEMBERED, RunMemory


def test_a_new_text_repeats_nothing() -> None:
    assert RunMemory("en").share("the old fox ran away") == 0.0


def test_runs_are_counted_across_sentences() -> None:
    memory = RunMemory("en")
    memory.keep("The old fox ran away. The old fox")

    assert memory.share("ran home") == 0.5


def test_a_sentence_said_again_is_a_repetition_however_short() -> None:
    memory = RunMemory("en")
    memory.keep("They laughed.")

    assert memory.share("they laughed!") == 1.0


def test_a_short_text_has_no_run() -> None:
    assert RunMemory("en").share("the fox") == 0.0


def test_the_oldest_runs_are_forgotten() -> None:
    memory = RunMemory("en")
    memory.keep("the old fox ran far away")
    memory.keep(" ".join(f"w{number}" for number in range(REMEMBERED + 10)))

    assert memory.share("the old fox ran") == 0.0


def test_a_run_said_twice_is_forgotten_twice() -> None:
    memory = RunMemory("en")
    memory.keep("the old fox ran the old fox ran")
    memory.keep(" ".join(f"w{number}" for number in range(REMEMBERED - 3)))

    assert memory.share("and the old fox ran") > 0.0


def test_chinese_runs_are_of_characters() -> None:
    memory = RunMemory("zh")
    memory.keep("狐狸跑到山上。")

    assert memory.share("他看见狐狸跑到") == 1 / 7
