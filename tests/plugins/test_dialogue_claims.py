"""Which replies say of the program what is true of people."""

import pytest
from chatlstm_dialogue.claims import claims_humanity


@pytest.mark.parametrize(
    "reply",
    [
        "My kids love it.",
        "I have two dogs.",
        "I'm from Ohio.",
        "I am a young man.",
        "I work as a nurse.",
    ],
)
def test_claims_of_a_human_life_are_seen(reply: str) -> None:
    assert claims_humanity(reply)


@pytest.mark.parametrize(
    "reply", ["I'm a small program.", "I have an answer.", "How are your kids?", "I like it."]
)
def test_plain_replies_are_no_claims(reply: str) -> None:
    assert not claims_humanity(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "我妈妈也这么说。",
        "我家有三口人。",
        "我有两个孩子。",
        "我今年25岁。",
        "我是北京人。",
        "我在银行工作。",
        "我刚吃完饭。",
    ],
)
def test_claims_of_a_human_life_are_seen_in_chinese(reply: str) -> None:
    assert claims_humanity(reply)


@pytest.mark.parametrize(
    "reply",
    ["我是一个小程序。", "我住在你的电脑里。", "你妈妈好吗？", "我喜欢听你说。"],
)
def test_plain_chinese_replies_are_no_claims(reply: str) -> None:
    assert not claims_humanity(reply)
