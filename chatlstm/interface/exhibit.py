"""What ``/confidence`` and ``/look`` share: how they are asked, and how they answer in JSON and pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import END, Line
from chatlstm.session.inspection import Inspection

JSON, PNG = "--json", "--png"
PICTURE_COLUMNS = 100
LISTED_CHARACTERS = 12


@dataclass(frozen=True)
class Exhibit:
    """How the last reply is to be shown.

    Args:
        words: What else was asked, word by word.
        as_json: As a line of JSON.
        picture: As a PNG, in this file.
    """

    words: tuple[str, ...] = ()
    as_json: bool = False
    picture: Path | None = None


def read_exhibit(argument: str) -> Exhibit:
    """Read what was typed behind the command; a file's name is all that follows ``--png``.

    Raises:
        MisuseError: The picture has no name that ends with ``.png``, or an option is not known.

    Example:
        >>> read_exhibit("0.3 2.117 --json")
        Exhibit(words=('0.3', '2.117'), as_json=True, picture=None)
    """
    before, asked, file = argument.partition(PNG)
    if asked and not file.strip().lower().endswith(".png"):
        raise MisuseError(f"{PNG} needs the name of a file that ends with .png, got {file.strip()!r}")
    words = tuple(word for word in before.split() if word != JSON)
    unknown = [word for word in words if word.startswith("--")]
    if unknown:
        raise MisuseError(f"no option {unknown[0]}; there is {JSON} and {PNG} FILE")
    as_json = JSON in before.split()
    if asked and as_json:
        raise MisuseError(f"{JSON} or {PNG}: give one of them")
    return Exhibit(words, as_json, Path(file.strip()).expanduser() if asked else None)


def list_exhibit_options(talk: Talk) -> list[str]:
    """List what may stand behind such a command."""
    return [JSON, PNG]


def name_token(text: str) -> str:
    r"""Write a token so that its blanks and line feeds are seen.

    Example:
        >>> name_token(" sea\n"), name_token("")
        ('" sea\\n"', '[end]')
    """
    return json.dumps(clean_text(text), ensure_ascii=False) if text else END


def describe_inspection(inspection: Inspection) -> dict[str, object]:
    """Tell in JSON's values who answered, who read it, and how many tokens are not shown."""
    return {"plugin": inspection.plugin, "checkpoint": inspection.checkpoint, "skipped": inspection.skipped}


def show_json_line(talk: Talk, value: object) -> None:
    """Write a value as one line of JSON where replies go; what is not to be printed is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    talk.screen.stream("".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line))
    talk.screen.end_reply()


def tell_skipped(talk: Talk, inspection: Inspection) -> None:
    """Say so where the beginning of a long reply is not shown."""
    if inspection.skipped:
        talk.screen.tell(f"the first {inspection.skipped:,} tokens of this reply are not shown")


def show_picture(talk: Talk, lines: Sequence[Line], path: Path) -> None:
    """Draw lines of tiles into a file, and say so.

    Raises:
        ChatLSTMError: The file cannot be written.
    """
    from chatlstm.interface.picture import draw_tiles

    try:
        missing = draw_tiles(lines, path)
    except OSError as error:
        raise ChatLSTMError(f"{path}: cannot be written: {error.strerror}") from error
    talk.screen.say(f"Drawn in {path}")
    if missing:
        listed = "".join(sorted(missing)[:LISTED_CHARACTERS])
        talk.screen.tell(
            f"no font here has {clean_text(listed)}: such characters are drawn as boxes; "
            "install a font that has them, such as Noto Sans CJK, and draw again"
        )
