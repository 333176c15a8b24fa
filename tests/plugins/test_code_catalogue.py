"""The families of the code domain, as the catalogue ships them: what every one of them keeps to."""

import ast
import itertools
import sys
from types import FrameType

import pytest
from chatlstm_code.families import list_lines, read_families
from chatlstm_code.family import BUILTINS, OTHER_NAMES, Family, evaluate, show
from chatlstm_code.layout import from_layout, to_example, to_layout
from chatlstm_code.recogniser import is_program
from chatlstm_code.vocabulary import NAMES

ENOUGH_STEPS = 30_000  # lines that a solution may run on one of its inputs
ALLOWED = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.Expr),
    *(ast.If, ast.For, ast.While, ast.Break, ast.IfExp, ast.Lambda, ast.Call, ast.keyword, ast.Starred),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.comprehension),
    *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)


@pytest.fixture(scope="module")
def families() -> tuple[Family, ...]:
    return read_families()


@pytest.fixture(scope="module")
def written(families: tuple[Family, ...]) -> list[Family]:
    return [family for family in families if family.written]


def test_there_are_200_written_families_and_a_thousand_products(families: tuple[Family, ...]) -> None:
    count = sum(family.written for family in families)

    assert (count >= 200, len(families) - count >= 1000) == (True, True)


def test_no_two_have_the_same_name(families: tuple[Family, ...]) -> None:
    assert len({family.id for family in families}) == len(families)


def test_a_written_family_has_six_wordings_in_each_language(written: list[Family]) -> None:
    assert [one.id for one in written for wordings in one.wordings.values() if len(wordings) < 6] == []


def test_a_written_family_has_three_solutions_that_differ(written: list[Family]) -> None:
    assert [one.id for one in written if len(set(one.bodies)) < 3] == []


def test_a_family_has_ten_inputs_and_nine_short_enough_to_show(families: tuple[Family, ...]) -> None:
    assert [one.id for one in families if len(one.list_inputs()) < 10 or len(list_lines(one)) < 9] == []


def test_all_solutions_of_a_family_agree_on_all_its_inputs(families: tuple[Family, ...]) -> None:
    differing = [
        one.id
        for one in families
        for arguments in one.list_inputs()
        if len({one.run(arguments, body) for body in range(len(one.bodies))}) > 1
    ]

    assert differing == []


def test_solutions_keep_to_a_small_part_of_python(families: tuple[Family, ...]) -> None:
    nodes = [(one.id, node) for one in families for body in range(len(one.bodies)) for node in walk(one, body)]

    assert [(name, ast.dump(node)) for name, node in nodes if not isinstance(node, ALLOWED)] == []


def walk(family: Family, body: int) -> list[ast.AST]:
    return list(ast.walk(ast.parse(family.define(body))))


def test_solutions_call_builtins_methods_and_themselves_alone(families: tuple[Family, ...]) -> None:
    called = {
        node.func.id
        for one in families
        for body in range(len(one.bodies))
        for node in walk(one, body)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert called - set(BUILTINS) == {"f"}


def test_solutions_end_soon(written: list[Family]) -> None:
    slow = [
        one.id
        for one in written
        for body in range(len(one.bodies))
        for arguments in one.list_inputs()
        if count_steps(one, arguments, body) > ENOUGH_STEPS
    ]

    assert slow == []


def count_steps(family: Family, arguments: str, body: int) -> int:
    """Count the lines that a solution runs."""
    steps = itertools.count()

    def trace(frame: FrameType, event: str, value: object) -> object:
        if frame.f_code.co_filename == "<family>":
            next(steps)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # a trace function is more loosely typed than this one
    try:
        family.run(arguments, body)
    finally:
        sys.settrace(before)
    return next(steps)


def test_no_two_compute_the_same(families: tuple[Family, ...]) -> None:
    seen: dict[str, str] = {}
    twins = []
    for one in families:
        lines = [(arguments, one.run(arguments)) for arguments in one.list_inputs()]
        key = f"{[parameter.kind for parameter in one.takes]}{sorted(lines)}"
        twins += [(seen[key], one.id)] if key in seen else []
        seen[key] = one.id

    assert twins == []


def test_written_families_that_can_be_tried_on_the_same_inputs_differ(written: list[Family]) -> None:
    pairs = [(one, other) for one, other in itertools.combinations(written, 2) if suits(one, other)]

    assert [(one.id, other.id) for one, other in pairs if answer(one, other) == answer(other, other)] == []


def suits(one: Family, other: Family) -> bool:
    """Tell whether both take the very same arguments."""
    shapes = [[(each.kind, each.size, each.values) for each in family.takes] for family in (one, other)]
    return shapes[0] == shapes[1] and not one.where and not other.where


def answer(family: Family, like: Family) -> list[str]:
    return [family.run(arguments) for arguments in like.draw_inputs()]


def test_every_solution_comes_back_from_the_layout_as_it_was(written: list[Family]) -> None:
    changed = []
    for one, body in [(family, body) for family in written for body in range(len(family.bodies))]:
        space: dict[str, object] = {"__builtins__": dict(BUILTINS)}
        exec(from_layout(to_layout(one.define(body))), space)
        inputs = one.list_inputs()
        again = [show(evaluate(f"f({arguments})", {"f": space["f"]})) for arguments in inputs]
        changed += [one.id] if again != [one.run(arguments, body) for arguments in inputs] else []

    assert changed == []


def test_the_grammar_has_every_solution(families: tuple[Family, ...]) -> None:
    layouts = {to_layout(one.define(body)) for one in families for body in range(len(one.bodies))}

    assert [layout for layout in layouts if not is_program(layout)] == []


def test_every_example_reads_as_prompts_have_it(families: tuple[Family, ...]) -> None:
    lines = {f"f({arguments}) == {value}" for one in families for arguments, value in list_lines(one)}

    assert [line for line in lines if to_example(line) != line] == []


def test_the_layout_leaves_the_parameters_their_names(families: tuple[Family, ...]) -> None:
    used = {parameter.name for one in families for parameter in one.takes}
    used |= {name for others in OTHER_NAMES.values() for name in others}

    assert used - set(NAMES) == set()


def test_no_wording_has_a_hole_or_a_bracket_left(families: tuple[Family, ...]) -> None:
    texts = {text for one in families for wordings in one.wordings.values() for text in wordings}
    marks = ("{", "}", "|", "THEM", "KEPT", "MAPS", "NOUN", "PLACE", "ARE", "#", "  ", "~")

    assert [text for text in texts if any(mark in text for mark in marks)] == []
