"""Checkpoint folders: what they hold, and whether they can be trusted; no torch here."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import HALVES, Encoding
from chatlstm.engine.files import recover_folder, recover_folders, write_whole
from chatlstm.errors import CheckpointError, MissingError

if TYPE_CHECKING:
    from chatlstm.tokens.tokenizer import Tokenizer

FORMAT = 2  # 1 had no encoding: its weights are all halves
CONFIG, WEIGHTS, TOKENIZER, CARD = "config.json", "weights.safetensors", "tokenizer.json", "README.md"
ORIGINS = "origins.safetensors"
NEEDED = (WEIGHTS, TOKENIZER)


@dataclass(frozen=True)
class CheckpointConfig:
    """What a checkpoint says of itself.

    Args:
        name: Name of the checkpoint.
        language: ``"en"``, ``"zh"`` or ``"code"``.
        domains: The domains it was trained on.
        network: Shape of the network.
        sha256: Hex digests of its other files by name.
        facts: Measured scores and the recipe, as the card tells them.
        encoding: How its weights are stored.

    Example:
        >>> network = NetworkConfig(vocabulary_size=300, hidden_size=8)
        >>> CheckpointConfig("mine", "en", ("dialogue",), network, {"weights.safetensors": "1f0c9a2b77"}).identity
        'mine@1f0c9a2b'
    """

    name: str
    language: str
    domains: tuple[str, ...]
    network: NetworkConfig
    sha256: dict[str, str]
    facts: dict[str, object] = field(default_factory=dict)
    encoding: Encoding = HALVES

    @property
    def identity(self) -> str:
        """Name and the first eight digits of the weights' hash."""
        return f"{self.name}@{self.sha256[WEIGHTS][:8]}"


def hash_file(path: Path) -> str:
    """Compute the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def dump_config(config: CheckpointConfig) -> bytes:
    """Write a checkpoint's config as JSON, its format number first."""
    return (json.dumps({"format": FORMAT, **asdict(config)}, indent=1, ensure_ascii=False) + "\n").encode()


def read_config(folder: Path) -> CheckpointConfig:
    """Read a checkpoint's config without touching its weights.

    Raises:
        CheckpointError: It is missing, damaged, foreign, or from a newer ChatLSTM.
    """
    path = folder / CONFIG
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        found = facts["format"]
        if found > FORMAT:
            raise CheckpointError(f"{path}: has format {found}, this ChatLSTM reads {FORMAT}; update ChatLSTM")
        if found < 1:
            raise ValueError(f"there is no format {found}")
        return CheckpointConfig(
            name=folder.name,
            language=str(facts["language"]),
            domains=tuple(map(str, facts["domains"])),
            network=NetworkConfig(**facts["network"]),
            sha256={name: str(facts["sha256"][name]) for name in (*NEEDED, *({ORIGINS} & set(facts["sha256"])))},
            facts=dict(facts["facts"]),
            encoding=Encoding(**facts["encoding"]) if found > 1 else HALVES,
        )
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(f"{path}: is not the config of a ChatLSTM checkpoint: {error!r}") from error


def check_files(folder: Path, config: CheckpointConfig, names: Iterable[str] = NEEDED) -> None:
    """Compare files with the hashes their config gives.

    Args:
        folder: The checkpoint's.
        config: Its config.
        names: Of the files; if not given, those the model needs.

    Raises:
        CheckpointError: A file is missing, truncated or changed; the sentence names it.
    """
    for name in names:
        path = folder / name
        try:
            found = hash_file(path)
        except OSError as error:
            raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error
        if found != config.sha256[name]:
            raise CheckpointError(f"{path}: is damaged or was changed: its hash is not the one {CONFIG} gives")


def add_origins(folder: Path, content: bytes) -> CheckpointConfig:
    """Give a checkpoint the index of its training text; one it has is replaced.

    Args:
        folder: The checkpoint's.
        content: What ``pipeline.origins.pack_index`` made.

    Returns:
        The config as written, with the index's hash.

    Raises:
        CheckpointError: There is no checkpoint.
        OSError: The disk is full or the folder cannot be written.
    """
    config = read_config(folder)
    write_whole(folder / ORIGINS, content)
    described = replace(config, sha256={**config.sha256, ORIGINS: hash_file(folder / ORIGINS)})
    write_whole(folder / CONFIG, dump_config(described))
    return described


def read_origins(folder: Path) -> tuple[CheckpointConfig, bytes]:
    """Read the index of a checkpoint's training text as bytes, after checking their hash.

    Raises:
        MissingError: The checkpoint has none.
        CheckpointError: It is damaged, or the config cannot be read.
    """
    config = read_config(folder)
    build = f"'chatlstm checkpoints index {folder.name} --corpora FOLDER' builds it"
    if ORIGINS not in config.sha256:
        raise MissingError(f"{config.identity} has no index of its training text; {build}")
    try:
        content = (folder / ORIGINS).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{folder / ORIGINS}: cannot be read: {error.strerror}; {build}") from error
    if hashlib.sha256(content).hexdigest() != config.sha256[ORIGINS]:
        raise CheckpointError(f"{folder / ORIGINS}: is damaged or was changed; {build}")
    return config, content


def read_checkpoint(folder: Path) -> tuple[CheckpointConfig, "Tokenizer"]:
    """Read all of a checkpoint but its weights, after checking every file of it.

    Raises:
        CheckpointError: A file is missing, truncated, tampered with, foreign or newer.
    """
    from chatlstm.tokens.tokenizer import read_tokenizer  # noqa: PLC0415  # a list of checkpoints needs none

    config = read_config(folder)
    check_files(folder, config)
    tokenizer = read_tokenizer(folder / TOKENIZER)
    if tokenizer.vocabulary_size != config.network.vocabulary_size:
        raise CheckpointError(f"{folder / TOKENIZER}: does not belong to this checkpoint: its vocabulary differs")
    return config, tokenizer


def list_sources(config: CheckpointConfig) -> list[str]:
    """List what a checkpoint was trained on, as ``domain/source``."""
    named = config.facts.get("sources")
    return [str(name) for name in named] if isinstance(named, list) else []


def find_checkpoint(name: str, folders: tuple[Path, ...]) -> Path:
    """Find a checkpoint by its name, or by its path.

    Args:
        name: Such as ``"en"``, or a folder that holds a checkpoint.
        folders: Where checkpoints lie, the first searched first.

    Raises:
        MissingError: There is none of that name.
    """
    for folder in folders:
        recover_folder(folder / name)
        if (folder / name / CONFIG).exists():
            return folder / name
    here = Path(name).resolve()  # "." has a name too
    if (here / CONFIG).exists():
        return here
    present = ", ".join(path.name for path in list_checkpoints(folders)) or "none"
    raise MissingError(
        f"no checkpoint {name!r}; installed: {present}; "
        "'chatlstm train dialogue --scratch --name NAME' trains one"
    )


def list_checkpoints(folders: tuple[Path, ...]) -> list[Path]:
    """List the checkpoint folders, one a name, those of an earlier folder hiding later ones."""
    found: dict[str, Path] = {}
    for folder in folders:
        recover_folders(folder)
        for path in sorted(folder.glob(f"*/{CONFIG}")):
            if not path.parent.name.startswith("."):
                found.setdefault(path.parent.name, path.parent)
    return [found[name] for name in sorted(found)]
