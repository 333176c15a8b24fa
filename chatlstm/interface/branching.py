"""The slash commands about the branches of a conversation; nothing is lost by them."""

from chatlstm.errors import MisuseError
from chatlstm.interface.asking import list_option_names, list_options
from chatlstm.interface.output import clip_line
from chatlstm.interface.slash import Command, read_count
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import count_columns
from chatlstm.interface.tree import draw_tree
from chatlstm.session import branches

LINE = 60


def regenerate(talk: Talk, argument: str) -> None:
    """Answer the last message again, beside the reply there is."""
    talk.answer_again(read_once(talk, argument))


def read_once(talk: Talk, argument: str) -> dict[str, str]:
    """Read the options that hold for one reply, such as ``temperature=0.7 candidates=8``.

    Raises:
        MisuseError: One is no ``NAME=VALUE``, is not known, or has a value out of its bounds.
    """
    chosen = {}
    for word in argument.split():
        name, equals, value = word.partition("=")
        options = [option for _, option in list_options(talk) if option.name == name]
        if not equals or not value:
            raise MisuseError(f"/regen takes NAME=VALUE, got {word!r}; /set shows what there is")
        if not options:
            raise MisuseError(f"no option {name!r}; /set shows what there is")
        for option in options:
            option.read({name: value})
        chosen[name] = value
    return chosen


def list_assignments(talk: Talk) -> list[str]:
    """List how options may begin for /regen."""
    return [f"{name}=" for name in list_option_names(talk)]


def undo(talk: Talk, argument: str) -> None:
    """Go back before the last messages."""
    said = branches.undo(talk.session, read_count("undo", argument) or 1)
    talk.screen.say(
        f"Back before > {clip_line(said.turn.text, LINE)}\nNothing is lost: /tree shows it, /switch N returns to it."
    )


def edit(talk: Talk, argument: str) -> None:
    """Say an earlier message otherwise, on a branch of its own."""
    first, _, text = argument.partition(" ")
    number = read_count("edit", first)
    if number is None:
        raise MisuseError("/edit needs the number of a message of yours: /edit 1 is the first")
    said = branches.find_message(talk.session, number)
    changed: str | None = text.strip()
    if not changed:
        if talk.screen.edit is None:
            raise MisuseError(f"/edit {number} needs the new text behind it: /edit {number} TEXT")
        changed = talk.screen.edit(said.turn.text)
    if changed is None:
        talk.screen.say("Nothing was changed.")
        return
    talk.session.move_to(said.parent_id)
    talk.answer(changed)


def fork(talk: Talk, argument: str) -> None:
    """Go on in a copy of the conversation."""
    number = read_count("fork", argument)
    before = talk.session.need_conversation()
    copied = branches.fork(talk.session, number)
    talk.screen.say(f"You are in {copied.id}, which begins as {before.id} does; that one stays as it is.\n")
    talk.show_last_turns()


def show_tree(talk: Talk, argument: str) -> None:
    """Draw the branches of the conversation."""
    conversation = talk.session.need_conversation()
    tree = talk.session.history.read_tree(conversation.id)
    lines = draw_tree(tree, conversation.tip_id, count_columns())
    talk.screen.say_at_length("\n".join([*lines, "* is where you are; /switch N goes to another turn."]))


def switch(talk: Talk, argument: str) -> None:
    """Go to another branch, or back on this one."""
    number = read_count("switch", argument)
    if number is None:
        raise MisuseError("/switch needs the number of a turn; /tree shows them")
    turn = branches.switch(talk.session, number)
    asks = "; /regen answers it" if turn.turn.speaker == "person" else ""
    talk.screen.say(f"You are behind {clip_line(turn.turn.text, LINE)}{asks}\n")
    talk.show_last_turns()


BRANCHING = (
    Command("regen", "[K=V...]", "answer again, with options for this once", regenerate, list_assignments),
    Command("undo", "[N]", "go back before your last message, or the last N", undo),
    Command("edit", "N [TEXT]", "say your Nth message otherwise, on a branch of its own", edit),
    Command("fork", "[N]", "go on in a copy of this conversation, up to your Nth message", fork),
    Command("tree", "", "all branches, numbered", show_tree),
    Command("switch", "N", "go to turn N of the tree", switch),
)
