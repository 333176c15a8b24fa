"""Text to token ids and back, without loss."""

import codecs
import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as _Tokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers

from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from chatlstm.tokens.words import split_words

END, DOMAIN, TURN, FIELD = range(4)
# Sixteen places, so that a checkpoint can learn new marks without a new vocabulary.
NAMED = ("<|end|>", "<|domain|>", "<|turn|>", "<|field|>")
SPECIAL_TOKENS = (*NAMED, *(f"<|mark{n}|>" for n in range(len(NAMED), 16)))
TABLE_CHARACTERS = 2**20  # of the words whose tokens are remembered, some 30 MB


class Tokenizer:
    """A vocabulary and the rules that cut text into it.

    Text never becomes a special token, even where it spells one: the marks ``END``, ``DOMAIN``,
    ``TURN`` and ``FIELD`` are placed by ``encode_records``, ``encode_opening`` and
    ``encode_turns`` alone.

    Args:
        definition: The JSON of a ``tokenizers`` tokenizer whose first tokens are the special ones.

    Raises:
        CheckpointError: ``definition`` is not such a tokenizer.

    Example:
        >>> tokenizer = train_bytes(["hello hello"], vocabulary_size=300)
        >>> tokenizer.decode(tokenizer.encode("hello <|end|>"))
        'hello <|end|>'
    """

    def __init__(self, definition: str) -> None:
        try:
            self._inner = _Tokenizer.from_str(definition)
        except Exception as error:  # the library raises plain Exception for every fault
            raise CheckpointError(f"the tokenizer cannot be read: {error}") from error
        self._inner.encode_special_tokens = True  # special tokens in text are text
        vocabulary = self._inner.get_vocab(with_added_tokens=True)
        if any(vocabulary.get(token) != token_id for token_id, token in enumerate(SPECIAL_TOKENS)):
            raise CheckpointError("the tokenizer is foreign: its first tokens are not ChatLSTM's marks")
        self.definition = definition
        self._has_words = _cuts_words(json.loads(definition))
        self._table: dict[str, list[int]] = {}
        self._table_characters = 0
        try:
            self.token_bytes = _list_token_bytes(vocabulary, self._inner.model)
        except (LookupError, ValueError) as error:
            raise CheckpointError(f"the tokenizer is foreign: a token stands for no bytes: {error}") from error

    @property
    def vocabulary_size(self) -> int:
        """Count the tokens, special ones included."""
        return len(self.token_bytes)

    def encode(self, text: str) -> list[int]:
        """Cut plain text into token ids.

        Args:
            text: Any text that UTF-8 can write.

        Returns:
            Token ids, none of them special.

        Raises:
            ValueError: ``text`` holds a lone surrogate, which is not a character.
        """
        _check_characters(text)
        ids: list[int] = self._inner.encode(text, add_special_tokens=False).ids
        return ids

    def encode_many(self, texts: Sequence[str]) -> list[list[int]]:
        """Cut several texts: words met before are looked up, all others cut on all cores.

        Raises:
            ValueError: A text holds a lone surrogate, which is not a character.
        """
        for text in texts:
            _check_characters(text)
        words = [split_words(text) if self._has_words else None for text in texts]
        table = self._table
        new = list(set[str]().union(*filter(None, words)).difference(table))
        whole = [text for text, found in zip(texts, words, strict=True) if found is None]
        cut = [encoding.ids for encoding in self._inner.encode_batch_fast(new + whole, add_special_tokens=False)]
        table.update(zip(new, cut, strict=False))
        rest = iter(cut[len(new) :])
        ids = [next(rest) if found is None else [*chain(*map(table.__getitem__, found))] for found in words]
        self._table_characters += sum(map(len, new))
        if self._table_characters > TABLE_CHARACTERS:
            self._table, self._table_characters = {}, 0
        return ids

    def decode(self, token_ids: Iterable[int]) -> str:
        """Join token ids to text, as ``StreamDecoder`` does token by token."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        return decoder.decode(b"".join(self.token_bytes[token_id] for token_id in token_ids))

    def encode_opening(self, domain: str) -> list[int]:
        """Lay out how a record opens: ``END DOMAIN name``.

        It starts with ``END`` because a model that reads ``END`` forgets what came before.
        """
        return [END, DOMAIN, *self.encode(domain)]

    def encode_turns(self, turns: Sequence[str]) -> list[int]:
        """Lay out turns: ``(TURN text)*``; an empty last one asks the model to write it."""
        ids: list[int] = []
        for part in self.encode_many(turns):
            ids += [TURN, *part]
        return ids

    def encode_records(self, records: Sequence[Record]) -> list[list[int]]:
        """Lay out whole records: ``DOMAIN name (TURN text)+ END``."""
        parts = iter(self.encode_many([text for record in records for text in (record.domain, *record.turns)]))
        laid_out = []
        for record in records:
            ids = [DOMAIN, *next(parts)]
            for _ in record.turns:
                ids += [TURN, *next(parts)]
            laid_out.append([*ids, END])
        return laid_out

    def count_bytes(self) -> NDArray[np.int32]:
        """Give each token's length in UTF-8 bytes, shape ``(vocabulary,)``; special ones have 0."""
        return np.array([len(token) for token in self.token_bytes], dtype=np.int32)


