"""Which tokens a program may go on with, found symbol by symbol and remembered."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from chatlstm_code.grammar import ACTIONS, derive, is_terminal, list_productions
from chatlstm_code.recogniser import State, pass_over
from chatlstm_code.scope import VARIABLE_KINDS, count_left, list_fixed, list_words
from chatlstm_code.symbols import ESCAPE, STRING, Production, Symbol
from chatlstm_code.trie import Branch, grow

Place = tuple[Branch, bool]  # a place in the vocabulary's tree, and whether names came or went on the way there
Spot = tuple[str, str, Branch]  # where a token may be a part of a variable's name: its kind, what stands of it
Finding = tuple[int, tuple[Spot, ...], tuple[Place, ...]]  # tokens that end within; spots; where tokens go on behind


class Masks:
    """Finds the tokens that may come next.

    A token may end within a symbol, or go on behind it. So each symbol is searched once from each
    place of the vocabulary's tree, whatever stands behind it and whatever variables exist; only the
    spots where a variable may stand are looked up anew. A token that holds the end of a variable and
    what follows is never found; where text is cut into words, there is none.

    Args:
        token_bytes: What each token id stands for.
    """

    def __init__(self, token_bytes: Sequence[bytes]) -> None:
        self._root = grow(token_bytes)
        self._found: dict[tuple[Symbol, Place], Finding] = {}

    def find(self, state: State) -> int:
        """Find the tokens that may come next.

        Args:
            state: Of the text so far.

        Returns:
            The set of their ids, as bits.
        """
        tokens = 0
        start = [(self._root, False)]
        for stack, scope in state:
            coming, names, places = stack, scope, start
            while coming is not None and places:
                found, spots, places = self._search_all(coming.symbol, places)
                tokens |= found
                for kind, begun, branch in spots:
                    tokens |= _look_up(list_words(names, kind), begun, branch)
                begun_word = coming is stack and coming.symbol[0] == "words"
                behind = pass_over(coming.symbol, names) if begun_word and spots else None
                if behind is not None:  # a variable's name may end here
                    names, places = behind, start
                coming = coming.rest
        return tokens

    def _search_all(self, symbol: Symbol, places: Iterable[Place]) -> tuple[int, dict[Spot, None], list[Place]]:
        tokens = 0
        spots: dict[Spot, None] = {}
        behind: dict[Place, None] = {}
        for place in places:
            key = (symbol, place)
            finding = self._found.get(key)
            if finding is None:
                finding = self._found[key] = self._search(symbol, place)
            tokens |= finding[0]
            spots.update(dict.fromkeys(finding[1]))
            behind.update(dict.fromkeys(finding[2]))
        return tokens, spots, list(behind)

    def _search(self, symbol: Symbol, place: Place) -> Finding:
        branch, moved = place
        match symbol:
            case str():
                return _search_text(symbol, place)
            case ("words", str(kind), str(begun)) if kind in VARIABLE_KINDS:
                return 0, () if moved else ((kind, begun, branch),), ()
            case _ if symbol in ACTIONS:
                return 0, (), ((branch, True),)
            case _ if is_terminal(symbol):
                return _gather(_walk(symbol, branch), moved)
        return self._search_productions(list_productions(symbol), place)

    def _search_productions(self, productions: Sequence[Production], place: Place) -> Finding:
        tokens = 0
        spots: dict[Spot, None] = {}
        behind: dict[Place, None] = {}
        for production in productions:
            places = [place]
            for symbol in production:
                found, further, places = self._search_all(symbol, places)
                tokens |= found
                spots |= further
                if not places:
                    break
            behind.update(dict.fromkeys(places))
        return tokens, tuple(spots), tuple(behind)


@lru_cache(2**16)
def _look_up(words: frozenset[str], begun: str, branch: Branch) -> int:
    """Find the tokens with which one of some words goes on."""
    left = count_left(words)
    tokens = 0
    todo = [(begun, branch)]
    for word, place in todo:  # grows meanwhile
        for character, further in place.after.items():
            if word + character in left:
                tokens |= further.tokens
                todo.append((word + character, further))
    return tokens


def _search_text(text: str, place: Place) -> Finding:
    branch, moved = place
    tokens = 0
    for character in text:
        further = branch.after.get(character)
        if further is None:
            return tokens, (), ()
        branch = further
        tokens |= branch.tokens
    return tokens, (), ((branch, moved),) if branch.after else ()


Step = tuple[Branch, bool]  # where a token may end, and whether what is searched may end there


def _gather(steps: Iterator[Step], moved: bool) -> Finding:
    tokens = 0
    behind: list[Place] = []
    for number, (branch, may_end) in enumerate(steps):
        if number:  # the first step is where the search began
            tokens |= branch.tokens
        if may_end and branch.after:
            behind.append((branch, moved))
    return tokens, (), tuple(behind)


def _walk(symbol: Symbol, branch: Branch) -> Iterator[Step]:
    """Walk down the tree from a branch, as far as text goes on within a symbol."""
    match symbol:
        case ("words", str(kind), str(begun)):
            return _walk_words(kind, begun, branch)
        case ("digits", int(left)):
            return _walk_digits(left, branch)
    return _walk_string(symbol, branch)


def _walk_words(kind: str, begun: str, branch: Branch) -> Iterator[Step]:
    left = count_left(list_fixed(kind))
    todo = [(begun, branch)]
    for word, place in todo:  # grows meanwhile
        yield place, not left[word]
        todo += [(word + one, further) for one, further in place.after.items() if word + one in left]


def _walk_digits(left: int, branch: Branch) -> Iterator[Step]:
    yield branch, True
    for character, further in branch.after.items() if left else ():
        if character.isdecimal():
            yield from _walk_digits(left - 1, further)


def _walk_string(symbol: Symbol, branch: Branch) -> Iterator[Step]:
    yield branch, False
    todo = [(symbol, branch)]
    for inner, place in todo:  # grows meanwhile
        for character, further in place.after.items():
            for after in derive(inner, character):
                yield further, inner == STRING and not after
                todo += [(one, further) for one in (*after, STRING)[:1] if after or inner == ESCAPE]
