"""A vocabulary as a tree of characters, to find all tokens that begin in a way at once.

A set of tokens is an integer whose bits are the token ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Branch:
    """A place in the tree.

    Args:
        tokens: Those that end here.
        after: The places behind each next character.
    """

    tokens: int = 0
    after: dict[str, "Branch"] = field(default_factory=dict)


def grow(token_bytes: Sequence[bytes]) -> Branch:
    """Build the tree of a vocabulary; tokens that are not ASCII are in no program and left out.

    Args:
        token_bytes: What each token id stands for; nothing for the marks.

    Returns:
        The root.

    Example:
        >>> root = grow([b"", b"i", b"if"])
        >>> root.after["i"].tokens, root.after["i"].after["f"].tokens
        (2, 4)
    """
    root = Branch()
    for token_id, token in enumerate(token_bytes):
        if not token or not token.isascii():
            continue
        branch = root
        for character in token.decode():
            branch = branch.after.setdefault(character, Branch())
        branch.tokens |= 1 << token_id
    return root
