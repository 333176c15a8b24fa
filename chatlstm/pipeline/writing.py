"""A constraint under which the model writes one sentence, which holds given words.

Axes: V vocabulary.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.api import Generator
from chatlstm.pipeline.sentences import ends_sentence, find_word, list_open, signs_of

Mask = NDArray[np.bool_]
Nats = NDArray[np.float32]

CLOSING = 8  # tokens that closing a sentence may take
WISH = 6.0  # nats by which a wanted word is made likelier at the sentence's beginning
HINT = 2.0  # nats by which a word that would suit is made likelier
AVERSION = 3.0  # nats by which a word that should rather not be said is made less likely
URGENCY = 0.05  # nats more with every token that was drawn without it


_NOT_AFTER = {"a": re.compile(rb"(?i) [aio]| e(?!u)"), "an": re.compile(rb"(?i) [b-dfgj-np-tv-z]")}  # by sound, mostly


class TokenTable:
    """What a constraint must know of the tokens of a vocabulary; made once for many sentences.

    Args:
        engine: Whose vocabulary.

    Attributes:
        language: What the checkpoint writes.
        text: Tokens that stand for something and hold no line end, shape ``(V,)``.
        line_end: Tokens that are a line end and nothing else, ``(V,)``.
        turn_end: Marks that end a turn, ``(V,)``.
        blank: Tokens that begin with a blank, ``(V,)``.
        inner: Tokens that can go on with a word, ``(V,)``; none where words are not parted by blanks.
        stop: Tokens that hold a sign that ends sentences, ``(V,)``.
        not_after: Tokens that "a" and "an" cannot stand before, ``(V,)`` each.

    Example:
        >>> from types import SimpleNamespace
        >>> engine = SimpleNamespace(language="en", token_bytes=[b"", b" fox", b"."], end_ids=[0])
        >>> TokenTable(engine).stop
        array([False, False,  True])
    """

    def __init__(self, engine: Generator) -> None:
        self._engine = engine
        self._bytes = engine.token_bytes
        self.language = engine.language
        ends = [sign.encode() for sign in signs_of(self.language).ends]
        self.text = self._select(lambda token: bool(token) and b"\n" not in token)
        self.line_end = self._select(lambda token: token == b"\n")
        self.turn_end = np.isin(np.arange(len(self._bytes)), engine.end_ids)
        self.blank = self._select(lambda token: token.startswith(b" "))
        is_parted = bool(signs_of(self.language).blank)
        self.inner = self._select(lambda token: is_parted and (token[:1].isalnum() or token[:1] >= b"\x80"))
        self.stop = self._select(lambda token: any(end in token for end in ends))
        self.not_after = {article: self._select(sounds.match) for article, sounds in _NOT_AFTER.items()}

    def encode(self, text: str) -> tuple[int, ...]:
        """Cut text into token ids."""
        return tuple(self._engine.encode(text))

    def decode(self, token_ids: Sequence[int]) -> str:
        """Join token ids to text; a broken character becomes U+FFFD."""
        return b"".join([self._bytes[token_id] for token_id in token_ids]).decode(errors="replace")

    def only(self, token_id: int) -> Mask:
        """Make the mask of a single token, shape ``(V,)``."""
        mask = np.zeros(len(self._bytes), np.bool_)
        mask[token_id] = True
        return mask

    def _select(self, holds: Callable[[bytes], object]) -> Mask:
        return np.array([bool(holds(token)) for token in self._bytes], np.bool_)


@dataclass(frozen=True)
class SentencePlan:
    """What a sentence shall be.

    Args:
        lead: Its first words, with the blanks and line ends before them.
        least: Words it must have before it may end, ``>= 0``; characters in Chinese.
        tokens: Tokens behind ``lead`` after which it is given up or closed, ``>= 0``.
        breaks: It may begin a new paragraph.
        is_line: It may end with the turn instead of a stop, as a headline does.
        closes: After so many tokens come the signs that end it; otherwise it stays without an end.
        wanted: Words that it must hold before it may end, letter case aside. They are made likelier where they may
            stand, so that they come where the model finds them least strange.
        suited: Words that would suit it, made a little likelier until they stand.
        avoided: Words that it should rather not hold, made less likely.

    Example:
        >>> SentencePlan(lead=" The flood").tokens
        60
    """

    lead: str = ""
    least: int = 0
    tokens: int = 60
    breaks: bool = False
    is_line: bool = False
    closes: bool = False
    wanted: tuple[str, ...] = ()
    suited: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()


class OneSentence:
    """Allows one sentence, then nothing: what is drawn under it ends with ``"constraint"``.

    Quotations and brackets are closed, its own and those that were open before it.

    Args:
        table: The vocabulary.
        before: The paragraph so far, as it stands at the end of the prompt's beginning.
        plan: What the sentence shall be.

    Attributes:
        max_tokens: More than it ever takes, for ``Sampling``.

    Example:
        >>> from types import SimpleNamespace
        >>> engine = SimpleNamespace(
        ...     language="en", token_bytes=[b"", b" fox", b"."], end_ids=[0], encode=lambda text: [1]
        ... )
        >>> sentence = OneSentence(TokenTable(engine), "The old", SentencePlan())
        >>> sentence.allowed([1]), sentence.allowed([1, 2])
        (array([False,  True,  True]), array([False, False, False]))
    """

    def __init__(self, table: TokenTable, before: str, plan: SentencePlan) -> None:
        self._table = table
        self._plan = plan
        self._signs = signs_of(table.language)
        self._opened = "".join(self._signs.opener(sign) for sign in reversed(list_open(before, table.language)))
        self._is_first = not before.strip() or before.endswith("\n")
        self._goes_on = not self._is_first and not ends_sentence(before, table.language)
        self._lead = table.encode(plan.lead)
        self._paths = {word: self._list_paths(word) for word in (*plan.suited, *plan.wanted)}
        self._aversion = np.zeros(len(table.text), np.float32)
        self._aversion[[path[0] for word in plan.avoided for path in self._list_paths(word)]] = -AVERSION
        self.max_tokens = len(self._lead) + plan.tokens + CLOSING

    def allowed(self, generated: Sequence[int]) -> Mask | Nats:
        """Tell which tokens may follow, shape ``(V,)``, and what is wished of them."""
        missing = self._list_missing(generated)
        mask = self._allow(generated, is_complete=not missing.intersection(self._plan.wanted))
        return self._wish(mask, generated, missing) if missing or self._plan.avoided else mask

    def _list_missing(self, generated: Sequence[int]) -> set[str]:
        text = self._table.decode(generated) if self._paths else ""
        return {word for word in self._paths if not find_word(word, text)}

    def _list_paths(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Cut a word as the sentence's first and as a later one."""
        first = word[:1].upper() + word[1:] if self._is_first else self._signs.blank + word
        return self._table.encode(first), self._table.encode(self._signs.blank + word)

    def _wish(self, mask: Mask, generated: Sequence[int], missing: set[str]) -> Nats:
        """Make the missing words likelier, one that has begun twice as much."""
        wishes = self._aversion.copy()
        for word in missing:
            path = self._paths[word][bool(generated)]
            begun = max((size for size in range(1, len(path)) if tuple(generated[-size:]) == path[:size]), default=0)
            strength = WISH + URGENCY * len(generated) if word in self._plan.wanted else HINT
            wishes[path[begun]] = max(wishes[path[begun]], strength * (2 if begun else 1))
        return np.where(mask, wishes, np.float32(-np.inf))

    def _allow(self, generated: Sequence[int], *, is_complete: bool) -> Mask:
        drawn = len(generated)
        if drawn < len(self._lead):
            return self._table.only(self._lead[drawn])
        text = self._table.decode(generated)
        ends_word = (drawn == len(self._lead) and text[-1:].isalnum()) or self._ends_wanted(generated)
        if drawn > len(self._lead) and self._has_ended(text):
            return np.zeros_like(self._table.text)
        if drawn - len(self._lead) >= self._plan.tokens:
            return self._close(text) if self._plan.closes else np.zeros_like(self._table.text)
        if not text.strip():
            return self._begin(text)
        mask = self._go_on(text, ends_word=ends_word)
        return mask if is_complete else mask & ~(self._table.stop | self._table.turn_end)

    def _begin(self, text: str) -> Mask:
        """Allow a first token, behind line ends or none."""
        table = self._table
        if text == "\n":
            return table.line_end
        mask = table.text.copy() if self._goes_on and not self._plan.least else table.text & ~table.stop
        if text or self._is_first or not self._signs.blank:
            mask &= ~table.blank
        elif not self._goes_on:
            mask &= table.blank
        if self._plan.breaks and not text and not self._is_first and not self._goes_on:
            mask |= table.line_end
        return mask

    def _go_on(self, text: str, *, ends_word: bool) -> Mask:
        table = self._table
        words = len(text.split()) if self._signs.blank else len(text)
        mask = table.text if words >= self._plan.least else table.text & ~table.stop
        if self._plan.is_line and words >= self._plan.least and not list_open(text, table.language):
            mask = mask | table.turn_end
        if table.language == "en" and (article := text.rpartition(" ")[2].lower()) in table.not_after:
            mask = mask & ~table.not_after[article] & ~table.stop
        return mask & ~table.inner if ends_word else mask

    def _ends_wanted(self, generated: Sequence[int]) -> bool:
        paths = (path for both in self._paths.values() for path in both)
        return any(tuple(generated[-len(path) :]) == path for path in paths)

    def _has_ended(self, text: str) -> bool:
        return ends_sentence(self._opened + text, self._table.language)

    def _close(self, text: str) -> Mask:
        """Allow the next sign that brings the sentence to an end; none where it has ended."""
        closing = list_open(self._opened + text, self._table.language)
        if text.rstrip(self._signs.closers)[-1:] not in tuple(self._signs.ends):
            whole = self._opened + text
            ends = [end for end in self._signs.ends if ends_sentence(whole + end + closing, self._table.language)]
            stop = self._signs.stop  # but "Mr." would go on
            closing = (stop if stop in ends or not ends else ends[0]) + closing
        return self._table.only(self._table.encode(closing)[0]) if closing else np.zeros_like(self._table.text)
