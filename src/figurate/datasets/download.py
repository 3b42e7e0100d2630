"""Fetch one file over HTTP: several mirrors, a timeout, resuming, a checksum. Standard library only.

What is fetched and why is told in `sources.py`; the bar is drawn by `progress.py`. Proxies are honoured as
`urllib.request` does (`http_proxy`, `https_proxy`, `no_proxy`).
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from figurate.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["exclusive", "fetch"]

_ATTEMPTS = 3  # at one mirror, as long as each brings something
_CHUNK = 1 << 16
_LIMIT = 64 << 20  # bytes; the largest file of any set is 26 MB


class _Failure(Exception):
    """An attempt failed; `again` says whether another one at the same mirror may help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


def fetch(
    urls: Sequence[str],
    target: Path,
    md5: str,
    *,
    timeout: float,
    limit: int = _LIMIT,
    report: Callable[[str, int, int | None], None] | None = None,
) -> None:
    """Fetch a file from the first address that gives it whole and unaltered.

    Bytes go to `target` with `.part` appended, from where a later call goes on after an interruption; only a file
    with the right checksum gets the name `target`. Two calls must not run for one target: see `exclusive`.

    Args:
        urls: Addresses of the same file, http or https, in the order in which they are tried.
        target: Where to put it; the folder exists.
        md5: The file's published MD5, in hexadecimal.
        timeout: Seconds without an answer or a byte after which an attempt ends.
        limit: The most bytes to accept.
        report: Called with the target's name, the bytes there are, and those there will be, or None.

    Raises:
        DownloadError: No address gave the file; the message names each with its reason, one a line.
        OSError: The file cannot be written.
    """

    def tell(done: int, total: int | None) -> None:
        if report is not None:
            report(target.name, done, total)

    part = target.with_name(target.name + ".part")
    if part.exists() and _md5(part) == md5:  # an earlier call was ended just before the last step
        os.replace(part, target)
        return
    failures: list[str] = []
    for url in urls:
        for _ in range(_ATTEMPTS):
            before = part.stat().st_size if part.exists() else 0
            try:
                _attempt(url, part, before, timeout, limit, tell)
                received = _md5(part)
                if received == md5:
                    os.replace(part, target)
                    return
                part.unlink()
                # What an earlier attempt left may have been another file's start; a whole fetch is above suspicion.
                raise _Failure(f"expected MD5 {md5}, received {received}", again=before > 0)
            except _Failure as failure:
                failures.append(f"{url}: {failure}")
                if not failure.again:
                    break
    raise DownloadError("\n    ".join(failures) if failures else f"{target.name}: no mirror to try")


def _attempt(
    url: str, part: Path, offset: int, timeout: float, limit: int, tell: Callable[[int, int | None], None]
) -> None:
    """Append to `part` what `url` gives from byte `offset` on, or write it anew where the server starts at 0."""
    if not url.startswith(("http://", "https://")):
        raise _Failure("expected an address that begins with http:// or https://", again=False)
    headers = {"User-Agent": "figurate"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    # A new opener each time, so that it sees the proxies set now.
    opener = urllib.request.build_opener()
    try:
        response = opener.open(urllib.request.Request(url, headers=headers), timeout=timeout)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
            if offset and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()
                raise _Failure("the server cannot go on from what is there", again=True) from error
        raise _Failure(_reason(error, timeout), again=False) from error
    with response:
        if response.status == http.client.PARTIAL_CONTENT:
            start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
            if start is None or int(start[1]) != offset:
                part.unlink(missing_ok=True)
                raise _Failure("the server went on from another byte than was asked for", again=True)
        else:
            offset = 0
        length = response.headers.get("Content-Length", "")
        total = offset + int(length) if length.isdecimal() and len(length) < 16 else None
        if total is not None and total > limit:
            raise _Failure(f"expected at most {limit:,} bytes, the server promises {total:,}", again=False)
        _receive(response, part, offset, total, timeout, limit, tell)


def _receive(
    response: http.client.HTTPResponse,
    part: Path,
    offset: int,
    total: int | None,
    timeout: float,
    limit: int,
    tell: Callable[[int, int | None], None],
) -> None:
    done = offset
    with open(part, "r+b" if offset else "wb") as file:
        file.seek(offset)
        tell(done, total)
        while True:
            try:
                chunk = response.read1(_CHUNK)
            except (OSError, http.client.HTTPException, ValueError) as error:
                reason = f"{_reason(error, timeout)} after {done:,} bytes"
                raise _Failure(reason, again=done > offset) from error
            if not chunk:
                break
            done += len(chunk)
            if done > limit:
                file.truncate(0)
                raise _Failure(f"expected at most {limit:,} bytes, the server sent more", again=False)
            file.write(chunk)
            tell(done, total)
        file.flush()
        os.fsync(file.fileno())
    if total is not None and done < total:
        raise _Failure(f"the connection was cut after {done:,} of {total:,} bytes", again=done > offset)


def _reason(error: Exception, timeout: float) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} ({http.client.responses.get(error.code, 'unknown')})"
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError):
        return f"no answer within {timeout:g} s"
    return str(cause) or type(cause).__name__


def _md5(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path` (flock); wait while another process or thread holds it.

    The system frees the lock when its holder ends, however it ends; the empty file stays.

    Raises:
        DownloadError: The file system has no locks.
        OSError: The file cannot be opened.
    """
    import fcntl

    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise DownloadError(
                f"`{path}`: the folder cannot be locked ({error.strerror}). "
                "Set XDG_CACHE_HOME to a folder on a local disk."
            ) from error
        yield
