"""The chat on a terminal: one line editor over the loop."""

from collections.abc import Iterable
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import History
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from chatlstm.errors import ChatLSTMError
from chatlstm.interface.applications import end_by_signals
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.completion import CommandCompleter
from chatlstm.interface.cursor import browse_readings
from chatlstm.interface.dialogs import confirm, edit_text
from chatlstm.interface.interrupts import Interrupts
from chatlstm.interface.keys import bind_keys, show_above
from chatlstm.interface.loop import run_loop
from chatlstm.interface.pager import page_text
from chatlstm.interface.pasting import FOLDED_CHARACTERS, Pastes
from chatlstm.interface.picker import pick_conversation
from chatlstm.interface.talk import Talk
from chatlstm.interface.toolbar import describe_state

REMEMBERED_CONVERSATIONS = 20


class SaidBefore(History):
    """What Ctrl-R and arrow-up search: the person's turns, and what was typed since.

    Nothing is written: the conversation's own history holds it.

    Args:
        talk: The chat.
    """

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk

    def load_history_strings(self) -> Iterable[str]:
        """Give earlier messages, the newest first."""
        try:
            messages = self._talk.session.list_messages(REMEMBERED_CONVERSATIONS)
        except ChatLSTMError:  # the history cannot be read just now
            messages = []
        return [clean_text(text) for text in messages if len(text) <= FOLDED_CHARACTERS]

    def store_string(self, string: str) -> None:
        """Keep nothing on the disk."""


def run_terminal(talk: Talk, *, vi: bool = False) -> int:
    """Chat on a terminal.

    Args:
        talk: The chat.
        vi: Begin with vi keys.

    Returns:
        The exit code.
    """
    interrupts, pastes = Interrupts(), Pastes()
    prompt = make_prompt(talk, interrupts, pastes)
    prompt.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
    talk.screen.place = show_above(prompt.app)
    talk.screen.browse, talk.screen.pick = browse_readings, pick_conversation
    talk.screen.page = lambda text: page_text(text, talk.screen.tell)
    talk.screen.edit, talk.screen.confirm = edit_text, confirm
    prompt.app.after_render += lambda _: talk.engine.start()  # the prompt first, then the model

    def redraw() -> None:
        with suppress(RuntimeError):  # the person may have left: the prompt's event loop is closed
            prompt.app.invalidate()

    talk.engine.when_ended(redraw)  # the toolbar names it

    def read_line() -> str:
        with end_by_signals(prompt.app) as end_if_heard:
            return pastes.unfold(prompt.prompt(pre_run=end_if_heard))

    return run_loop(talk, read_line, interrupts)


def make_prompt(talk: Talk, interrupts: Interrupts, pastes: Pastes) -> PromptSession[str]:
    """Make the line editor, with its keys, completion, search and toolbar."""
    searches = Condition(lambda: not get_app().current_buffer.text.startswith("/"))
    session: PromptSession[str] = PromptSession(
        [("class:prompt", "> ")],
        multiline=True,
        prompt_continuation="  ",
        key_bindings=bind_keys(interrupts, pastes),
        completer=CommandCompleter(talk),
        complete_while_typing=True,
        enable_history_search=searches,
        enable_suspend=True,
        history=SaidBefore(talk),
        # without colour a suggestion looks as if it had been typed
        auto_suggest=AutoSuggestFromHistory() if talk.screen.color else None,
        bottom_toolbar=lambda: describe_state(talk, vi=get_app().editing_mode == EditingMode.VI),
        color_depth=None if talk.screen.color else ColorDepth.DEPTH_1_BIT,
        style=Style.from_dict(dict(talk.screen.theme.styles)),
        reserve_space_for_menu=4,
    )
    return session
