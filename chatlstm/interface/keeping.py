"""The slash commands about what is kept of a conversation: its title, judgements, and nothing at all."""

from chatlstm.errors import MisuseError
from chatlstm.history.feedback import Mark
from chatlstm.interface.output import clip_line
from chatlstm.interface.slash import Command, read_count
from chatlstm.interface.talk import Talk
from chatlstm.session import branches

YES = "--yes"
LINE = 60


def rename(talk: Talk, argument: str) -> None:
    """Give the conversation another title."""
    conversation = talk.session.need_conversation()
    if not argument:
        raise MisuseError(f"/rename needs a title; it is {conversation.title!r} now")
    renamed = talk.session.history.rename_conversation(conversation.id, argument)
    talk.screen.say(f"{renamed.id} is called {renamed.title!r} now.")


def forget(talk: Talk, argument: str) -> None:
    """Delete a message and all that follows it, or the whole conversation, for good."""
    agreed = YES in argument.split()
    number = read_count("forget", " ".join(word for word in argument.split() if word != YES))
    conversation = talk.session.need_conversation()
    turn = None if number is None else branches.find_message(talk.session, number)
    if turn is None:
        what = f"the conversation {conversation.id} ({clip_line(conversation.title, LINE)})"
    else:
        following = branches.count_following(talk.session, turn)
        what = f"{clip_line(turn.turn.text, LINE)!r} and what follows it ({following} turn{'s' * (following != 1)})"
    if not agreed:
        if talk.screen.confirm is None:
            raise MisuseError(f"/forget would delete {what} for good; add {YES} to do so without being asked")
        if not talk.screen.confirm(f"Forget {what} for good?"):
            talk.screen.say("Nothing was deleted.")
            return
    remains = branches.forget(talk.session, turn)
    anew = "" if talk.session.conversation else "; a new conversation begins with your next message"
    talk.screen.say(f"Forgotten for good{anew}." if not remains else f"{remains}{anew}.")


def mark_good(talk: Talk, argument: str) -> None:
    """Mark the last reply as a good one."""
    mark_reply(talk, "good")


def mark_bad(talk: Talk, argument: str) -> None:
    """Mark the last reply as a bad one."""
    mark_reply(talk, "bad")


def mark_reply(talk: Talk, mark: Mark) -> None:
    """Store a mark with the last reply."""
    reply = branches.judge(talk.session, mark=mark)
    talk.screen.say(f"Marked {mark}: {clip_line(reply.turn.text, LINE)}")


def correct(talk: Talk, argument: str) -> None:
    """Store what the last reply should have been."""
    if not argument:
        raise MisuseError("/correct needs what the reply should have been")
    reply = branches.judge(talk.session, correction=argument)
    talk.screen.say(f"Corrected: {clip_line(reply.turn.text, LINE)}")


KEEPING = (
    Command("good", "", "mark the last reply as good; training can use it", mark_good),
    Command("bad", "", "mark it as bad", mark_bad),
    Command("correct", "TEXT", "store what it should have been", correct),
    Command("rename", "TITLE", "give this conversation another title", rename),
    Command("forget", "[N]", "delete it, or your Nth message and all behind, for good", forget, lambda talk: [YES]),
)
