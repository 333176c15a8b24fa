"""Streaming and drawing."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from chatlstm.engine.api import Candidate, Constraint, Generator, Piece, Prompt, Sampling
from chatlstm.tokens.tokenizer import DOMAIN, END, SPECIAL_TOKENS, TURN
from tests.engine.small_model import (
    LAID_OUT,
    PROMPT,
    SHORT,
    STEPPERS,
    TOKENIZER,
    DeadEnd,
    Nothing,
    OnlyEnds,
    Spelling,
    V,
    Wishing,
    rate_by_hand,
)


def test_an_engine_names_its_checkpoint(engine: Generator) -> None:
    assert engine.checkpoint == "tiny@0123abcd"


def test_tokens_are_counted(engine: Generator) -> None:
    assert engine.count_tokens("zq😀") == 2 + 4


def stream_text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_the_same_seed_streams_the_same_pieces(engine: Generator) -> None:
    assert list(engine.stream(PROMPT, SHORT, seed=3)) == list(engine.stream(PROMPT, SHORT, seed=3))


def test_another_seed_streams_another_text(engine: Generator) -> None:
    texts = {stream_text(list(engine.stream(PROMPT, SHORT, seed=seed))) for seed in range(8)}

    assert len(texts) > 1


@pytest.mark.parametrize("seed", range(5))
def test_a_stream_tells_what_a_draw_of_one_draws(engine: Generator, seed: int) -> None:
    pieces = list(engine.stream(PROMPT, SHORT, seed=seed))
    (drawn,) = engine.draw(PROMPT, SHORT, n=1, seed=seed)

    assert (stream_text(pieces), pieces[-1].finish) == (drawn.text, drawn.finish)


def test_only_the_last_piece_has_a_finish(engine: Generator) -> None:
    pieces = list(engine.stream(PROMPT, Sampling(max_tokens=3), seed=1, constraint=Spelling("hello there")))

    assert [piece.finish for piece in pieces] == [None, None, None, "length"]


def test_pieces_count_the_tokens_drawn(engine: Generator) -> None:
    pieces = list(engine.stream(PROMPT, SHORT, seed=1, constraint=Spelling("zq")))

    assert [(piece.text, piece.tokens) for piece in pieces] == [("z", 1), ("q", 2), ("", 2)]


@pytest.mark.parametrize("text", ["春眠不觉晓", "😀👩‍🚀", "aé😀"])
def test_a_stream_never_splits_a_character(engine: Generator, text: str) -> None:
    pieces = list(engine.stream(PROMPT, Sampling(), seed=1, constraint=Spelling(text)))

    assert [piece.text for piece in pieces if piece.text] == list(text)


def test_a_character_cut_by_the_limit_is_left_out(engine: Generator) -> None:
    pieces = list(engine.stream(PROMPT, Sampling(max_tokens=4), seed=1, constraint=Spelling("a😀")))

    assert (stream_text(pieces), pieces[-1].finish) == ("a", "length")


def test_closing_the_stream_stops_the_work(engine: Generator) -> None:
    constraint = DeadEnd()
    pieces = engine.stream(PROMPT, SHORT, seed=1, constraint=constraint)
    next(pieces)

    pieces.close()  # type: ignore[attr-defined]  # the iterator is a generator

    assert (len(constraint.asked), list(pieces)) == (1, [])


def test_a_stream_is_not_in_inference_mode_between_pieces(engine: Generator) -> None:
    pieces = engine.stream(PROMPT, SHORT, seed=1)
    next(pieces)

    assert not torch.is_inference_mode_enabled()


def test_a_stream_that_nothing_may_begin_ends_with_the_constraint(engine: Generator) -> None:
    assert list(engine.stream(PROMPT, SHORT, seed=1, constraint=Nothing())) == [Piece("", 0, "constraint")]


def test_the_longest_run_of_tokens_is_the_limit(engine: Generator) -> None:
    longest = max(len(each.token_ids) for each in engine.draw(PROMPT, SHORT, n=33, seed=1))

    assert longest == SHORT.max_tokens


def test_no_reply_is_empty(engine: Generator) -> None:
    assert all(each.token_ids for each in engine.draw(PROMPT, SHORT, n=33, seed=1))


def test_what_is_begun_may_end_at_once(engine: Generator) -> None:
    begun = Prompt("dialogue", (), "Hello.")

    assert list(engine.stream(begun, SHORT, seed=1, constraint=OnlyEnds())) == [Piece("", 0, "end")]


def test_the_same_seed_draws_the_same_candidates(engine: Generator) -> None:
    assert engine.draw(PROMPT, SHORT, n=33, seed=3) == engine.draw(PROMPT, SHORT, n=33, seed=3)


@pytest.mark.parametrize("n", [1, 33])
def test_as_many_are_drawn_as_asked(engine: Generator, n: int) -> None:
    assert len(engine.draw(PROMPT, SHORT, n=n, seed=1)) == n


def test_to_draw_none_is_refused(engine: Generator) -> None:
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        engine.draw(PROMPT, SHORT, n=0, seed=1)


def test_special_tokens_never_appear(engine: Generator) -> None:
    drawn = engine.draw(PROMPT, Sampling(temperature=5, max_tokens=40), n=33, seed=1)

    assert min(min(each.token_ids) for each in drawn) >= len(SPECIAL_TOKENS)


@pytest.mark.parametrize("prompt", [PROMPT, Prompt("dialogue"), Prompt("", ("", ""), " ")])
def test_a_candidates_log_probability_is_the_sum_of_its_steps(engine: Generator, ran_by: str, prompt: Prompt) -> None:
    opening = [END, DOMAIN, *TOKENIZER.encode(prompt.domain)]
    for turn in (*prompt.turns, prompt.beginning):
        opening += [TURN, *TOKENIZER.encode(turn)]

    for drawn in engine.draw(prompt, Sampling(top_k=40, max_tokens=9), n=33, seed=1):
        ids = [*drawn.token_ids, END] if drawn.finish == "end" else drawn.token_ids
        assert drawn.log_probability == pytest.approx(rate_by_hand(ran_by, ids, opening), abs=1e-4)


def test_some_candidates_end_and_some_are_cut(engine: Generator) -> None:
    drawn = engine.draw(PROMPT, Sampling(top_k=40, max_tokens=9), n=33, seed=1)

    assert {each.finish for each in drawn} == {"end", "length"}


def test_candidates_of_a_batch_are_as_probable_as_chance_has_it(engine: Generator, ran_by: str) -> None:
    count = 5000
    drawn = engine.draw(PROMPT, Sampling(max_tokens=1), n=count, seed=1)
    stepper = STEPPERS[ran_by]
    logits, _ = stepper.step(np.array(LAID_OUT[-1:]), stepper.read(np.array([LAID_OUT[:-1]]), stepper.start(1)))
    powers = np.exp(logits[0, 16:].astype(np.float64))
    wanted = powers / powers.sum() * count

    counts = np.bincount([each.token_ids[0] - 16 for each in drawn], minlength=V - 16)

    often = wanted > 5
    chi_square = ((counts - wanted)[often] ** 2 / wanted[often]).sum()
    assert chi_square < often.sum() + 4 * np.sqrt(2 * often.sum())


def test_only_what_a_constraint_allows_is_drawn(engine: Generator) -> None:
    drawn = engine.draw(PROMPT, SHORT, n=3, seed=1, constraint=Spelling("hello 春"))

    assert {(each.text, each.finish) for each in drawn} == {("hello 春", "end")}


def test_a_row_with_nothing_allowed_ends_alone(engine: Generator) -> None:
    drawn = engine.draw(PROMPT, SHORT, n=33, seed=1, constraint=DeadEnd())

    dead = {(each.finish, len(each.token_ids)) for each in drawn if each.token_ids[0] % 2 == 0}
    rest = {len(each.token_ids) for each in drawn if each.token_ids[0] % 2 and each.finish == "length"}
    assert (dead, rest) == ({("constraint", 1)}, {SHORT.max_tokens})


def test_a_row_with_nothing_allowed_keeps_what_it_has(engine: Generator, ran_by: str) -> None:
    drawn = engine.draw(PROMPT, SHORT, n=33, seed=1, constraint=DeadEnd())

    for each in drawn:
        ids = [*each.token_ids, END] if each.finish == "end" else each.token_ids
        assert each.log_probability == pytest.approx(rate_by_hand(ran_by, ids, LAID_OUT), abs=1e-4)


def test_a_wish_of_some_nats_makes_a_token_so_much_likelier(engine: Generator, ran_by: str) -> None:
    wanted, forbidden = TOKENIZER.encode("hz")[:2]
    once = Sampling(max_tokens=1)
    drawn = engine.draw(PROMPT, once, n=2_000, seed=1, constraint=Wishing(wanted, forbidden, 3.0))
    alone, taken_out = (np.exp(rate_by_hand(ran_by, [each], LAID_OUT)) for each in (wanted, forbidden))
    ends = np.exp(rate_by_hand(ran_by, [END], LAID_OUT))
    lifted = alone * np.exp(3.0)
    share = lifted / (1 - alone - taken_out - ends + lifted)  # the prompt's turn may not end at once

    counted = sum(each.token_ids == (wanted,) for each in drawn) / len(drawn)
    assert counted == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(drawn)))
    assert not any(each.token_ids == (forbidden,) for each in drawn)


def test_what_was_wished_for_is_rated_as_the_model_holds_it(engine: Generator, ran_by: str) -> None:
    wanted, forbidden = TOKENIZER.encode("hz")[:2]
    drawn = engine.draw(PROMPT, SHORT, n=4, seed=1, constraint=Wishing(wanted, forbidden, 5.0))

    for each in drawn:
        ids = [*each.token_ids, END] if each.finish == "end" else each.token_ids
        assert each.log_probability == pytest.approx(rate_by_hand(ran_by, ids, LAID_OUT), abs=1e-4)


def test_rows_with_nothing_allowed_at_all_end_empty(engine: Generator) -> None:
    assert engine.draw(PROMPT, SHORT, n=2, seed=1, constraint=Nothing()) == [Candidate("", (), 0.0, "constraint")] * 2


def test_filters_act_on_every_row(engine: Generator) -> None:
    drawn = engine.draw(PROMPT, Sampling(no_repeat_ngram=1, max_tokens=30), n=9, seed=1)

    assert all(len(set(each.token_ids)) == len(each.token_ids) for each in drawn)


def test_temperature_zero_draws_the_same_every_time(engine: Generator) -> None:
    assert len(set(engine.draw(PROMPT, Sampling(temperature=0, max_tokens=9), n=3, seed=1))) == 1


def test_constraints_of_the_tests_are_constraints() -> None:
    constraints: list[Constraint] = [Spelling(""), DeadEnd(), Nothing(), OnlyEnds()]

    assert all(constraint.allowed([]).shape == (V,) for constraint in constraints)
