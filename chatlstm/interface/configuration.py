"""A person's settings for the chat, in a file: written with comments at the first start, read at every one."""

import difflib
import logging
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict

from chatlstm.engine.files import write_whole

CHOICES = {"theme": ("auto", "light", "dark", "none"), "keys": ("emacs", "vi")}
MAX_SEED = 2**32 - 1
COMMENTED = """\
# ChatLSTM's settings for the chat. A line that begins with # is not read: take the # away to set it.
# What the command line says wins over this file; 'chatlstm doctor' looks it through.

# theme = "auto"       # or light, dark, and none for no colour
# keys = "emacs"       # or vi; F4 changes it for a while
# checkpoint = "en"    # answers everything; without it the language of each message chooses
# plugin = "story"     # answers everything; without it each message chooses
# seed = 7             # makes the replies repeatable
# private = true       # writes nothing to the disk; --no-private does for once
"""
_logger = logging.getLogger(__name__)


class Values(TypedDict, total=False):
    """The settings of a file that can be taken, by name."""

    theme: str
    keys: str
    checkpoint: str
    plugin: str
    seed: int
    private: bool


@dataclass(frozen=True)
class Configuration:
    """What a person set in the file.

    Args:
        path: The file; it need not be there.
        values: What can be taken.
        faults: What cannot, each with file and line.
        lines: The line of each setting, from 1.
    """

    path: Path
    values: Values = field(default_factory=Values)
    faults: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def blame(self, name: str, fault: object) -> str:
        """Say what is wrong with a setting, and where it stands."""
        return f"{self.path}:{self.lines.get(name, 1)}: {fault}; the setting is left out"


def read_configuration(path: Path) -> Configuration:
    """Read the settings; what cannot be taken is among its faults, and the rest holds.

    Args:
        path: The file; where there is none, nothing is set.
    """
    empty = Configuration(path)
    text = ""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        return empty
    except OSError as error:
        fault = f"{path}: cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        fault = f"{path}: is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        fault = f"{path}:{_read_line(str(error), text)}: {error}"
    else:
        return _take_settings(replace(empty, lines=find_lines(text)), values)
    return replace(empty, faults=(f"{fault}; no setting is taken from it",))


def begin_configuration(path: Path) -> bool:
    """Write the file where there is none, with everything in it commented out; its folder is made.

    Returns:
        Whether it was written; where it cannot be, the log tells.
    """
    try:
        if path.exists():
            return False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, COMMENTED.encode())
    except OSError as error:
        _logger.warning("%s: cannot be written (%s); nothing can be set there", path, error.strerror)
        return False
    return True


def find_lines(text: str) -> dict[str, int]:
    """Tell on which line of a TOML file each name first stands.

    Args:
        text: The file, without fault.

    Returns:
        Lines from 1 by name; of a table or a dotted name that is its first part.

    Example:
        >>> find_lines('theme = "dark"\\n[extra]\\nkeys = "vi"')
        {'theme': 1, 'extra': 2, 'keys': 3}
    """
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(r"""[\s\[]*(?:(["'])(.*?)\1|([\w-]+))""", line):
            lines.setdefault(found[2] or found[3], number)
    return lines


def _take_settings(configuration: Configuration, values: Mapping[str, object]) -> Configuration:
    faults = {name: fault for name, value in values.items() if (fault := _find_fault(name, value))}
    taken = Values(**{name: value for name, value in values.items() if name not in faults})  # type: ignore[typeddict-item]  # each was checked
    told = tuple(configuration.blame(name, fault) for name, fault in faults.items())
    return replace(configuration, values=taken, faults=told)


def _find_fault(name: str, value: object) -> str:
    """Tell what is wrong with a setting; empty where nothing is."""
    known = tuple(Values.__annotations__)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        return f"no setting {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"there is {', '.join(known)}")
    if name in CHOICES:
        right, rule = value in CHOICES[name], f"one of {', '.join(CHOICES[name])}"
    elif name == "seed":
        right, rule = type(value) is int and 0 <= value <= MAX_SEED, f"a whole number from 0 to {MAX_SEED}"
    elif name == "private":
        right, rule = isinstance(value, bool), "true or false"
    else:
        right, rule = isinstance(value, str) and bool(value.strip()), "a name in quotation marks"
    return "" if right else f"{name} must be {rule}, got {value!r}"


def _read_line(message: str, text: str) -> int:
    """Read the line out of what tomllib says; it names none where the file ends too early."""
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else max(1, len(text.splitlines()))
