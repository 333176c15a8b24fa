"""A table of the catalogue's folders ``families`` and ``products``, read key by key."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatlstm.plugin import MisuseError


@dataclass(frozen=True)
class Table:
    """A TOML table with its name.

    Args:
        id: Its name.
        values: Its keys and values.

    Example:
        >>> table = Table.read({"id": "sum", "en": ["add up the THEM"]})
        >>> table.texts("en"), table.text("map")
        (('add up the THEM',), '')
    """

    id: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, row: Mapping[str, object]) -> "Table":
        """Take a table that carries its name as ``id``."""
        return cls(str(row["id"]), {key: value for key, value in row.items() if key != "id"})

    def text(self, key: str) -> str:
        """Give a text or a number as text; empty where there is none.

        Raises:
            MisuseError: It is something else.
        """
        found = self.values.get(key, "")
        if not isinstance(found, str | int):
            raise MisuseError(f"table {self.id}: '{key}' must be a text, got {found!r}")
        return str(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; none where there is no list.

        Raises:
            MisuseError: It is something else.
        """
        found = self.values.get(key, [])
        if not isinstance(found, list):
            raise MisuseError(f"table {self.id}: '{key}' must be a list, got {found!r}")
        return tuple(str(one) for one in found)

    def check_keys(self, needed: set[str], *, allowed: set[str]) -> None:
        """Hold the keys to those that are known.

        Raises:
            MisuseError: One is missing or unknown.
        """
        faults = [f"needs '{key}'" for key in sorted(needed - self.values.keys())]
        faults += [f"unknown '{key}'" for key in sorted(self.values.keys() - needed - allowed)]
        if faults:
            raise MisuseError(f"table {self.id}: {', '.join(faults)}")
