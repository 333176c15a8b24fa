"""What a plugin is asked: a message, what was said before it, and the language of both."""

from collections.abc import Mapping, Sequence

from chatlstm.pipeline.language import detect_language
from chatlstm.records import Request, Turn

CONTEXT_TURNS = 16
MESSAGE_CHARACTERS = 8_000


def make_request(text: str, context: Sequence[Turn], *, seed: int, options: Mapping[str, str]) -> Request:
    """Make the request for an answer; of long texts the plugin is given the last ``MESSAGE_CHARACTERS``.

    Args:
        text: The person's words.
        context: The turns before it, oldest first.
        seed: The reply's seed.
        options: The plugin's options by name.

    Example:
        >>> make_request("3 + 4?", [Turn("person", "你好。"), Turn("reply", "你好！")], seed=1, options={}).language
        'zh'
    """
    # what a model reads last counts most
    before = tuple(Turn(turn.speaker, turn.text[-MESSAGE_CHARACTERS:]) for turn in context)
    language = detect_language(text, before=detect_language(" ".join(turn.text for turn in before[-2:])))
    return Request(text[-MESSAGE_CHARACTERS:], before, seed, dict(options), language)
