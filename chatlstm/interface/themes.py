"""The colours of the chat, for light and for dark terminals."""

from collections.abc import Mapping
from dataclasses import dataclass

LIGHT_GROUNDS = ("7", "15")  # white, of the sixteen colours that COLORFGBG counts


@dataclass(frozen=True)
class Theme:
    """What is shown in which colour.

    Args:
        styles: Of the line editor, by class.
        notice: The control sequence that notices begin with.
    """

    styles: Mapping[str, str]
    notice: str


def choose_theme(name: str, colorfgbg: str) -> Theme:
    """Choose the colours.

    Args:
        name: ``"light"``, ``"dark"``, or ``"auto"``, which goes by the terminal.
        colorfgbg: What the terminal says of itself in the variable ``COLORFGBG``, ``"ink;ground"``. Where
            it says nothing, ``"auto"`` keeps to the terminal's own colours.

    Example:
        >>> choose_theme("auto", "0;15") == choose_theme("light", "")
        True
        >>> choose_theme("auto", "").styles["prompt"]
        'ansigreen bold'
    """
    if name == "auto" and colorfgbg:
        name = "light" if colorfgbg.rpartition(";")[2] in LIGHT_GROUNDS else "dark"
    if name == "light":
        return _make_theme(("#005f00", "#4e4e4e", "#626262"), ("#e4e4e4", "#1c1c1c"), ("#005f87", "#ffffff"))
    if name == "dark":
        return _make_theme(("#87d787", "#b2b2b2", "#9e9e9e"), ("#303030", "#e4e4e4"), ("#87afd7", "#000000"))
    quiet = "ansibrightblack"
    own = {"prompt": "ansigreen bold", "bottom-toolbar": f"noreverse {quiet}", "auto-suggestion": quiet}
    return Theme(own, "\x1b[2m")


def _make_theme(inks: tuple[str, str, str], menu: tuple[str, str], current: tuple[str, str]) -> Theme:
    """Make a theme of three inks on the terminal's ground, and two pairs of ground and ink."""
    prompt, quiet, suggestion = inks
    row, chosen = (f"noreverse bg:{ground} {ink}" for ground, ink in (menu, current))
    styles = {
        "prompt": f"{prompt} bold",
        "bottom-toolbar": f"noreverse {quiet}",
        "auto-suggestion": suggestion,
        "completion-menu.completion": row,
        "completion-menu.completion.current": chosen,
        "completion-menu.meta.completion": row,
        "completion-menu.meta.completion.current": chosen,
    }
    grey = 232 + (int(quiet[1:3], 16) - 8) // 10  # its place among the 24 greys of the 256 colours
    return Theme(styles, f"\x1b[38;5;{grey}m")
