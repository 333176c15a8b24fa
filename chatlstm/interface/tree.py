"""A conversation's branches drawn as lines."""

from collections.abc import Sequence

from chatlstm.history.turn import StoredTurn
from chatlstm.interface.output import clip_line, count_cells

_FORK, _BESIDE = "├─ ", "│  "


def draw_tree(turns: Sequence[StoredTurn], tip_id: int | None, width: int) -> list[str]:
    """Draw all branches of a conversation, a line a turn.

    The current branch, or else the latest, stays at the left edge; what branches off it is drawn
    before it goes on. A star marks the current branch, ``>`` what the person said.

    Args:
        turns: Every turn, a parent before its children; they are numbered from 1 in this order.
        tip_id: Where the current branch ends.
        width: Columns of the terminal.

    Returns:
        The lines.
    """
    parents = {turn.id: turn.parent_id for turn in turns}
    current: set[int] = set()
    while tip_id is not None:
        current.add(tip_id)
        tip_id = parents[tip_id]
    children: dict[int | None, list[int]] = {}
    for turn in turns:
        children.setdefault(turn.parent_id, []).append(turn.id)
    numbers = {turn.id: number for number, turn in enumerate(turns, start=1)}
    digits = len(str(len(turns)))
    lines = []
    waiting = _place_children(children.get(None, []), current, "")
    while waiting:
        turn_id, indent, fork = waiting.pop()
        number, star = numbers[turn_id], "*" if turn_id in current else " "
        stored = turns[number - 1]
        head = f"{number:>{digits}} {star} {indent}{fork}{'> ' if stored.turn.speaker == 'person' else ''}"
        lines.append(head + clip_line(stored.turn.text, max(8, width - count_cells(head))))
        waiting += _place_children(children.get(turn_id, []), current, indent + _BESIDE * bool(fork))
    return lines


def _place_children(ids: Sequence[int], current: set[int], indent: str) -> list[tuple[int, str, str]]:
    """Put what follows a turn in the order to take from the end: forks first, the main line last."""
    if not ids:
        return []
    main = next((each for each in ids if each in current), ids[-1])
    forks = [(each, indent, _FORK) for each in reversed(ids) if each != main]
    return [(main, indent, ""), *forks]
