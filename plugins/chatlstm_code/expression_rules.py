"""What an expression of a layout may be; each carries how many brackets and the like it stands in."""

from types import MappingProxyType

from chatlstm_code.expressions import BINARY, COMPARISONS
from chatlstm_code.symbols import (
    DIGITS,
    LEAVE,
    LOAD,
    MAX_NESTING,
    METHOD,
    OPEN,
    SCOPE,
    STORE,
    STRING,
    Production,
    Rules,
    Symbol,
)
from chatlstm_code.vocabulary import CONSTANTS, KEYWORDS, MODULES


def _test(nesting: int) -> list[Production]:
    plain: Production = (*_without_choice(nesting), ("choice", nesting))
    if nesting == MAX_NESTING:
        return [plain]
    body: Symbol = ("test", nesting + 1)
    return [plain, ("lambda: ", body), ("lambda", SCOPE, " ", STORE, ("more_lambda",), ":", OPEN, " ", body, LEAVE)]


def _more_lambda() -> list[Production]:
    return [(), (", ", STORE, ("more_lambda",))]


def _choice(nesting: int) -> list[Production]:
    return [(), (" if ", *_without_choice(nesting), " else ", ("test", nesting))]


def _without_choice(nesting: int) -> Production:
    return (("free", nesting), ("operators", "all", nesting))


def _free(nesting: int) -> list[Production]:
    """What may stand where ``not`` may stand."""
    negated: list[Production] = [("not ", ("free", nesting + 1))] if nesting < MAX_NESTING else []
    return [*negated, (("operand", nesting),)]


def _operand(nesting: int) -> list[Production]:
    signed: list[Production] = [(sign, ("operand", nesting + 1)) for sign in "-~"] if nesting < MAX_NESTING else []
    return [*signed, (("number",),), (("atom", nesting),)]


def _operators(kinds: str, nesting: int) -> list[Production]:
    """What may follow an operand. How tightly signs bind changes what a program means, not whether it is one.

    Args:
        kinds: ``"signs"``; ``"joins"``, which are comparisons, ``and`` and ``or``; or ``"all"``.
        nesting: Of the operand.
    """
    again: Symbol = ("operators", "all" if kinds == "joins" else kinds, nesting)
    found: list[Production] = []
    if kinds != "joins":
        found += [(f" {sign} ", ("operand", nesting), again) for sign, _ in BINARY.values()]
    if kinds != "signs":
        found += [(f" {sign} ", ("operand", nesting), again) for sign in COMPARISONS.values() if sign[:2] != "is"]
        found += [(f" {word} ", ("free", nesting), again) for word in ("and", "or")]
        joins: Symbol = ("operators", "joins", nesting)
        found += [(f" {sign} {constant}", joins) for sign in ("is", "is not") for constant in CONSTANTS]
    return [(), *found]


def _number() -> list[Production]:
    digits = ("digits", 14)
    return [("0", ("fraction",)), *((one, digits, ("fraction",)) for one in DIGITS[1:])]


def _fraction() -> list[Production]:
    parts: list[Production] = [(f".{one}", ("digits", 15), ("exponent",)) for one in DIGITS]
    return [(("exponent",),), *parts]


def _exponent() -> list[Production]:
    return [(), *((f"e{sign}{one}", ("digits", 1)) for sign in "+-" for one in DIGITS)]


def _atom(nesting: int) -> list[Production]:
    literal: list[Production] = [(one,) for one in CONSTANTS]
    callable_: list[Production] = [
        (LOAD, ("trailers", nesting)),
        ("@", ("trailers", nesting)),
        *((f"{module}.", ("words", module, ""), ("trailers", nesting)) for module in MODULES),
    ]
    text: Production = ("'", STRING, ("text_trailers", nesting))
    return [*callable_, *literal, text, *(_brackets(nesting + 1) if nesting < MAX_NESTING else [])]


def _brackets(inner: int) -> list[Production]:
    after: Symbol = ("text_trailers", inner - 1)
    element: Symbol = ("element", inner)
    rest: Symbol = ("elements", inner)
    test: Symbol = ("test", inner)
    return [
        ("[", ("list", inner), "]", after),
        ("(", ("tuple", inner), ")", after),
        ("{}", after),
        ("{", element, rest, "}", after),
        ("{", test, ": ", test, ("pairs", inner), "}", after),
        ("{", ("comprehension", inner, False), "}", after),
        ("{", ("comprehension", inner, True), "}", after),
    ]


def _list(inner: int) -> list[Production]:
    return [(), (("element", inner), ("elements", inner)), (("comprehension", inner, False),)]


