"""Which plugins there are, and which of them are broken and why."""

import contextlib
import importlib.util
import io
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from chatlstm.errors import MissingError
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.options import Settable

GROUP = "chatlstm.plugins"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be loaded.

    Args:
        name: Its name or file.
        reason: What went wrong, in a sentence.
    """

    name: str
    reason: str


@dataclass(frozen=True)
class Registry:
    """The plugins at hand, by name.

    Args:
        domains: Those that work.
        broken: Those that do not.
    """

    domains: dict[str, Domain]
    broken: tuple[Broken, ...] = ()

    def find(self, name: str) -> Domain:
        """Give the plugin of this name.

        Raises:
            MissingError: There is none, or it is broken; the sentence says which.
        """
        if name in self.domains:
            return self.domains[name]
        for broken in self.broken:
            if broken.name == name:
                raise MissingError(f"the plugin {name!r} is broken: {broken.reason}")
        raise MissingError(f"no domain {name!r}; installed: {', '.join(sorted(self.domains)) or 'none'}")


def load_registry(entries: Iterable[EntryPoint], files: Iterable[Path]) -> Registry:
    """Load plugins one by one; a broken one is noted and the rest works.

    Args:
        entries: Installed entry points, as ``installed_plugins`` lists them.
        files: Python files that each hold one plugin.

    Returns:
        The registry.
    """
    domains: dict[str, Domain] = {}
    broken: list[Broken] = []
    loaders: list[tuple[str, Callable[[], object]]] = [
        (entry.name, entry.load) for entry in entries
    ]
    loaders += [(path.name, partial(_load_file, path)) for path in files]
    for name, load in loaders:
        try:
            with quiet(name):
                domain = _check_domain(load())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a stranger's module raises, SystemExit too
            broken.append(Broken(name, f"{type(error).__name__}: {error}"))
            continue
        if domain.name in domains:
            broken.append(Broken(name, f"another plugin is already called {domain.name!r}"))
            continue
        domains[domain.name] = domain
    for fault in broken:
        _logger.warning("plugin %s is left out: %s", fault.name, fault.reason)
    return Registry(domains, tuple(broken))


def installed_plugins() -> tuple[EntryPoint, ...]:
    """List the entry points of all installed plugins, in the order of their names."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


@contextlib.contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep what a plugin prints off standard output, and log it."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            yield
    finally:
        if printed.getvalue():
            _logger.warning("plugin %s printed: %s", name, printed.getvalue().strip())


def _load_file(path: Path) -> object:
    """Import a file and give the one Domain class that is defined in it."""
    spec = importlib.util.spec_from_file_location(f"chatlstm_file_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    found = {
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Domain)
        and value.__module__ == module.__name__
    }
    if len(found) != 1:
        raise TypeError(f"{path} must define one subclass of Domain, it has {len(found)}")
    return found.pop()


def _check_domain(found: object) -> Domain:
    """Make the plugin and check what it says of itself."""
    if not (isinstance(found, type) and issubclass(found, Domain)):
        raise TypeError(f"{found!r} is not a subclass of chatlstm.plugin.Domain")
    domain = found()
    for attribute in ("name", "summary"):
        if not isinstance(vars(found).get(attribute), str):
            raise TypeError(f"{found.__name__} needs the string {attribute!r}")
    tuples = (
        ("cues", domain.cues, str, "str"),
        ("languages", domain.languages, str, "str"),
        ("options", domain.options, Settable, "Option, Choice or Words"),
    )
    for attribute, values, kind, kinds in tuples:
        if not (isinstance(values, tuple) and all(isinstance(value, kind) and value for value in values)):
            raise TypeError(f"{found.__name__}.{attribute} must be a tuple of {kinds}, none empty")
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", domain.name):
        raise ValueError(
            f"a plugin's name is lower-case letters, digits, - and _, got {domain.name!r}"
        )
    return domain
