"""The dialogue plugin as a person meets it: with an engine that says what it is told."""

import json
from pathlib import Path

import pytest
from chatlstm_dialogue.dialogue import Dialogue

from chatlstm.errors import MissingError
from chatlstm.pipeline.pipeline import answer
from chatlstm.plugin import MisuseError, Request, Turn
from tests.doubles import CannedGenerator


def tell(engine: CannedGenerator, request: Request) -> str:
    return "".join(piece.text for piece in answer(Dialogue(), request, engine))


def test_a_reply_said_before_loses_to_a_new_one() -> None:
    engine = CannedGenerator(["I like tea.", "Rain again, what a pity."], scores={"I like tea.": -2.0})
    context = (Turn("person", "Hm."), Turn("reply", "I like tea!"))
    assert tell(engine, Request("Look outside, all grey.", context)) == "Rain again, what a pity."


def test_the_person_is_not_echoed() -> None:
    engine = CannedGenerator(["All grey outside.", "Then let us stay in."])
    assert tell(engine, Request("All grey outside")) == "Then let us stay in."


def test_a_claim_to_be_a_person_loses_to_a_plain_reply() -> None:
    engine = CannedGenerator(["My wife likes it.", "Many people like it."])
    assert tell(engine, Request("This soup tastes odd.")) == "Many people like it."


@pytest.mark.parametrize("question", ["What is your name?", "what's your name", "WHATS YOUR NAME"])
def test_the_written_answer_is_among_the_candidates_for_its_question(question: str) -> None:
    engine = CannedGenerator(["Potatoes."], scores={"Potatoes.": -90.0})
    assert "ChatLSTM" in tell(engine, Request(question))


def test_the_written_answer_leads_a_likelier_claim() -> None:
    engine = CannedGenerator(["I'm Sarah."], scores={"I'm Sarah.": -1.0})
    assert "program" in tell(engine, Request("Are you human?"))


def test_the_last_turns_that_fit_the_window_are_read() -> None:
    engine = CannedGenerator(["Fine."])
    context = tuple(Turn("person", f"word{n} " * 9) for n in range(8))
    tell(engine, Request("And now?", context, options={"context_tokens": "25"}))
    # a turn of nine words and its mark take ten tokens, the last one three: two fit before it
    assert [turn[:5] for turn in engine.prompts[0].turns] == ["word6", "word7", "And n"]


def test_behind_a_state_only_what_it_has_not_read_is_read() -> None:
    engine = CannedGenerator(["Fine."])
    context = (Turn("person", "One."), Turn("reply", "Two."), Turn("person", "Three."), Turn("reply", "Four."))
    tell(engine, Request("Five.", context, state=b"behind Two.", read=2))

    whole, last = engine.prompts[:2]
    assert (whole.turns, whole.behind) == (("Three.", "Four.", "Five."), b"behind Two.")
    assert (last.turns, last.behind) == (("Five.",), b"")


def test_what_the_state_has_read_is_not_said_again() -> None:
    engine = CannedGenerator(["I like tea.", "Rain again, what a pity."], scores={"I like tea.": -2.0})
    context = (Turn("person", "Hm."), Turn("reply", "I like tea!"))
    assert tell(engine, Request("Look outside.", context, state=b"state", read=2)) == "Rain again, what a pity."


def test_a_message_longer_than_the_window_is_read_from_behind() -> None:
    engine = CannedGenerator(["Fine."])
    tell(engine, Request("x " * 5000 + "the end", options={"context_tokens": "16"}))
    (turn,) = engine.prompts[0].turns
    assert turn.endswith("the end")
    assert len(turn) == 64


def test_an_option_out_of_bounds_is_told_with_its_bounds() -> None:
    with pytest.raises(MisuseError, match="candidates must be a whole number from 1 to 128, got '0'"):
        tell(CannedGenerator(["Fine."]), Request("Hm?", options={"candidates": "0"}))


def test_an_engine_that_says_nothing_gets_a_plain_answer() -> None:
    assert tell(CannedGenerator([""]), Request("qwxz?")) == "I don't know what to say to that."


def test_the_last_piece_tells_the_five_best_candidates() -> None:
    engine = CannedGenerator([f"{number} sheep." for number in range(9)])
    *_, last = answer(Dialogue(), Request("How many are there?"), engine)
    candidates = json.loads(json.dumps(last.details))["candidates"]
    assert [set(candidate) for candidate in candidates] == [{"text", "score", "fit", "chance", "match", "penalty"}] * 5


def test_the_seed_of_the_request_is_the_seed_of_the_draw() -> None:
    engine = CannedGenerator(["Fine."])
    tell(engine, Request("Hm?", seed=41))
    assert engine.seeds == [41]


@pytest.mark.parametrize("language", Dialogue.languages)
def test_text_that_was_not_downloaded_is_named(language: str, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"cdial_toy|chatterbot|personachat"):
        list(Dialogue().records_in(language, tmp_path))


class Chinese(CannedGenerator):
    language = "zh"


@pytest.mark.parametrize("question", ["你叫什么名字？", "你叫什么名字呀", "请问你叫什么名字"])
def test_the_written_answer_to_a_chinese_question_leads(question: str) -> None:
    engine = Chinese(["土豆。"], scores={"土豆。": -1.0})
    assert "ChatLSTM" in tell(engine, Request(question, language="zh"))


def test_a_chinese_claim_to_be_a_person_loses_to_a_plain_reply() -> None:
    engine = Chinese(["我老婆喜欢。", "很多人都喜欢。"])
    assert tell(engine, Request("这个汤味道怪怪的。", language="zh")) == "很多人都喜欢。"


def test_a_chinese_engine_that_says_nothing_gets_a_plain_answer() -> None:
    assert tell(Chinese([""]), Request("嚯嚯嚯", language="zh")) == "这个我不知道该怎么说。"


def test_a_chinese_message_longer_than_the_window_keeps_a_character_a_token() -> None:
    engine = Chinese(["好。"])
    tell(engine, Request("一 " * 50 + "完了", options={"context_tokens": "16"}, language="zh"))
    (turn,) = engine.prompts[0].turns
    assert turn.endswith("完了") and len(turn) == 16


def test_a_checkpoint_that_was_taught_code_chats_as_an_english_one() -> None:
    class Coder(CannedGenerator):
        language = "code"

    assert tell(Coder([""]), Request("qwxz?")) == "I don't know what to say to that."


def test_the_window_is_what_a_reply_is_drawn_behind() -> None:
    engine = CannedGenerator(["Fine."])
    context = (Turn("person", "One."), Turn("reply", "Two."))
    request = Request("Three?", context, state=b"read", read=1, options={"context_tokens": "16"})
    tell(engine, request)

    assert Dialogue().window(request, engine) == engine.prompts[0]
