"""One family of tasks: its solutions under other names, and its inputs."""

import random

import pytest
from chatlstm_code.family import Family, evaluate, read_family, show

from chatlstm.plugin import MisuseError

ROW: dict[str, object] = {
    "id": "power",
    "names": "power raise_to",
    "takes": "a: int 1..5; n: int 0..4",
    "en": ["~$a to the power of $n"],
    "zh": ["~$a 的 $n 次方"],
    "code": "if n == 0:\n    return 1\nreturn a * f(a, n - 1)\n---\nreturn a ** n\n",
}


def family(**more: object) -> Family:
    return read_family({**ROW, **more})


def test_bodies_are_parted_by_dashes() -> None:
    assert family().bodies[1] == "return a ** n"


def test_a_solution_is_written_under_other_names() -> None:
    assert family().write(0, {"f": "power", "a": "base", "n": "k"}) == (
        "def power(base, k):\n    if k == 0:\n        return 1\n    return base * power(base, k - 1)"
    )


def test_a_name_that_the_solution_needs_is_never_chosen_for_a_parameter() -> None:
    sums = family(takes="numbers: ints", code="values = sorted(numbers)\nreturn values")
    chosen = {sums.choose_names(0, random.Random(seed))["numbers"] for seed in range(60)}

    assert chosen == {"numbers", "items", "data"}


def test_different_parameters_never_get_the_same_name() -> None:
    both = family(takes="n: int; k: int", code="return n + k")

    for seed in range(60):
        assert len(set(both.choose_names(0, random.Random(seed)).values())) == 2


def test_a_solution_is_run() -> None:
    assert family().run("3, 4") == "81"


def test_inputs_written_out_come_before_those_drawn() -> None:
    assert family(more=["2, 9"]).list_inputs()[0] == "2, 9"


def test_inputs_hold_to_their_condition() -> None:
    inputs = family(where="a > n").draw_inputs()

    assert inputs and all(evaluate(f"{one}", {})[0] > evaluate(one, {})[1] for one in inputs)  # type: ignore[index]  # a pair


def test_families_that_take_the_same_are_tried_on_the_same() -> None:
    assert family(code="return a + n").draw_inputs() == family().draw_inputs()


def test_members_of_a_set_are_shown_in_order() -> None:
    assert show({"b", "a", "c"}) == "{'a', 'b', 'c'}"


def test_solutions_have_only_a_few_builtins_at_hand() -> None:
    with pytest.raises(NameError):
        family(code="return open('x')").run("1, 2")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"names": 3.5}, "table power: 'names' must be a text, got 3.5"),
        ({"en": "one"}, "table power: 'en' must be a list, got 'one'"),
        ({"naems": "x"}, "table power: unknown 'naems'"),
        ({"takes": "a: ints 3"}, "'a: ints 3' is no parameter; kinds: any, bits"),
    ],
)
def test_a_mistake_in_a_table_is_named(more: dict[str, object], message: str) -> None:
    with pytest.raises(MisuseError) as error:
        family(**more)

    assert str(error.value).startswith(message)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MisuseError, match="table power: needs 'code', needs 'zh'"):
        read_family({key: value for key, value in ROW.items() if key not in ("code", "zh")})
