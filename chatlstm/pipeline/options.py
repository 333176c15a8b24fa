"""What a person may set of a plugin: numbers, one of some words, or free text."""

from dataclasses import dataclass

from chatlstm.errors import MisuseError


@dataclass(frozen=True)
class Option:
    """A number that a person may set with ``-o NAME=VALUE`` or ``/set NAME VALUE``.

    Args:
        name: As it is typed.
        default: Its value where nothing is set; an integer default takes integers only.
        low: Least value.
        high: Greatest value.
        help: What it does, in a few words.

    Example:
        >>> Option("candidates", 16, 1, 64, "replies to choose from").read({"candidates": "8"})
        8.0
    """

    name: str
    default: float
    low: float
    high: float
    help: str

    def read(self, options: dict[str, str]) -> float:
        """Read this option from what the person set.

        Args:
            options: Values as typed, by name.

        Returns:
            The value, or the default.

        Raises:
            MisuseError: The value is no number or out of bounds.
        """
        if self.name not in options:
            return self.default
        kind = int if isinstance(self.default, int) else float
        try:
            value = float(kind(options[self.name]))
        except (ValueError, OverflowError):
            value = float("nan")
        if not self.low <= value <= self.high:
            what = "a whole number" if kind is int else "a number"
            raise MisuseError(
                f"{self.name} must be {what} from {self.low} to {self.high}, got {options[self.name]!r}"
            )
        return value

    @property
    def bounds(self) -> str:
        """The values it takes, in words."""
        return f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Choice:
    """One of some words that a person may set with ``-o NAME=VALUE`` or ``/set NAME VALUE``.

    Args:
        name: As it is typed.
        default: Its value where nothing is set; one of ``choices``.
        choices: The values it takes.
        help: What it does, in a few words.

    Example:
        >>> Choice("style", "auto", ("auto", "plain"), "manner of the text").read({"style": "plain"})
        'plain'
    """

    name: str
    default: str
    choices: tuple[str, ...]
    help: str

    def read(self, options: dict[str, str]) -> str:
        """Read this option from what the person set.

        Args:
            options: Values as typed, by name.

        Returns:
            The value, or the default.

        Raises:
            MisuseError: The value is none of the choices.
        """
        value = options.get(self.name, self.default)
        if value not in self.choices:
            raise MisuseError(f"{self.name} must be one of {self.bounds}, got {value!r}")
        return value

    @property
    def bounds(self) -> str:
        """The values it takes, in words."""
        return "|".join(self.choices)


@dataclass(frozen=True)
class Words:
    """Free text that a person may set with ``-o NAME=VALUE`` or ``/set NAME VALUE``.

    Args:
        name: As it is typed.
        default: Its value where nothing is set.
        help: What it does, in a few words.

    Example:
        >>> Words("heads", "", "first characters of the lines").read({"heads": "春夏秋冬"})
        '春夏秋冬'
    """

    name: str
    default: str
    help: str

    def read(self, options: dict[str, str]) -> str:
        """Read this option from what the person set; the default where that is nothing."""
        return options.get(self.name, self.default)

    @property
    def bounds(self) -> str:
        """The values it takes, in words."""
        return "any text"


Settable = Option | Choice | Words
