"""Fetching from a server on this machine that can be told to misbehave."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from chatlstm.pipeline.download import DownloadError, Fetched, fetch_file, part_path

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CONNECT = socket.socket.connect


class Server(ThreadingHTTPServer):
    """Serves CONTENT at any path but ``/gone``, and keeps the ranges it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str | None] = []
        self.knows_ranges = True
        self.breaks_after = len(CONTENT)
        self.tells_size = True

    def address(self, path: str = "/tales") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.server.knows_ranges else 0
        if self.path == "/gone":
            self.send_error(404)
            return
        if begin >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        if self.server.tells_size:
            self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        self.wfile.write(CONTENT[begin : self.server.breaks_after])

    def log_request(self, code: object = "", size: object = "") -> None:
        """Say nothing of what was asked."""

    def log_error(self, *_: object) -> None:
        """Say nothing of what went wrong."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    def connect(made: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1"
        CONNECT(made, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def fetch(server: Server, path: Path, sha256: str = SHA256) -> list[Fetched]:
    return list(fetch_file(server.address(), path, sha256=sha256))


def test_a_file_is_fetched_whole(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "corpora" / "tales"
    fetch(server, path)

    assert (path.read_bytes(), part_path(path).exists(), server.asked) == (CONTENT, False, [None])


def test_progress_ends_at_the_size_of_the_whole(server: Server, tmp_path: Path) -> None:
    assert fetch(server, tmp_path / "tales")[-1] == Fetched(256_000, 256_000)


def test_a_broken_download_keeps_what_came(server: Server, tmp_path: Path) -> None:
    server.breaks_after = 100_000
    with pytest.raises(DownloadError, match=r"broke after 100,000 of 256,000 bytes; give the same command"):
        fetch(server, tmp_path / "tales")

    assert part_path(tmp_path / "tales").read_bytes() == CONTENT[:100_000]


def test_a_broken_download_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tales"
    part_path(path).write_bytes(CONTENT[:100_000])
    first, *_ = fetch(server, path)

    assert (path.read_bytes(), server.asked) == (CONTENT, ["bytes=100000-"])
    assert first.bytes_here > 100_000 and first.size == 256_000


def test_an_interrupted_download_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tales"
    with closing(fetch_file(server.address(), path, sha256=SHA256)) as progress:
        begun = next(progress)
    kept = part_path(path).stat().st_size
    fetch(server, path)

    assert 0 < begun.bytes_here <= kept < len(CONTENT)
    assert (path.read_bytes(), server.asked) == (CONTENT, [None, f"bytes={kept}-"])


def test_a_server_that_knows_no_ranges_begins_anew(server: Server, tmp_path: Path) -> None:
    server.knows_ranges = False
    path = tmp_path / "tales"
    part_path(path).write_bytes(CONTENT[:100_000])
    last = fetch(server, path)[-1]

    assert (path.read_bytes(), last) == (CONTENT, Fetched(256_000, 256_000))


def test_a_server_that_tells_no_size_is_believed_by_the_hash(server: Server, tmp_path: Path) -> None:
    server.tells_size = False
    path = tmp_path / "tales"

    assert fetch(server, path)[-1] == Fetched(256_000, 0)
    assert path.read_bytes() == CONTENT


def test_a_part_that_is_whole_only_takes_its_name(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tales"
    part_path(path).write_bytes(CONTENT)

    assert (fetch(server, path), path.read_bytes()) == ([], CONTENT)


def test_another_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tales"
    with pytest.raises(DownloadError, match=r"has sha256 .* the catalogue has 000000000000"):
        fetch(server, path, sha256="0" * 64)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_here_stands_until_the_new_one_is_proven(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tales"
    path.write_bytes(b"old")
    with pytest.raises(DownloadError):
        fetch(server, path, sha256="0" * 64)

    assert path.read_bytes() == b"old"


def test_a_file_that_the_server_has_not_is_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"tales: http://.*/gone answers 404 Not Found"):
        list(fetch_file(server.address("/gone"), tmp_path / "tales", sha256=SHA256))


def test_a_missing_network_is_told_with_what_to_do(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(DownloadError, match=r"cannot reach 127\.0\.0\.1 .*; give the same command again .* put it at"):
        list(fetch_file(f"http://127.0.0.1:{port}/tales", tmp_path / "tales", sha256=SHA256))


def test_a_folder_that_cannot_be_made_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadError, match="tales: "):
        fetch(server, tmp_path / "file" / "tales")
