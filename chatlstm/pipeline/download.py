"""Fetching a file of the catalogue over the network: what broke off is gone on with, and nothing unproven is kept."""

import hashlib
import http.client
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from chatlstm.errors import ChatLSTMError

SECONDS_WITHOUT_AN_ANSWER = 30
PIECE = 2**16  # bytes read at a time
_GONE = (urllib.error.URLError, http.client.HTTPException, OSError)


class DownloadError(ChatLSTMError):
    """A file could not be fetched.

    Example:
        >>> DownloadError("tales.jsonl.xz: the server answers 404 Not Found").exit_code
        1
    """


@dataclass(frozen=True)
class Fetched:
    """How far a download is.

    Args:
        bytes_here: Bytes on the disk, those of an earlier try among them.
        size: Bytes of the whole; 0 where the server does not tell.
    """

    bytes_here: int
    size: int


def part_path(path: Path) -> Path:
    """Give the file that holds a download until it is complete.

    Example:
        >>> part_path(Path("corpora/tales.jsonl.xz")).as_posix()
        'corpora/tales.jsonl.xz.part'
    """
    return path.with_name(f"{path.name}.part")


def fetch_file(address: str, path: Path, *, sha256: str) -> Generator[Fetched, None, None]:
    """Download a file, or the rest of one whose download broke off.

    The bytes gather in a file beside it, which takes the name of the whole once its hash is right.

    Args:
        address: Where it is, by http or https.
        path: Where it shall be; its folder is made.
        sha256: Hex digest of the whole.

    Yields:
        How far it is, each time some bytes are on the disk.

    Raises:
        DownloadError: There is no network, the server refuses, the connection broke, or the file is
            another one. What was fetched so far stays, unless it is another file.
    """
    part = part_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        here = part.stat().st_size if part.exists() else 0
        with closing(_request(address, here)) as answer:
            yield from _receive(answer, part, here)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise DownloadError(f"{path.name}: {address} answers {error.code} {error.reason}") from error
    except _GONE as error:
        raise DownloadError(
            f"{path.name}: {_tell(error, address)}; give the same command again to go on from what is here, "
            f"or get {address} in another way and put it at {path}"
        ) from error
    _prove(part, path, address=address, sha256=sha256)


def _request(address: str, begin: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": "chatlstm", "Accept-Encoding": "identity"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the catalogue takes http and https only
    answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=SECONDS_WITHOUT_AN_ANSWER)  # noqa: S310
    return answer


def _receive(answer: http.client.HTTPResponse, part: Path, here: int) -> Generator[Fetched, None, None]:
    continues = answer.status == http.HTTPStatus.PARTIAL_CONTENT
    here = here if continues else 0  # a server that knows no ranges begins anew
    size = here + int(answer.headers.get("Content-Length", -here))
    with part.open("ab" if continues else "wb") as file:
        while piece := answer.read(PIECE):
            file.write(piece)
            here += len(piece)
            yield Fetched(here, size)
        file.flush()
        os.fsync(file.fileno())
    if here < size:
        raise ConnectionError(f"the connection broke after {here:,} of {size:,} bytes")


def _prove(part: Path, path: Path, *, address: str, sha256: str) -> None:
    with part.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != sha256:
        part.unlink()
        raise DownloadError(
            f"{path.name}: what {address} gives has sha256 {found[:12]}..., the catalogue has {sha256[:12]}...; "
            "it was thrown away; if this happens again, the file there is another one by now"
        )
    part.replace(path)


def _tell(error: Exception, address: str) -> str:
    if isinstance(error, urllib.error.URLError):
        return f"cannot reach {urllib.parse.urlsplit(address).hostname} ({error.reason})"
    return str(error) or type(error).__name__
