"""The one place that wires the parts together; heavy libraries are imported only when needed."""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import PlatformDirs

from chatlstm.engine.api import Generator
from chatlstm.engine.checkpoint import ORIGINS, find_checkpoint, read_config, read_origins
from chatlstm.errors import CheckpointError, MissingError
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.registry import Registry, installed_plugins, load_registry

if TYPE_CHECKING:
    from chatlstm.engine.device import Device
    from chatlstm.engine.evaluation import Model
    from chatlstm.history.history import History
    from chatlstm.pipeline.origins import OriginIndex

SHIPPED_CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"
STARTER = "en"
STARTERS = {"en": "dialogue", "zh": "dialogue --language zh", "code": "code --language code"}
"""The shipped checkpoints, and what a person would train to make each anew."""


def data_folder() -> Path:
    """Tell where a person's data lies: ``CHATLSTM_HOME``, or the platform's data directory."""
    home = os.environ.get("CHATLSTM_HOME")
    return Path(home) if home else Path(PlatformDirs("chatlstm", appauthor=False).user_data_dir)


def history_path() -> Path:
    """Tell where the history's database lies."""
    return data_folder() / "history.db"


def configuration_path() -> Path:
    """Tell where a person's settings lie: in ``CHATLSTM_HOME``, or the platform's configuration directory."""
    home = os.environ.get("CHATLSTM_HOME")
    folder = Path(home) if home else Path(PlatformDirs("chatlstm", appauthor=False).user_config_dir)
    return folder / "config.toml"


def checkpoint_folders() -> tuple[Path, ...]:
    """List where checkpoints lie: a person's own first, then the shipped ones."""
    return (data_folder() / "checkpoints", SHIPPED_CHECKPOINTS)


def run_folder(name: str) -> Path:
    """Tell where a training run keeps its state."""
    return data_folder() / "runs" / name


def corpora_folder() -> Path:
    """Tell where downloaded corpora lie: ``CHATLSTM_CORPORA``, or within the data folder."""
    named = os.environ.get("CHATLSTM_CORPORA")
    return Path(named) if named else data_folder() / "corpora"


def assemble_registry(plugin_files: tuple[Path, ...] = ()) -> Registry:
    """Load the installed plugins, those in the data folder's ``plugins/``, and the files given."""
    dropped = tuple(sorted((data_folder() / "plugins").glob("*.py")))
    return load_registry(installed_plugins(), dropped + plugin_files)


def assemble_plugin(plugin: str) -> tuple[Registry, Domain]:
    """Load the plugins, and find one of them.

    Args:
        plugin: Its name, or the path of a ``.py`` file that holds it; such a file comes before
            an installed plugin of the same name.

    Returns:
        All plugins at hand, and the one that was asked for.

    Raises:
        MissingError: There is no such plugin, or it is broken.
    """
    registry = assemble_registry()
    if not plugin.endswith(".py") or plugin in [broken.name for broken in registry.broken]:
        return registry, registry.find(plugin)
    loaded = load_registry((), (Path(plugin),))
    if loaded.broken:
        raise MissingError(f"the plugin {plugin} is broken: {loaded.broken[0].reason}")
    (domain,) = loaded.domains.values()
    return Registry({**registry.domains, domain.name: domain}, registry.broken), domain


def assemble_history() -> "History":
    """Open the person's history; SQLAlchemy is imported by this.

    Raises:
        HistoryError: It is locked, damaged or cannot be written.
    """
    from chatlstm.history.opening import open_history

    return open_history(history_path())


def find_onnxruntime() -> str:
    """Tell the version of what runs checkpoints on the CPU; it is imported by this.

    Raises:
        ImportError: It is not there, or cannot work here.
    """
    from chatlstm.engine.onnx_stepper import find_version

    return find_version()


def list_torch_devices() -> tuple[str, ...]:
    """List the kinds of device torch finds here, the fastest first; torch is imported by this."""
    from chatlstm.engine.device import list_devices

    return list_devices()


def choose_torch_device(name: str | None) -> "Device":
    """Choose the device; torch is imported by this."""
    from chatlstm.engine.device import choose_device, list_devices

    return choose_device(name, list_devices())


def cache_folder() -> Path:
    """Tell where lies what can be made again: in ``CHATLSTM_HOME``, or the platform's cache directory."""
    home = os.environ.get("CHATLSTM_HOME")
    return Path(home) / "cache" if home else Path(PlatformDirs("chatlstm", appauthor=False).user_cache_dir)


def open_origins(identity: str) -> "OriginIndex":
    """Read the index of what a checkpoint was trained on.

    Args:
        identity: Its name and the first digits of its weights' hash, as a stored reply has them.

    Raises:
        MissingError: There is no such checkpoint any more, or it has no index.
        CheckpointError: The index is damaged.
    """
    folder = find_checkpoint(identity.rpartition("@")[0], checkpoint_folders())
    config = read_config(folder)
    if config.identity != identity:
        raise MissingError(f"{identity} wrote this reply, and what is here of that name now is {config.identity}")
    return _unpack_origins(folder, config.sha256.get(ORIGINS, ""))


@lru_cache(maxsize=2)
def _unpack_origins(folder: Path, sha256: str) -> "OriginIndex":
    """Read the index of this hash, once for all replies of a chat."""
    from chatlstm.pipeline.origins import unpack_index

    return unpack_index(read_origins(folder)[1])


# Any: whose states they are, nobody out here needs to know
def load_model(checkpoint: str, device: str | None, *, precision: str = "int8") -> "Model[Any]":
    """Load a checkpoint to be measured or to generate.

    On the CPU, the default, the network runs one token at a time without torch; on a graphics
    card it is PyTorch that runs it, in float32.

    Args:
        checkpoint: Its name or path.
        device: ``"cuda"``, ``"mps"`` or ``"cpu"``; None is the CPU.
        precision: On the CPU, ``"int8"`` or ``"float32"``.

    Raises:
        MissingError: There is no such checkpoint, or it cannot be trusted.
        MisuseError: There is no such device.
    """
    folder = find_checkpoint(checkpoint, checkpoint_folders())
    from chatlstm.engine import evaluation

    try:
        if device in (None, "cpu"):
            return evaluation.load_model(folder, cache=cache_folder(), precision=precision)
        return evaluation.load_reference(folder, choose_torch_device(device))
    except CheckpointError as error:
        raise CheckpointError(f"{error}; 'chatlstm doctor' tells how to mend it") from error


def engine_loader(checkpoint: str, device: str | None) -> Callable[[], Generator]:
    """Give a function that loads a checkpoint's engine.

    Args:
        checkpoint: Name or path of the checkpoint; looked up at once.
        device: ``"cuda"``, ``"mps"`` or ``"cpu"``; None is the CPU.

    Raises:
        MissingError: There is no such checkpoint.
    """
    find_checkpoint(checkpoint, checkpoint_folders())
    return lambda: load_model(checkpoint, device).engine
