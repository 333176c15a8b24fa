"""What is drawn under the constraint is a program; what is a program can be drawn."""

import warnings

import numpy as np
import pytest
from chatlstm_code.constraint import ProgramConstraint
from chatlstm_code.layout import from_layout, to_layout
from chatlstm_code.recogniser import advance, count_to_end, is_complete, is_program, start
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.tokens.tokenizer import Tokenizer, train_bytes
from tests.plugins.coding import RandomCoder

ENDS = (0, 2)

PROGRAMS = (
    "f(numbers)\n1return sum(numbers) / len(numbers)",
    "f(n)\n1if n < 2:\n2return n\n1return @(n - 1) + @(n - 2)",
    "f(text)\n1counts = collections.Counter(text)\n1return max(counts, key=counts.get)",
    "f(words, n=3)\n1return [for word in words if len(word) > n and not word.isupper(): word.title()]",
    "f(matrix)\n1return [for row in zip(*matrix): list(row)]",
    "f(n)\n1result = []\n1a, b = (0, 1)\n1while len(result) < n:\n2result.append(a)\n2a, b = (b, a + b)\n"
    "1return result",
    "f(items)\n1for i in range(len(items)):\n2for j in range(i):\n3if items[j] > items[i]:\n"
    "4items[i], items[j] = (items[j], items[i])\n1return items",
    "f(text)\n1return ''.join(for letter in text if letter not in 'aeiou\\'\\\\\\n': letter)",
    "f(a, b, c)\n1return -a ** 2 if not a == b else ~c << 2 | b & 7",
    "f(mapping)\n1return {for key, value in mapping.items(): value: key}",
    "f(n)\n1seen = set()\n1while n != 1 and n not in seen:\n2seen.add(n)\n"
    "2n = sum(for digit in str(n): int(digit) ** 2)\n1return n == 1",
    "f(x)\n1if x is None:\n2return {}\n1elif x == []:\n2return (1,)\n1else:\n2return (x[0], x[1:], x[::-1], x[:-1])",
    "f(pairs)\n1return dict(sorted(pairs, key=lambda p, q: (q, -p), reverse=True))",
    "f(n)\n1total = 0\n1for i, (x, y) in enumerate(zip(range(n), range(1, n + 1))):\n2if i == 7:\n3continue\n"
    "2total += x * y % 10 ** 9\n2if total > 1e+20:\n3break\n1return total",
    "f(items)\n1queue = []\n1for item in items:\n2heapq.heappush(queue, item)\n1return queue[0] if queue else None",
    "f(items)\n1return functools.reduce(lambda x, y: x * y, items, 1)",
    "f()\n1return [[], {}, {1, 2}, {1: 2}, (), 0.5]",
    "f(text)\n1table = {}\n1for word in re.findall('\\\\w+', text):\n2table[word] = table.get(word, 0) + 1\n"
    "1return table",
)

