"""The keys of the chat's line, where they differ from those of every line."""

from collections.abc import Callable

import click
from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import has_focus, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.interrupts import Interrupts
from chatlstm.interface.pasting import Pastes


def bind_keys(interrupts: Interrupts, pastes: Pastes) -> KeyBindings:
    """Bind the keys.

    Args:
        interrupts: Counts Ctrl-C.
        pastes: Takes long pastes.
    """
    keys = KeyBindings()
    line = has_focus(DEFAULT_BUFFER)

    @keys.add(Keys.Enter, filter=line)
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add(Keys.Escape, Keys.Enter, filter=line)
    @keys.add(Keys.ControlJ, filter=line)
    def _break_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add(Keys.BracketedPaste, filter=line)
    def _paste(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(pastes.fold(clean_text(event.data)))

    @keys.add(Keys.ControlC, filter=line)
    @keys.add(Keys.SIGINT, filter=line)
    def _clear(event: KeyPressEvent) -> None:
        if interrupts.note() and not event.current_buffer.text:
            event.app.exit(exception=KeyboardInterrupt)
            return
        event.current_buffer.append_to_history()  # arrow-up brings it back
        event.current_buffer.reset()

    @keys.add(Keys.F4)
    def _switch_mode(event: KeyPressEvent) -> None:
        emacs = event.app.editing_mode == EditingMode.EMACS
        event.app.editing_mode = EditingMode.VI if emacs else EditingMode.EMACS

    @keys.add(Keys.ControlX, Keys.ControlE, filter=line)
    @keys.add("v", filter=line & vi_navigation_mode)
    def _edit(event: KeyPressEvent) -> None:
        event.app.create_background_task(edit_line(event.current_buffer, pastes))

    keys.add(Keys.ControlAt, filter=line)(_do_nothing)
    return keys


def _do_nothing(event: KeyPressEvent) -> None:
    """Take Ctrl-Space, an input method's key: a mark set there would swallow what is typed next."""


async def edit_line(buffer: Buffer, pastes: Pastes) -> None:
    """Open a line in the person's editor; saving brings the text back and sends nothing."""
    text = clean_text(pastes.unfold(buffer.text))

    def edit() -> str | None:
        try:
            return click.edit(text, extension=".txt")
        except (click.ClickException, OSError, UnicodeError) as error:
            print(f"Error: the editor gave no text ({error}); set EDITOR to another one")
            return None

    edited = await run_in_terminal(edit, in_executor=True)
    if edited is not None:
        line = pastes.fold(clean_text(edited).removesuffix("\n"))
        buffer.document = Document(line, len(line))


def show_above(app: Application[str]) -> Callable[[Callable[[], None]], None]:
    """Give a function that shows something above the prompt, from whatever thread."""

    def place(show: Callable[[], None]) -> None:
        loop, context = app.loop, app.context
        if not app.is_running or loop is None or context is None:
            show()
            return
        loop.call_soon_threadsafe(lambda: run_in_terminal(show), context=context)

    return place
