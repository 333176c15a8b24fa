"""Whether English poems keep what was promised, whatever the model holds likely."""

import pytest
from chatlstm_poetry.english import (
    ATTEMPTS,
    redraw_english,
    start_task,
    turn_round,
    write_english,
    write_out,
)
from chatlstm_poetry.english_forms import FORMS, Form, check_poem, find_form
from chatlstm_poetry.english_subject import choose_shown
from chatlstm_poetry.known_english import is_known
from chatlstm_poetry.poetry import Poetry
from chatlstm_poetry.pronunciation import list_words
from chatlstm_poetry.redraw import Redraw

from chatlstm.plugin import (
    ConstraintError,
    Draft,
    MisuseError,
    Prompt,
    Request,
    Turn,
)
from tests.plugins.rhymer import RandomRhymer

QUATRAIN = (
    "The night is dark, the sea is wide,\nThe stars are cold and far away;\n"
    "I hear the turning of the tide,\nAnd wait until the break of day."
)


def write(text: str, seed: int = 1, engine: RandomRhymer | None = None, **options: str) -> Draft:
    request = Request(text, seed=seed, options={"candidates": "2", **options})
    return write_english(Draft(request, Prompt("poetry", (text,))), engine or RandomRhymer())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.name} {form.scheme}")
def test_every_poem_keeps_its_form_whatever_is_drawn(form: Form, seed: int) -> None:
    scheme = form.scheme if form.name == "quatrain" else "auto"
    poem = write("winter", seed, form=form.name, scheme=scheme).reply or ""

    assert check_poem(poem, form.name, form.scheme) == []


@pytest.mark.parametrize("subject", ["winter", "night", "dragon", "cat", "imagination", "robots"])
@pytest.mark.parametrize("form", ["couplet", "quatrain", "haiku", "sonnet"])
def test_the_subject_stands_in_the_poem(form: str, subject: str) -> None:
    assert subject in list_words((write(subject, form=form).reply or "").lower())


def test_a_form_is_read_from_the_words() -> None:
    draft = write("Write a haiku about the rain, please")

    assert (draft.details["form"], draft.details["shown_as"]) == ("haiku", "rain")


def test_a_poem_may_be_about_nothing() -> None:
    assert write("write me a couplet").details["shown_as"] == ""


def test_the_model_is_asked_in_the_words_of_its_records() -> None:
    engine = RandomRhymer()
    write("a quatrain about the sea at night", engine=engine)

    assert engine.prompts[0] == Prompt("poetry", ("quatrain abab 8: sea, night",))


def test_a_line_follows_the_lines_before_it_word_by_word_reversed() -> None:
    engine = RandomRhymer()
    poem = write("a couplet", engine=engine).reply or ""

    assert engine.prompts[-1].beginning == f"{turn_round(poem.split(chr(10))[0])}\n"


def test_lines_begin_with_a_capital_and_the_last_ends_the_sentence() -> None:
    lines = (write("a quatrain").reply or "").split("\n")

    assert all(line.lstrip("'")[0].isupper() for line in lines) and lines[-1][-1] in ".!?"


def test_no_line_of_the_training_text_is_written() -> None:
    assert not any(is_known(line) for line in (write("a sonnet").reply or "").split("\n"))


def test_the_same_seed_gives_the_same_poem() -> None:
    assert write("the sea", 5) == write("the sea", 5)


def test_another_seed_gives_another_poem() -> None:
    assert write("the sea", 5).reply != write("the sea", 6).reply


def test_a_scheme_that_a_form_does_not_have_is_refused() -> None:
    with pytest.raises(MisuseError, match="no couplet of the scheme abab; there is: aa"):
        write("a couplet", scheme="abab")


KNOWN = " death, for stop not could I because\n"


def test_a_line_that_stands_in_the_training_text_is_tried_again_and_given_up() -> None:
    engine = RandomRhymer(says=KNOWN)

    with pytest.raises(ConstraintError, match=f"no new line 1 of a couplet in {2 * ATTEMPTS} candidates"):
        write("a couplet", engine=engine)
    assert len(engine.prompts) == ATTEMPTS


