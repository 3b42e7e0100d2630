"""Writing files as a whole: after a crash there is either the old file or the new one, never half of one.

Knows nothing of what the bytes mean.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: str | PathLike[str], data: bytes) -> None:
    """Write a file as a whole; see `open_atomically`.

    Args:
        path: The file to write or replace.
        data: All of its bytes.

    Raises:
        OSError: See `open_atomically`.
    """
    with open_atomically(path, len(data)) as file:
        file.write(data)


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together, each as a whole: none is replaced before all have reached the disk.

    Args:
        files: The files to write or replace, and all of their bytes.

    Raises:
        OSError: See `open_atomically`; no file is changed then, unless a rename itself fails.
    """
    those = [_Replacement(path, len(data)) for path, data in files.items()]
    try:
        for one, data in zip(those, files.values(), strict=True):
            with one.open() as file:
                file.write(data)
        for one in those:
            one.take_place()
    finally:
        for one in those:
            one.discard()


@contextlib.contextmanager
def open_atomically(path: str | PathLike[str], size: int) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; at the end of the block it reaches the disk and is renamed to `path`.

    A symbolic link stays one: the file it points to is replaced.

    Args:
        path: The file to write or replace.
        size: How many bytes it will have, for messages.

    Yields:
        The file, to be written to and nothing else. Where the block raises, it is removed.

    Raises:
        OSError: The folder is missing, may not be written to or is full, or `path` is no regular file. What stood at
            `path` before is unchanged, and no temporary file is left.

    Example:
        >>> with open_atomically("figures.raw", 2 * 784) as file:  # doctest: +SKIP
        ...     for figure in figures:
        ...         file.write(figure.tobytes())
    """
    one = _Replacement(path, size)
    try:
        with one.open() as file:
            yield file
        one.take_place()
    finally:
        one.discard()


class _Replacement:
    """A file beside `path` that is to take its place. Errors name `path`."""

    def __init__(self, path: str | PathLike[str], size: int) -> None:
        self._path, self._size = os.fspath(path), size
        self._target = os.path.realpath(path)
        self._folder, name = os.path.split(self._target)
        # Short of the 255 bytes of a name on most file systems, however long the target's own name is.
        self._temporary = os.path.join(self._folder, f".{name[:40]}.{secrets.token_hex(6)}.tmp")

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The file to write to; at the end of the block it has reached the disk."""
        with self._clear_errors():
            if os.path.lexists(self._target) and not stat.S_ISREG(os.stat(self._target).st_mode):
                raise OSError(errno.EISDIR if os.path.isdir(self._target) else errno.EINVAL, "It is no regular file")
            with _new(self._temporary) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                os.chmod(self._temporary, stat.S_IMODE(os.stat(self._target).st_mode))

    def take_place(self) -> None:
        with self._clear_errors():
            os.replace(self._temporary, self._target)
        _sync_folder(self._folder)

    def discard(self) -> None:
        """Remove the file, if it has not taken its place."""
        with contextlib.suppress(OSError):
            os.unlink(self._temporary)

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _clear_error(error, self._path, self._size) from error


def _new(path: str) -> BinaryIO:
    # Opened with the usual rights (less the umask), where tempfile would give them to the owner alone.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    return open(descriptor, "wb")


def _sync_folder(folder: str) -> None:
    """Have the rename reach the disk too, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clear_error(error: OSError, path: str, size: int) -> OSError:
    reason = error.strerror or str(error)
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        advice = f"Create the folder {folder!r} first"
    else:
        advice = "Free space, or choose a folder that may be written to"
    earlier = " The earlier file is unchanged." if os.path.isfile(path) else ""
    # OSError picks the subclass (PermissionError, FileNotFoundError, …) by the number.
    return OSError(error.errno, f"Cannot write {path!r} ({size:,} bytes): {reason}.{earlier} {advice}.")
