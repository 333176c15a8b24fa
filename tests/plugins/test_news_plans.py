"""How articles become plans to learn from."""

import pytest
from chatlstm_news.plans import choose_keywords, unfold
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.plugin import Record

PERU = "A flood has killed eleven people in Peru. Rescuers say two villages near Lima are under water."
TITLED = "Flood strikes Peru\n\nA flood struck Peru today. The water rose in Lima."
ZH = "洪水袭击村庄\n\n昨夜洪水冲毁了一座村庄。救援人员已经抵达村庄。"


def unfolded(*turns: str, language: str = "en", document: str = "") -> list[Record]:
    return list(unfold(Record("news", turns, "voa", 2.0, document), language))


def test_before_each_sentence_stand_keywords_that_are_in_it() -> None:
    body, *_ = unfolded("Peru, Lima", PERU)

    assert body.turns[1::2] == tuple(PERU.replace("Peru. ", "Peru.|").split("|"))
    for keywords, sentence in zip(body.turns[::2], body.turns[1::2], strict=True):
        assert keywords and all(word in sentence for word in keywords.split(", "))


def test_a_headline_is_a_record_of_its_own() -> None:
    headlines = [one.turns for one in unfolded("Peru", TITLED) if one.turns[0].startswith("headline: ")]

    assert {headline for _, headline in headlines} == {"Flood strikes Peru"}


def test_a_short_text_without_a_headline_does_for_one() -> None:
    assert ("headline: flood", "The flood came") in [one.turns for one in unfolded("Peru", "The flood came.")]


def test_a_long_text_without_a_headline_has_none() -> None:
    assert not any(one.turns[0].startswith("headline") for one in unfolded("Peru", PERU))


def test_an_article_stays_in_one_part_of_the_text() -> None:
    assert {one.document for one in unfolded("Peru", TITLED)} == {f"Peru\0{TITLED}"}
    assert {one.document for one in unfolded("Peru", TITLED, document="a")} == {"a"}


def test_source_and_weight_stay() -> None:
    assert {(one.source, one.weight) for one in unfolded("Peru", TITLED)} == {("voa", 2.0)}


def test_a_chinese_article_is_parted_as_well() -> None:
    body, headline, *_ = unfolded("洪水、村庄", ZH, language="zh")

    assert headline.turns[0].startswith("标题：") and headline.turns[1] == "洪水袭击村庄"
    assert body.turns[1::2] == ("昨夜洪水冲毁了一座村庄。", "救援人员已经抵达村庄。")
    assert "村庄" in body.turns[2]


@pytest.mark.parametrize("turns", [("A text alone.",), ("a", "b", "c")])
def test_what_is_no_article_under_keywords_is_left_out(turns: tuple[str, ...]) -> None:
    assert unfolded(*turns) == []


def test_a_text_of_function_words_has_no_keywords() -> None:
    assert unfolded("Peru", "They said it was so.") == []


@given(st.text(max_size=80), st.integers(0, 3), st.sampled_from(["en", "zh"]))
def test_keywords_stand_in_their_sentence_none_within_another(sentence: str, variant: int, language: str) -> None:
    chosen = choose_keywords(sentence, [], sentence * 2, language, variant)

    assert len(chosen) <= 3 and all(word in sentence for word in chosen)
    assert not any(one != other and one in other for one in chosen for other in chosen)
    assert chosen == choose_keywords(sentence, [], sentence * 2, language, variant)


def test_other_variants_choose_otherwise() -> None:
    sentence = "Rescuers say villages near the river are under water after the storm."

    assert len({tuple(choose_keywords(sentence, [], sentence, "en", variant)) for variant in range(8)}) > 2