def answer(text: str, *context: Turn) -> str:
    draft = Poetry().begin(Request(text, context, 1, {"candidates": "2"}))
    for stage in Poetry().stages():
        draft = stage(draft, RandomRhymer())
    return draft.reply or ""


def test_the_plugin_writes_english_verse_with_an_english_model() -> None:
    assert check_poem(answer("a couplet about the sea"), "couplet") == []


def test_the_plugin_redraws_a_line_of_the_poem_before() -> None:
    context = (Turn("person", "a quatrain about the sea"), Turn("reply", QUATRAIN))

    assert answer("please change line 2", *context).split("\n")[::2] == QUATRAIN.split("\n")[::2]


def redraw(line: int, poem: str = QUATRAIN, asked: str = "a poem about the sea", seed: int = 1) -> Draft:
    request = Request(f"change line {line}", seed=seed, options={"candidates": "2"})
    draft = Draft(request, Prompt("poetry", (request.text,)))
    return redraw_english(draft, RandomRhymer(), Redraw(poem, line - 1, asked))


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_a_line_is_redrawn_within_the_form(line: int) -> None:
    assert check_poem(redraw(line).reply or "", "quatrain", "abab") == []


def test_the_other_lines_stay_as_they_were() -> None:
    before, after = QUATRAIN.split("\n"), (redraw(3).reply or "").split("\n")

    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False, True]


def test_the_subject_stays_in_a_poem_whose_line_is_redrawn() -> None:
    assert "sea" in list_words((redraw(1).reply or "").lower())


def test_a_subject_without_room_in_the_line_is_told() -> None:
    with pytest.raises(ConstraintError, match="no new line 1 of a haiku"):
        redraw(1, "The rain comes over\nThe old house and the garden\nImagination", "responsibility")


def test_a_rhyme_that_no_other_word_has_is_told() -> None:
    poem = "I saw the moon upon the month,\nAnd so we go to hear the tide."

    with pytest.raises(ConstraintError, match="keeps none of the forms"):
        redraw(1, poem)


def test_a_second_verse_is_redrawn_with_its_rhyme_told() -> None:
    request = Request("change line 2", options={"candidates": "1"})
    draft = Draft(request, Prompt("poetry", ("x",)))
    couplet = "The moon goes slowly down the hill tonight,\nAnd all the sea is silver in her light."

    with pytest.raises(ConstraintError, match="no new line 2 of a couplet that rhymes with 'tonight' in 3 candidates"):
        redraw_english(draft, RandomRhymer(says=KNOWN), Redraw(couplet, 1, ""))


def test_a_subject_nobody_pronounces_is_shown_by_what_the_model_holds_near() -> None:
    engine = RandomRhymer(loves=["ship"])
    form = find_form("couplet")
    shown = choose_shown(engine, ["xyzzyx"], form, form.metres[0])

    assert shown is not None and shown.text == "ship"


def test_another_form_of_the_subject_will_do() -> None:
    form = find_form("couplet")
    shown = choose_shown(RandomRhymer(), ["nightingale's", "seagullses"], form, form.metres[0])

    assert shown is not None and shown.text in ("nightingale's", "nightingale", "seagulls")


def test_where_nothing_fits_the_form_is_named() -> None:
    with pytest.raises(ConstraintError, match="no word for 'xyzzy' fits a line of a couplet"):
        choose_shown(RandomRhymer(), ["xyzzy"], find_form("couplet"), ("",))


def test_names_and_sentences_have_capitals() -> None:
    assert write_out(" he ran. then I") == "He ran. Then I"


def test_a_task_takes_its_candidates_from_the_options() -> None:
    request = Request("the sea", options={"candidates": "7"})
    task = start_task(Draft(request, Prompt("poetry", ("x",))), RandomRhymer(), find_form("couplet"), "the sea")

    assert task.candidates == 7
