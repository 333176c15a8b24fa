"""Dialogues to train on."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chatlstm.plugin import Record

CUT_SHARE = 0.35


def cut_some(records: Iterable[Record]) -> Iterator[Record]:
    """Cut a third of the dialogues in two, so that the model also learns replies without context.

    The ranking of replies divides by log p(reply); a model that has only ever seen openings
    at the start of a record would misjudge it. Where to cut follows from the text's hash.

    Args:
        records: Dialogues of any length.

    Returns:
        The dialogues, some in two parts with the same ``document``.

    Example:
        >>> sum(len(part.turns) for part in cut_some([Record("dialogue", tuple("abcdef"))]))
        6
    """
    for record in records:
        key = hashlib.blake2b("\n".join(record.turns).encode(), digest_size=8).hexdigest()
        chance = int(key[:8], 16) / 2**32
        if len(record.turns) < 4 or chance >= CUT_SHARE:
            yield record
            continue
        place = 1 + int(key[8:], 16) % (len(record.turns) - 1)
        document = record.document or key
        yield replace(record, turns=record.turns[:place], document=document)
        yield replace(record, turns=record.turns[place:], document=document)