class StreamDecoder:
    """Decodes token by token and never splits a character.

    Special tokens leave nothing, bytes that are no character leave U+FFFD, and a character whose
    last bytes never come is left out.

    Args:
        tokenizer: Whose tokens come in.

    Example:
        >>> tokenizer = train_bytes(["x"], vocabulary_size=300)
        >>> decoder = StreamDecoder(tokenizer)
        >>> [decoder.feed(token_id) for token_id in tokenizer.encode("é")]
        ['', 'é']
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._token_bytes = tokenizer.token_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, token_id: int) -> str:
        """Give the characters that became certain with this token."""
        return self._decoder.decode(self._token_bytes[token_id])


def train_bytes(texts: Iterable[str], *, vocabulary_size: int) -> Tokenizer:
    """Learn a byte-level BPE vocabulary, for languages written with spaces and for code.

    Args:
        texts: What to learn from.
        vocabulary_size: Tokens at most, ``>= 272``: the marks and every byte.

    Returns:
        A tokenizer that any text survives.

    Source:
        Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
        arXiv:1508.07909; over bytes as in Radford et al. 2019.

    Example:
        >>> train_bytes(["low lower lowest"], vocabulary_size=276).vocabulary_size
        276
    """
    inner = _Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    inner.train_from_iterator(texts, trainer)
    return Tokenizer(inner.to_str())


def train_characters(texts: Iterable[str], *, vocabulary_size: int) -> Tokenizer:
    """Keep the most frequent characters, for Chinese; rarer ones are written byte by byte.

    Args:
        texts: What to count.
        vocabulary_size: Tokens at most, ``>= 272``.

    Returns:
        A tokenizer that any text survives: one token a character, or its UTF-8 bytes.

    Example:
        >>> len(train_characters(["春眠不觉晓"], vocabulary_size=400).encode("春晓"))
        2
    """
    counts: dict[str, int] = {}
    for text in texts:
        for character in text:
            counts[character] = counts.get(character, 0) + 1
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    room = vocabulary_size - len(SPECIAL_TOKENS) - len(byte_tokens)
    # ties fall by code point, so that the same text gives the same vocabulary
    kept = sorted(counts, key=lambda character: (-counts[character], character))[: max(room, 0)]
    vocabulary = {token: n for n, token in enumerate([*SPECIAL_TOKENS, *byte_tokens, *kept])}
    inner = _Tokenizer(models.BPE(vocab=vocabulary, merges=[], byte_fallback=True))
    inner.add_special_tokens(list(SPECIAL_TOKENS))
    inner.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return Tokenizer(inner.to_str())


def read_tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer from its JSON file.

    Raises:
        CheckpointError: The file is missing or not such a tokenizer; the sentence names it.

    Example:
        >>> read_tokenizer(Path("nowhere/tokenizer.json"))
        Traceback (most recent call last):
        ...
        chatlstm.errors.CheckpointError: ...tokenizer.json: the tokenizer cannot be read: ...
    """
    try:
        definition = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path}: the tokenizer cannot be read: {error}") from error
    try:
        return Tokenizer(definition)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _cuts_words(definition: dict[str, object]) -> bool:
    """Tell whether text is split as ``split_words`` does it."""
    before = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return definition.get("pre_tokenizer") == before and definition.get("normalizer") is None


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"text holds a lone surrogate at {error.start}, which is not a character") from error


def _list_token_bytes(vocabulary: dict[str, int], model: models.Model) -> list[bytes]:
    """List what each token id stands for; special tokens stand for nothing."""
    byte_fallback = isinstance(model, models.BPE) and model.byte_fallback
    alphabet = _list_byte_alphabet()
    table = [b""] * len(vocabulary)
    for token, token_id in vocabulary.items():
        if token_id < len(SPECIAL_TOKENS):
            continue
        if not byte_fallback:
            table[token_id] = bytes(alphabet[character] for character in token)
        elif len(token) == len("<0x00>") and token.startswith("<0x"):
            table[token_id] = bytes([int(token[3:5], 16)])
        else:
            table[token_id] = token.encode()
    return table


def _list_byte_alphabet() -> dict[str, int]:
    """Give the byte for each character that byte-level BPE writes it as.

    Printable bytes stand for themselves; the others, in order, for the characters from U+0100.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in set(printable)]
    table = {chr(byte): byte for byte in printable}
    table.update({chr(0x100 + place): byte for place, byte in enumerate(rest)})
    return table
