"""What is measured of English poems."""

from chatlstm_poetry.english import turn_round
from chatlstm_poetry.english_evaluation import Poem, evaluate_english, list_real, measure_poems
from chatlstm_poetry.english_forms import check_poem, find_form
from chatlstm_poetry.poetry import Poetry

from chatlstm.plugin import Measure, Record
from tests.plugins.measured import measures_of, texts_of
from tests.plugins.rhymer import RandomRhymer

COUPLET = " tonight, hill the down slowly goes moon the\n light. her in silver is sea the all and"
REAL = Record("poetry", ("couplet aa 10: moon", COUPLET))
PROSE = Record("poetry", ("prose: sea", " sea the"))


def measure_two() -> dict[tuple[str, str], Measure]:
    options = {"poems": "2", "candidates": "1"}
    found = Poetry().evaluate(RandomRhymer(), [REAL, PROSE], options=options, seed=1)
    return {(measure.name, measure.reference): measure for measure in measures_of(found)}


def test_poems_and_lines_are_measured_beside_people_and_the_model_alone() -> None:
    found = measure_two()

    assert found["form_couplet", ""].value == 1.0
    assert found["form_couplet", "human"].value == 1.0
    assert found["form_couplet", "without_pipeline"].value == 0.0
    assert [found[f"form_{form}", ""].value for form in ("quatrain", "limerick", "haiku", "sonnet")] == [1.0] * 4
    assert found["subject_haiku", ""].value == 1.0
    assert ("form_limerick", "human") not in found


def test_a_poem_that_cannot_be_written_keeps_no_form() -> None:
    engine = RandomRhymer(says=" death, for stop not could I because\n")
    found = evaluate_english(engine, [], options={"poems": "1", "candidates": "1"}, seed=1)

    assert measures_of(found)[0].value == 0.0


def test_real_poems_are_read_in_their_order() -> None:
    (poem,) = list_real([REAL, PROSE])

    assert poem.text.split("\n")[0] == "the moon goes slowly down the hill tonight,"


def test_a_form_rate_has_its_interval() -> None:
    texts = ["The moon goes down,\nand so I frown."] * 20
    form = next(measure_poems([Poem(text, find_form("couplet")) for text in texts], ""))

    assert (form.value, form.low, form.high) == (0.0, 0.0, 0.15)


def test_poems_are_told_as_records_hold_them() -> None:
    couplet, *_ = texts_of(evaluate_english(RandomRhymer(), [], options={"poems": "1", "candidates": "1"}, seed=1))

    assert check_poem("\n".join(turn_round(line) for line in couplet.split("\n")), "couplet", "aa") == []
