"""A request becomes an answer, whatever the plugin does."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from chatlstm.engine.api import Generator, Piece, Prompt
from chatlstm.errors import ConstraintError
from chatlstm.pipeline.domain import Domain, Draft, Stage
from chatlstm.pipeline.pipeline import PluginError, answer, retrace
from chatlstm.records import Request
from tests.doubles import CannedGenerator

REQUEST = Request("About a cat.", seed=7)


class Limericks(Domain):
    """A plugin with the stages it is given."""

    name = "limericks"
    summary = "Five lines of comic verse."

    def __init__(self, *stages: Stage) -> None:
        self._stages = stages

    def stages(self) -> tuple[Stage, ...]:
        return self._stages


def settle(reply: str) -> Stage:
    return lambda draft, _: replace(draft, reply=reply, finish="constraint", details={"rhymed": True})


def fail(error: BaseException) -> Stage:
    def stage(draft: Draft, engine: Generator) -> Draft:
        raise error

    return stage


def say(draft: Draft, engine: Generator) -> Draft:
    print("from a stage")
    return draft


class Chattering(CannedGenerator):
    """An engine that prints while it streams, as a plugin's own might."""

    def count_tokens(self, text: str) -> int:
        print("counting")
        return super().count_tokens(text)


def tell(domain: Domain, engine: Generator | None = None) -> list[Piece]:
    return list(answer(domain, REQUEST, engine or CannedGenerator(["A cat sat."])))


def test_without_a_settled_reply_the_model_streams_it() -> None:
    assert tell(Limericks()) == [Piece("A", 1), Piece(" cat", 2), Piece(" sat.", 3), Piece("", 3, "end")]


def test_the_model_is_given_the_drafts_prompt_and_the_requests_seed() -> None:
    engine = CannedGenerator(["A cat sat."])
    tell(Limericks(), engine)

    assert (engine.prompts, engine.seeds) == ([Prompt("limericks", ("About a cat.",))], [7])


def test_stages_run_in_their_order() -> None:
    ran: list[str] = []

    def note(name: str) -> Stage:
        def stage(draft: Draft, engine: Generator) -> Draft:
            ran.append(name)
            return replace(draft, details={**draft.details, name: len(ran)})

        return stage

    pieces = tell(Limericks(note("first"), note("second")))

    assert pieces[-1].details == {"first": 1, "second": 2}


def test_only_the_last_piece_has_finish_and_details() -> None:
    pieces = tell(Limericks(settle("A cat sat.")))

    assert [(piece.finish, piece.details) for piece in pieces] == [(None, {})] * 3 + [
        ("constraint", {"rhymed": True})
    ]


REPLIES = ["", " ", "A cat\n\nsat.\n", "  A  cat ", "春眠不觉晓", "\n\tA"]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_settled_reply_is_told_whole(reply: str) -> None:
    assert "".join(piece.text for piece in tell(Limericks(settle(reply)))) == reply


def test_a_settled_reply_is_told_word_by_word_with_its_tokens() -> None:
    pieces = tell(Limericks(settle("A cat sat. ")))

    assert [(piece.text, piece.tokens) for piece in pieces] == [
        ("A", 1),
        (" cat", 2),
        (" sat.", 3),
        (" ", 3),
        ("", 3),
    ]


class Merging(CannedGenerator):
    """An engine whose tokens are two words long."""

    def count_tokens(self, text: str) -> int:
        return (len(text.split()) + 1) // 2


def test_tokens_told_never_exceed_those_there_are() -> None:
    pieces = tell(Limericks(settle("A cat sat.")), Merging([""]))

    assert [piece.tokens for piece in pieces] == [1, 2, 2, 2]


ERRORS: list[BaseException] = [KeyError("rhyme"), SystemExit("rhyme"), StopIteration("rhyme"), RecursionError("rhyme")]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_whatever_a_plugin_raises_becomes_a_sentence(error: BaseException) -> None:
    with pytest.raises(PluginError, match=r"^the plugin 'limericks' failed: .*; /use another one$") as caught:
        tell(Limericks(fail(error)))

    assert caught.value.__cause__ is not None


def test_a_panic_becomes_a_sentence() -> None:
    class Panic(BaseException):
        pass

    with pytest.raises(PluginError, match="the plugin 'limericks' failed: Panic: oh"):
        tell(Limericks(fail(Panic("oh"))))


def test_what_a_person_can_mend_goes_through_as_it_is() -> None:
    with pytest.raises(ConstraintError, match=r"^no rhyme for 'orange'$"):
        tell(Limericks(fail(ConstraintError("no rhyme for 'orange'"))))


def test_an_interrupt_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        tell(Limericks(fail(KeyboardInterrupt())))


def return_nothing(draft: Draft, engine: Generator) -> Draft:
    return None  # type: ignore[return-value]  # as a careless plugin does


def reply_with_a_number(draft: Draft, engine: Generator) -> Draft:
    return replace(draft, reply=5)  # type: ignore[arg-type]  # as a careless plugin does


@pytest.mark.parametrize("stage", [return_nothing, reply_with_a_number])
def test_a_careless_stage_becomes_a_sentence(stage: Callable[[Draft, Generator], Draft]) -> None:
    with pytest.raises(PluginError, match="the plugin 'limericks' failed"):
        tell(Limericks(stage))


def test_what_was_told_before_a_failure_stands() -> None:
    told = []
    with pytest.raises(PluginError, match="failed: OSError: gone"):
        for piece in answer(Limericks(), REQUEST, CannedGenerator(["A cat sat."], error=OSError("gone"))):
            told.append(piece.text)

    assert told == ["A", " cat", " sat."]


def test_closing_an_answer_closes_the_engines_stream() -> None:
    engine = CannedGenerator(["A cat sat."])
    pieces = answer(Limericks(), REQUEST, engine)
    next(pieces)

    pieces.close()  # type: ignore[attr-defined]  # the iterator is a generator

    assert engine.was_closed


def test_what_a_stage_prints_is_logged_and_not_printed(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(Limericks(say))

    assert (capsys.readouterr().out, caplog.messages) == ("", ["plugin limericks printed: from a stage"])


def test_what_is_printed_between_pieces_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    for piece in answer(Limericks(say), REQUEST, CannedGenerator(["A cat sat."])):
        assert sys.stdout is before
        print(piece.text, end="")

    assert capsys.readouterr().out == "A cat sat."


def test_what_is_printed_while_streaming_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Limericks(settle("A cat sat.")), Chattering([""]))

    assert capsys.readouterr().out == ""


class Forgetful(Limericks):
    """A plugin that cannot say how its replies are read."""

    def retrace(self, request: Request, reply: str) -> list[tuple[Prompt, str]]:
        raise KeyError("rhyme")


def test_a_plugin_that_fails_to_retrace_is_named() -> None:
    with pytest.raises(PluginError, match="the plugin 'limericks' failed: KeyError: 'rhyme'; /use another one"):
        retrace(Forgetful(), REQUEST, "A cat sat.")


def test_a_reply_is_retraced_as_its_plugin_says() -> None:
    assert retrace(Limericks(), REQUEST, "A cat sat.") == Limericks().retrace(REQUEST, "A cat sat.")
