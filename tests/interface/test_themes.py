"""The themes: whether what they colour can be read, by the arithmetic of WCAG 2.2."""

import re

import pytest

from chatlstm.interface.themes import choose_theme

GROUNDS = {
    "light": ("#ffffff", "#fdf6e3", "#eeeeee"),  # white, Solarized's, a grey one
    "dark": ("#000000", "#1e1e1e", "#002b36", "#300a24", "#282c34"),  # black, VS Code's, Solarized's, Ubuntu's, One's
}
ENOUGH = 4.5  # success criterion 1.4.3, level AA


def find_luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def find_contrast(one: str, other: str) -> float:
    low, high = sorted((find_luminance(one), find_luminance(other)))
    return (high + 0.05) / (low + 0.05)


def list_pairs(name: str) -> list[tuple[str, str]]:
    """Pair each colour of a theme with the grounds it is read on."""
    theme = choose_theme(name, "")
    pairs = []
    for style in theme.styles.values():
        ink = re.search(r"(?<!bg:)#\w{6}", style)
        ground = re.search(r"(?<=bg:)#\w{6}", style)
        assert ink
        pairs += [(ink[0], each) for each in ([ground[0]] if ground else GROUNDS[name])]
    grey = 8 + 10 * (int(theme.notice.removeprefix("\x1b[38;5;").removesuffix("m")) - 232)
    return [*pairs, *((f"#{grey:02x}{grey:02x}{grey:02x}", ground) for ground in GROUNDS[name])]


def test_the_arithmetic_is_that_of_the_book() -> None:
    assert find_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert find_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WebAIM's contrast checker


@pytest.mark.parametrize("name", GROUNDS)
def test_every_colour_can_be_read_on_the_usual_grounds(name: str) -> None:
    assert [pair for pair in list_pairs(name) if find_contrast(*pair) < ENOUGH] == []


@pytest.mark.parametrize(
    ("colorfgbg", "name"), [("0;15", "light"), ("0;default;7", "light"), ("15;0", "dark"), ("12;8", "dark")]
)
def test_auto_goes_by_what_the_terminal_says(colorfgbg: str, name: str) -> None:
    assert choose_theme("auto", colorfgbg) == choose_theme(name, "")


def test_a_terminal_that_says_nothing_keeps_its_own_colours() -> None:
    assert "#" not in "".join(choose_theme("auto", "").styles.values())


def test_a_named_theme_does_not_go_by_the_terminal() -> None:
    assert choose_theme("dark", "0;15") != choose_theme("light", "0;15")
