"""What a statement of a layout may be.

Blocks carry their depth and whether they lie in a loop; a statement that nothing can follow ends its block.
"""

from types import MappingProxyType

from chatlstm_code.expressions import BINARY
from chatlstm_code.layout import MAX_DEPTH
from chatlstm_code.symbols import OPEN, PLACE, STORE, STRING, Production, Rules
from chatlstm_code.vocabulary import CONSTANTS, MODULES


def _program(parameters: int = -1) -> list[Production]:
    block: Production = (")", OPEN, "\n1", ("block", 1, False))
    if parameters < 0:
        return [("(", ("parameters",), *block)]
    names = [part for _ in range(parameters) for part in (", ", STORE)][1:]
    return [("(", *names, *block)]


def _parameters() -> list[Production]:
    return [(), (STORE, ("more_parameters",))]


def _more_parameters() -> list[Production]:
    return [(), (", ", STORE, ("more_parameters",)), ("=", ("constant",), ("more_defaults",))]


def _more_defaults() -> list[Production]:
    return [(), (", ", STORE, "=", ("constant",), ("more_defaults",))]


def _constant() -> list[Production]:
    return [*((one,) for one in CONSTANTS), ("'", STRING), (("number",),), ("-", ("number",))]


def _block(depth: int, loop: bool) -> list[Production]:
    last: list[Production] = [("pass",), ("return",), ("return ", ("test", 0))]
    if loop:
        last += [("break",), ("continue",)]
    return [*last, (("statement", depth, loop), ("lines", depth, loop))]


def _lines(depth: int, loop: bool) -> list[Production]:
    return [(), (f"\n{depth}", ("block", depth, loop))]


def _statement(depth: int, loop: bool) -> list[Production]:
    simple: list[Production] = [
        (("target",), ("more_targets",), " = ", ("test", 0), OPEN),
        (PLACE, ("items", 0), ("augmented",), ("test", 0)),
        (PLACE, ("call", 0)),
        ("@", ("call", 0)),
        *((f"{module}.", ("words", module, ""), ("call", 0)) for module in MODULES),
    ]
    if depth == MAX_DEPTH:
        return simple
    inner, loop_inner = ("suite", depth, loop), ("suite", depth, True)
    return [
        *simple,
        ("if ", ("test", 0), ":", inner, ("orelse", depth, loop)),
        ("for ", ("names",), " in ", ("test", 0), ":", OPEN, loop_inner),
        ("while ", ("test", 0), ":", loop_inner),
    ]


def _suite(depth: int, loop: bool) -> list[Production]:
    return [(f"\n{depth + 1}", ("block", depth + 1, loop))]


def _orelse(depth: int, loop: bool) -> list[Production]:
    suite = ("suite", depth, loop)
    return [
        (),
        (f"\n{depth}elif ", ("test", 0), ":", suite, ("orelse", depth, loop)),
        (f"\n{depth}else:", suite),
    ]


def _target() -> list[Production]:
    return [(STORE,), (PLACE, ("item", 0), ("items", 0))]


def _more_targets() -> list[Production]:
    return [(), (", ", ("target",), ("more_targets",))]


def _augmented() -> list[Production]:
    return [(f" {sign}= ",) for sign, _ in BINARY.values()]


def _names() -> list[Production]:
    return [(("name",), ("more_names",))]


def _name() -> list[Production]:
    return [(STORE,), ("(", STORE, ", ", STORE, ")")]


def _more_names() -> list[Production]:
    return [(), (", ", ("name",), ("more_names",))]


STATEMENT_RULES: Rules = MappingProxyType(
    {
        "program": _program,
        "parameters": _parameters,
        "more_parameters": _more_parameters,
        "more_defaults": _more_defaults,
        "constant": _constant,
        "block": _block,
        "lines": _lines,
        "statement": _statement,
        "suite": _suite,
        "orelse": _orelse,
        "target": _target,
        "more_targets": _more_targets,
        "augmented": _augmented,
        "names": _names,
        "name": _name,
        "more_names": _more_names,
    }
)
