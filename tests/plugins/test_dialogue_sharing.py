"""Facts of the words that a reply takes up."""

import math

import pytest
from chatlstm_dialogue.sharing import share_words

from tests.doubles import CannedGenerator

RANKS = {"the": 20, "cat": 1_999, "piano": 3_999, "猫": 1_999}


class Vocabulary(CannedGenerator):
    """Has a token a word; its id is its rank less one."""

    def encode(self, text: str) -> list[int]:
        return [RANKS[word] for word in text.split()]


def share(said: str, reply: str, language: str = "en") -> float:
    return share_words(Vocabulary([""]), [said], reply, language=language)


def test_a_shared_rare_word_counts_by_the_logarithm_of_its_rank() -> None:
    # ranks 2,000 and 4,000 are ten and twenty times the 200 that count as common
    assert share("cat", "cat") == pytest.approx(math.log(10) / math.sqrt(2))
    assert share("piano", "piano") == pytest.approx(math.log(20) / math.sqrt(2))


def test_a_chinese_character_counts_as_a_word_does() -> None:
    assert share("猫", "猫", "zh") == pytest.approx(math.log(10) / math.sqrt(2))


@pytest.mark.parametrize(("said", "reply"), [("the", "the"), ("cat", "piano"), ("", "cat"), ("cat", "")])
def test_common_words_and_words_of_one_side_count_nothing(said: str, reply: str) -> None:
    assert share(said, reply) == 0.0


def test_a_word_counts_less_in_a_longer_reply() -> None:
    assert share("cat", "the cat") == pytest.approx(math.log(10) / math.sqrt(3))


def test_letter_case_is_put_aside() -> None:
    assert share("Cat", "cat") == share("cat", "cat")
