"""``/search`` and ``/context``: what was said in any conversation, and what the model was fed of this one."""

from collections.abc import Sequence

from chatlstm.errors import MisuseError
from chatlstm.history.search import Match, Span
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.conversations import describe_match
from chatlstm.interface.exhibit import JSON, show_json_line
from chatlstm.interface.output import clip_line
from chatlstm.interface.slash import Command
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import count_columns
from chatlstm.session.feeding import Fed, read_fed

FOUND = 20
BOLD, USUAL = "\x1b[1m", "\x1b[22m"


def search(talk: Talk, argument: str) -> None:
    """Find what was said, in any conversation and on any branch."""
    words = [word for word in argument.split(" ") if word != JSON]
    typed = " ".join(words).strip()
    if not typed:
        raise MisuseError('/search needs words: all must occur; "several words" as they stand; poem* finds poems')
    matches = talk.session.history.search(typed, FOUND)
    if JSON in argument.split():
        show_json_line(talk, [describe_match(match) for match in matches])
    elif not matches:
        talk.screen.say("Nothing was found; /list names the conversations.")
    else:
        talk.screen.say_at_length("\n".join(lay_out_match(match, bold=talk.screen.color) for match in matches))


def lay_out_match(match: Match, *, bold: bool) -> str:
    """Write a turn that was found in two lines: where it is, and what stands there."""
    said = match.turn
    sign = "> " if said.turn.speaker == "person" else "  "
    head = f"{said.conversation_id}  {said.created.astimezone():%Y-%m-%d}  {clean_text(match.title)}"
    return f"{head}\n  {sign}{mark_spans(match.excerpt, match.spans, bold=bold)}"


def mark_spans(text: str, spans: Sequence[Span], *, bold: bool) -> str:
    """Mark places of a line in bold, or, without, in brackets.

    Example:
        >>> mark_spans("the moon", ((4, 8),), bold=False)
        'the [moon]'
    """
    before, after = (BOLD, USUAL) if bold else ("[", "]")
    marked, behind = "", 0
    for start, end in spans:
        marked += clean_text(text[behind:start]) + before + clean_text(text[start:end]) + after
        behind = end
    return marked + clean_text(text[behind:])


def show_context(talk: Talk, argument: str) -> None:
    """Show what the model was fed for the last reply, turn by turn."""
    fed = read_fed(talk.session)
    digits = max((len(f"{each.tokens:,}") for each in fed.turns), default=1)
    lines = [f"{fed.plugin}, {fed.checkpoint}:"]
    for each in fed.turns:
        head = f"  {each.how:8} {each.tokens:>{digits},}  {'> ' if each.turn.speaker == 'person' else '  '}"
        lines.append(head + clip_line(each.turn.text, max(8, count_columns() - len(head))))
    talk.screen.say("\n".join([*lines, sum_up(fed)]))


def sum_up(fed: Fed) -> str:
    """Say in a sentence how much was read, and behind what."""
    read = sum(each.tokens for each in fed.turns if each.how == "read")
    if fed.state_bytes:
        return (
            f"{read:,} tokens were read behind a stored state of {fed.state_bytes:,} bytes, which holds "
            "the turns marked state and all before them"
        )
    if fed.reads_conversation:
        return f"{read:,} tokens were read; there was no stored state of {fed.checkpoint} to go on from"
    return f"{read:,} tokens were read: {fed.plugin} reads no conversation"


FINDING = (
    Command("search", "TEXT", "what was said, in any conversation; --json", search, lambda talk: [JSON]),
    Command("context", "", "what the model was fed for the last reply", show_context),
)
