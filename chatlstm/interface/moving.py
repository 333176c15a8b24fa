"""The slash commands that move between conversations."""

from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.slash import Command
from chatlstm.interface.talk import Talk

LISTED = 15
OFFERED = 1_000


def begin_anew(talk: Talk, argument: str) -> None:
    """Begin another conversation."""
    talk.session.begin_anew()
    talk.screen.say("A new conversation begins with your next message.")


def list_recent(talk: Talk, argument: str) -> None:
    """List recent conversations."""
    lines = [
        f"{each.id}  {each.updated.astimezone():%Y-%m-%d %H:%M}  {clean_text(each.title)}"
        for each in talk.session.list_conversations(LISTED)
    ]
    talk.screen.say_at_length("\n".join(lines) or "There is no conversation yet.")


def resume(talk: Talk, argument: str) -> None:
    """Go on with an earlier conversation, which the person picks where they name none."""
    pick = talk.screen.pick
    if pick is not None and not argument and (offered := talk.session.list_conversations(OFFERED)):
        picked = pick(offered)
        if picked is None:
            talk.screen.say("You are where you were.")
            return
        argument = picked
    conversation = talk.session.resume(argument)
    talk.screen.say(f"You are back in {conversation.id}.\n")
    talk.show_last_turns()


def list_ids(talk: Talk) -> list[str]:
    """List the ids /resume takes."""
    return [each.id for each in talk.session.list_conversations(LISTED)]


MOVING = (
    Command("new", "", "begin another conversation", begin_anew),
    Command("list", "", "recent conversations", list_recent),
    Command("resume", "[ID]", "go on with one; alone: pick it", resume, list_ids),
)