def _tuple(inner: int) -> list[Production]:
    element: Symbol = ("element", inner)
    return [
        (),
        (("test", inner),),
        (element, ","),
        (element, ", ", element, ("elements", inner)),
        (("comprehension", inner, False),),
    ]


def _element(inner: int) -> list[Production]:
    return [(("test", inner),), ("*", ("operand", inner), ("operators", "signs", inner))]


def _elements(inner: int) -> list[Production]:
    return [(), (", ", ("element", inner), ("elements", inner))]


def _pairs(inner: int) -> list[Production]:
    return [(), (", ", ("test", inner), ": ", ("test", inner), ("pairs", inner))]


def _comprehension(inner: int, pair: bool) -> list[Production]:
    test: Symbol = ("test", inner)
    value: Production = (test, ": ", test) if pair else (test,)
    return [("for", SCOPE, " ", *_clause(inner), ": ", *value, LEAVE)]


def _clause(inner: int) -> Production:
    return (("names",), " in ", *_without_choice(inner), OPEN, ("clauses", inner))


def _clauses(inner: int) -> list[Production]:
    return [(), (" if ", *_without_choice(inner), ("clauses", inner)), (" for ", *_clause(inner))]


def _trailers(nesting: int) -> list[Production]:
    """What may follow something that can be called."""
    return [*_text_trailers(nesting), (("arguments", nesting), ("trailers", nesting))]


def _text_trailers(nesting: int) -> list[Production]:
    """What may follow what cannot be called."""
    item: list[Production] = [(("item", nesting), ("trailers", nesting))] if nesting < MAX_NESTING else []
    return [(), (".", METHOD, ("trailers", nesting)), *item]


def _call(nesting: int) -> list[Production]:
    """What makes a name a statement: at its end something is called."""
    return [
        (("arguments", nesting), ("more_calls", nesting)),
        (".", METHOD, ("call", nesting)),
        (("item", nesting), ("call", nesting)),
    ]


def _more_calls(nesting: int) -> list[Production]:
    return [(), (("call", nesting),)]


def _items(nesting: int) -> list[Production]:
    return [(), (("item", nesting), ("items", nesting))]


def _item(nesting: int) -> list[Production]:
    return [("[", ("index", nesting + 1), "]")]


def _index(inner: int) -> list[Production]:
    return [(("test", inner),), (("test", inner), ("slice", inner)), (("slice", inner),)]


def _slice(inner: int) -> list[Production]:
    return [(":", ("bound", inner), ("step", inner))]


def _bound(inner: int) -> list[Production]:
    return [(), (("test", inner),)]


def _step(inner: int) -> list[Production]:
    return [(), (":", ("test", inner))]


def _arguments(nesting: int) -> list[Production]:
    if nesting == MAX_NESTING:
        return [("()",)]
    inner = nesting + 1
    return [
        ("(", ")"),
        ("(", ("comprehension", inner, False), ")"),
        ("(", ("element", inner), ("more_arguments", inner), ")"),
        *(("(", *production, ")") for production in _keywords(inner, 0)),
    ]


def _more_arguments(inner: int) -> list[Production]:
    further: Production = (", ", ("element", inner), ("more_arguments", inner))
    return [(), further, (", ", ("keywords", inner, 0))]


def _keywords(inner: int, first: int) -> list[Production]:
    return [
        (f"{KEYWORDS[place]}=", ("test", inner), ("more_keywords", inner, place + 1))
        for place in range(first, len(KEYWORDS))
    ]


def _more_keywords(inner: int, first: int) -> list[Production]:
    return [(), *((", ", *production) for production in _keywords(inner, first))]


EXPRESSION_RULES: Rules = MappingProxyType(
    {
        "free": _free,
        "operand": _operand,
        "test": _test,
        "more_lambda": _more_lambda,
        "choice": _choice,
        "operators": _operators,
        "number": _number,
        "fraction": _fraction,
        "exponent": _exponent,
        "atom": _atom,
        "list": _list,
        "tuple": _tuple,
        "element": _element,
        "elements": _elements,
        "pairs": _pairs,
        "comprehension": _comprehension,
        "clauses": _clauses,
        "trailers": _trailers,
        "text_trailers": _text_trailers,
        "call": _call,
        "more_calls": _more_calls,
        "items": _items,
        "item": _item,
        "index": _index,
        "slice": _slice,
        "bound": _bound,
        "step": _step,
        "arguments": _arguments,
        "more_arguments": _more_arguments,
        "keywords": _keywords,
        "more_keywords": _more_keywords,
    }
)