NO_PROGRAMS = (
    "f(n)\n1return m",
    "f(n)\n1returnn",
    "f(n)\nreturn n",
    "f(n)\n2return n",
    "f(n)\n1break",
    "f(n, n)\n1return n",
    "f(n)\n1if n:\n1return n",
    "f(n)\n1return n\n1return n",
    "f(n)\n1return [for x in n: y]",
    "f(n)\n1return [for x in n: x] + x",
    "f(n)\n1return n is 5",
    "f(n)\n1return n == not n",
    "f(n)\n1return open(n)",
    "f(n)\n1return n.__class__",
    "f(n)\n1return math.system",
    "f(n)\n1return 012",
    "f(n)\n1return 5.bit_length()",
    "f(n)\n1return 'a",
    "f(n)\n1return 'é'",
    "f(n)\n1n()\n1else:\n2pass",
    "f(n)\n1m += 1",
    "f(n)\n1n + 1",
    "f(n)\n1return sorted(n, reverse=True, key=n)",
    "sum(n)\n1return sum(n)",
    "class(n)\n1return n",
    "f(n)\n1return n(",
    "f(n)\n1return [*n or n]",
    "n(n)\n1return n",
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_bytes(PROGRAMS * 3, vocabulary_size=600)


def draw(tokenizer: Tokenizer, seed: int, budget: int, sharpness: float = 1.0) -> str:
    """Draw a program whose tokens are as likely as chance makes them."""
    chance = np.random.default_rng(seed)
    constraint = ProgramConstraint(tokenizer.token_bytes, ENDS, name="f", parameters=None, budget=budget)
    drawn: list[int] = []
    while True:
        logits = sharpness * chance.normal(size=tokenizer.vocabulary_size)
        logits[~constraint.allowed(drawn)] = -np.inf
        token_id = int(np.argmax(logits + chance.gumbel(size=len(logits))))
        if token_id in ENDS:
            return "f" + tokenizer.decode(drawn)
        drawn.append(token_id)
        assert len(drawn) <= budget


def compile_quietly(source: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "5 is None" is silly, not wrong
        return compile(source, "drawn", "exec")


@pytest.mark.parametrize("layout", PROGRAMS)
def test_a_program_is_recognised(layout: str) -> None:
    assert is_program(layout)


@pytest.mark.parametrize("layout", PROGRAMS)
def test_every_program_of_these_has_itself_as_layout(layout: str) -> None:
    assert to_layout(from_layout(layout)) == layout


@pytest.mark.parametrize("layout", NO_PROGRAMS)
def test_what_is_no_program_is_not_recognised(layout: str) -> None:
    assert not is_program(layout)


@pytest.mark.parametrize("layout", PROGRAMS)
def test_every_token_of_a_program_is_allowed_where_it_stands(tokenizer: Tokenizer, layout: str) -> None:
    token_ids = tokenizer.encode(layout[1:])
    constraint = ProgramConstraint(tokenizer.token_bytes, ENDS, name="f", parameters=None, budget=400)
    allowed = [constraint.allowed(token_ids[:place])[token_id] for place, token_id in enumerate(token_ids)]
    assert all(allowed)


@pytest.mark.parametrize("layout", PROGRAMS)
def test_a_program_may_end_at_its_end(tokenizer: Tokenizer, layout: str) -> None:
    constraint = ProgramConstraint(tokenizer.token_bytes, ENDS, name="f", parameters=None, budget=400)
    assert constraint.allowed(tokenizer.encode(layout[1:]))[list(ENDS)].all()


@pytest.mark.parametrize("layout", PROGRAMS)
def test_the_mask_is_what_the_recogniser_says_token_by_token(tokenizer: Tokenizer, layout: str) -> None:
    constraint = ProgramConstraint(tokenizer.token_bytes, ENDS, name="f", parameters=None, budget=400)
    token_ids = tokenizer.encode(layout[1:])[:12]
    state = advance(start("f"), tokenizer.decode(token_ids))
    texts = [token.decode("ascii", errors="replace") for token in tokenizer.token_bytes]
    expected = [bool(text) and bool(advance(state, text)) for text in texts]
    mask = constraint.allowed(token_ids)
    mask[list(ENDS)] = False
    assert mask.tolist() == expected


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), budget=st.integers(24, 90), sharpness=st.sampled_from([0.0, 1.0, 4.0]))
def test_whatever_is_drawn_ends_and_compiles(
    tokenizer: Tokenizer, seed: int, budget: int, sharpness: float
) -> None:
    assert compile_quietly(from_layout(draw(tokenizer, seed, budget, sharpness)))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_drawn_byte_by_byte_ends_and_compiles(seed: int) -> None:
    coder = RandomCoder()
    chance = np.random.default_rng(seed)
    constraint = ProgramConstraint(coder.token_bytes, coder.end_ids, name="f", parameters=2, budget=60)
    drawn: list[int] = []
    while not drawn or drawn[-1] not in coder.end_ids:
        drawn.append(int(chance.choice(np.flatnonzero(constraint.allowed(drawn)))))
    text = b"".join(coder.token_bytes[token_id] for token_id in drawn).decode()
    assert compile_quietly(from_layout("f" + text))


def test_the_number_of_parameters_can_be_fixed() -> None:
    state = start("f", 2)
    assert [bool(advance(state, text)) for text in ("(a)", "(a, b)", "(a, b=1)", "(a, b, c)")] == [
        False,
        True,
        False,
        False,
    ]


def test_without_parameters_nothing_can_be_changed() -> None:
    assert not advance(start("f", 0), "()\n1a +=")


def test_the_shortest_program_calls_itself() -> None:
    assert count_to_end(start("f")) == len("()\n1@()")


def test_at_the_end_nothing_is_missing() -> None:
    state = advance(start("f"), "(n)\n1return n")
    assert (count_to_end(state), is_complete(state)) == (0, True)


@pytest.mark.parametrize("name", ["2f", "f g", "if", "math", "é", ""])
def test_a_function_has_a_name_that_python_takes(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a function"):
        start(name)


def test_a_budget_that_no_program_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="the budget must be at least 7 tokens, got 6"):
        ProgramConstraint(RandomCoder.token_bytes, ENDS, name="f", parameters=None, budget=6)


def test_behind_what_is_no_program_nothing_is_allowed() -> None:
    constraint = ProgramConstraint(RandomCoder.token_bytes, ENDS, name="f", parameters=None, budget=60)
    assert not constraint.allowed(RandomCoder().encode("?")).any()
    assert not constraint.allowed([0]).any()
