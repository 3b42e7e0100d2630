"""Downloading against a real server on this computer: cuts, silence, wrong bytes, missing files, proxies."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from figurate.datasets.download import exclusive, fetch
from figurate.datasets.progress import progress
from figurate.errors import DownloadError

if TYPE_CHECKING:
    from tests.python.datasets.conftest import LocalServer

BODY = os.urandom(300_000)
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
HALF = len(BODY) // 2


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "set.gz"


@pytest.fixture
def part(target: Path) -> Path:
    return target.with_name("set.gz.part")


@pytest.fixture
def url(server: LocalServer) -> str:
    server.files["/set.gz"] = BODY
    return f"{server.url}/set.gz"


def assert_whole(target: Path, part: Path) -> None:
    assert target.read_bytes() == BODY
    assert not part.exists()


def test_a_whole_file_with_its_progress(url: str, target: Path, part: Path) -> None:
    reports: list[tuple[str, int, int | None]] = []
    fetch([url], target, MD5, timeout=5, report=lambda *report: reports.append(report))
    assert_whole(target, part)
    assert reports[0] == ("set.gz", 0, len(BODY))
    assert reports[-1] == ("set.gz", len(BODY), len(BODY))


def test_a_cut_connection_goes_on_where_it_was_cut(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.manners["/set.gz"] = ["cut", "whole"]
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests == [("/set.gz", None), ("/set.gz", f"bytes={HALF}-")]


def test_a_later_call_goes_on_with_what_an_earlier_one_left(
    url: str, server: LocalServer, target: Path, part: Path
) -> None:
    server.manners["/set.gz"] = ["cut", 503, "whole"]
    with pytest.raises(DownloadError, match=r"cut after 150,000 of 300,000 bytes(.|\n)*answered 503"):
        fetch([url], target, MD5, timeout=5)
    assert part.read_bytes() == BODY[:HALF]
    assert not target.exists()
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests[-1] == ("/set.gz", f"bytes={HALF}-")


def test_the_next_mirror_goes_on(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.files["/other"] = BODY
    server.manners["/set.gz"] = ["cut", 404]
    fetch([url, f"{server.url}/other"], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests[-1] == ("/other", f"bytes={HALF}-")


def test_a_server_that_ignores_range(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.manners["/set.gz"] = ["cut", "no-range"]
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)


def test_a_server_that_always_cuts_is_given_up(url: str, server: LocalServer, target: Path) -> None:
    server.manners["/set.gz"] = ["cut-no-range"]
    with pytest.raises(DownloadError, match="the connection was cut after 150,000 of 300,000 bytes"):
        fetch([url], target, MD5, timeout=5)
    assert len(server.requests) == 3


def test_a_server_that_goes_on_elsewhere(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.manners["/set.gz"] = ["cut", "elsewhere", "whole"]
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests[-1] == ("/set.gz", None)


def test_a_wrong_checksum_goes_to_the_next_mirror(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.files["/altered"] = BODY[:-1] + b"!"
    fetch([f"{server.url}/altered", url], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests == [("/altered", None), ("/set.gz", None)]


def test_a_wrong_checksum_everywhere(server: LocalServer, target: Path, part: Path) -> None:
    server.files["/altered"] = b"altered"
    received = hashlib.md5(b"altered", usedforsecurity=False).hexdigest()
    with pytest.raises(DownloadError, match=rf"/altered: expected MD5 {MD5}, received {received}"):
        fetch([f"{server.url}/altered"], target, MD5, timeout=5)
    assert not target.exists()
    assert not part.exists()


def test_a_wrong_start_left_behind_is_thrown_away(url: str, server: LocalServer, target: Path, part: Path) -> None:
    part.write_bytes(b"another file's start")
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)
    assert server.requests == [("/set.gz", "bytes=20-"), ("/set.gz", None)]


@pytest.mark.parametrize("left", [BODY, BODY + b"more"], ids=["whole", "too long"])
def test_all_bytes_left_behind(url: str, target: Path, part: Path, left: bytes) -> None:
    part.write_bytes(left)
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)


def test_a_missing_file_goes_to_the_next_mirror(url: str, server: LocalServer, target: Path, part: Path) -> None:
    fetch([f"{server.url}/nothing", url], target, MD5, timeout=5)
    assert_whole(target, part)


def test_silence_ends_at_the_timeout_and_keeps_what_came(
    url: str, server: LocalServer, target: Path, part: Path
) -> None:
    server.manners["/set.gz"] = ["stall", 404]
    start = time.monotonic()
    with pytest.raises(DownloadError, match=r"no answer within 0\.3 s after 150,000 bytes(.|\n)*answered 404"):
        fetch([url], target, MD5, timeout=0.3)
    assert time.monotonic() - start < 10
    assert part.read_bytes() == BODY[:HALF]
    server.manners["/set.gz"] = ["whole"]
    fetch([url], target, MD5, timeout=5)
    assert_whole(target, part)


def test_a_server_that_never_ends(url: str, server: LocalServer, target: Path, part: Path) -> None:
    server.manners["/set.gz"] = ["endless"]
    with pytest.raises(DownloadError, match="expected at most 1,000,000 bytes, the server sent more"):
        fetch([url], target, MD5, timeout=5, limit=1_000_000)
    assert part.stat().st_size == 0


def test_a_server_that_promises_too_much(url: str, target: Path) -> None:
    with pytest.raises(DownloadError, match="expected at most 1,000 bytes, the server promises 300,000"):
        fetch([url], target, MD5, timeout=5, limit=1000)


def test_no_server_at_all(closed_port: int, target: Path) -> None:
    with pytest.raises(DownloadError, match="Connection refused"):
        fetch([f"http://127.0.0.1:{closed_port}/set.gz"], target, MD5, timeout=2)


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/x", "set.gz"])
def test_other_kinds_of_address_are_refused(address: str, target: Path) -> None:
    with pytest.raises(DownloadError, match="expected an address that begins with http:// or https://"):
        fetch([address], target, MD5, timeout=2)


def test_a_proxy_is_honoured(server: LocalServer, target: Path, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files["http://mirror.invalid/set.gz"] = BODY
    monkeypatch.setenv("http_proxy", server.url)
    fetch(["http://mirror.invalid/set.gz"], target, MD5, timeout=5)
    assert_whole(target, part)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files may not grow beyond 100,000 bytes, so that writing really fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_not_taken_for_a_bad_mirror(url: str, target: Path) -> None:
    with pytest.raises(OSError, match="File too large") as caught:
        fetch([url, url], target, MD5, timeout=5)
    assert not isinstance(caught.value, DownloadError)
    assert not target.exists()


def test_the_lock_holds_others_off(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with exclusive(tmp_path / ".lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with exclusive(tmp_path / ".lock"):
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_the_bar_in_a_terminal_and_a_line_elsewhere() -> None:
    for terminal in (True, False):
        file = io.StringIO()
        with progress("small", Console(file=file, force_terminal=terminal, width=120)) as report:
            report("set.gz", 0, 2_000_000)
            report("set.gz", 2_000_000, 2_000_000)
        shown = file.getvalue()
        if terminal:
            assert "small: set.gz" in shown
            assert "2.0/2.0 MB" in shown
        else:
            assert shown == "small: downloading set.gz (2.0 MB)\n"
