"""A small data set and a real HTTP server on 127.0.0.1 whose manners the tests choose."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate.datasets import idx, sources
from figurate.datasets.folder import FILES


class LocalServer(ThreadingHTTPServer):
    """Serves `files` by path; `manners` says, request by request, how each path is served (the last one stays).

    Manners: "whole"; "cut" (half of what is left, then the connection breaks); "stall" (half, then silence);
    "no-range" (Range is ignored); "cut-no-range"; "elsewhere" (a range that was not asked for); "endless"; "slow"; or
    a status number.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.manners: dict[str, list[str | int]] = defaultdict(lambda: ["whole"])
        self.requests: list[tuple[str, str | None]] = []  # (path, Range)
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        manners = self.server.manners[self.path]
        manner = manners.pop(0) if len(manners) > 1 else manners[0]
        body = self.server.files.get(self.path)
        if isinstance(manner, int) or body is None:
            self.send_error(manner if isinstance(manner, int) else 404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and "no-range" not in manner else 0
        if start >= len(body):
            self.send_error(416)
            return
        left = body[start:]
        self.send_response(206 if start else 200)
        if start:
            first = start + 1 if manner == "elsewhere" else start
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
        if manner != "endless":
            self.send_header("Content-Length", str(len(left)))
        self.end_headers()
        if manner.startswith("cut"):
            self.wfile.write(left[: len(left) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        elif manner == "stall":
            self.wfile.write(left[: len(left) // 2])
            self.server.ended.wait(20)
        elif manner == "endless":
            while not self.server.ended.is_set():
                self.wfile.write(left)
        elif manner == "slow":
            for at in range(0, len(left), 1000):
                self.wfile.write(left[at : at + 1000])
                self.server.ended.wait(0.01)
        else:
            self.wfile.write(left)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as local:
        thread = threading.Thread(target=local.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield local
        local.ended.set()
        local.shutdown()
        thread.join(10)


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def arrays() -> list[np.ndarray]:
    """A set of 60 + 20 random figures in MNIST's form, in the order of `folder.FILES`."""
    rng = np.random.default_rng(7)
    return [
        rng.integers(0, 256, (60, 28, 28), np.uint8),
        rng.integers(0, 10, 60, np.uint8),
        rng.integers(0, 256, (20, 28, 28), np.uint8),
        rng.integers(0, 10, 20, np.uint8),
    ]


@pytest.fixture
def set_folder(arrays: list[np.ndarray], tmp_path: Path) -> Path:
    """The small set as four raw IDX files."""
    path = tmp_path / "set"
    path.mkdir()
    for name, values in zip(FILES, arrays, strict=True):
        idx.write(path / name, values)
    return path


@pytest.fixture
def packed(set_folder: Path) -> dict[str, bytes]:
    """The small set's four files, gzipped, by their names without `.gz`."""
    return {name: gzip.compress((set_folder / name).read_bytes(), mtime=0) for name in FILES}


@pytest.fixture
def source(packed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sources.Source:
    """The small set as a source that is nowhere yet; the cache is `tmp_path/cache/figurate/small`."""
    monkeypatch.delenv("FIGURATE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return sources.Source(
        name="small",
        classes=10,
        system_folder=str(tmp_path / "system"),
        system_package="dataset-small",
        mirrors=("http://mirror.invalid/small/",),
        checksums={name: hashlib.md5(data, usedforsecurity=False).hexdigest() for name, data in packed.items()},
    )
