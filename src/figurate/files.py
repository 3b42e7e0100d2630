"""Writing a file as a whole: after a crash there is either the old file or the new one, never half of one.

Knows nothing of what the bytes mean.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from os import PathLike
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
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    # Short of the 255 bytes of a name on most file systems, however long the target's own name is.
    temporary = os.path.join(folder, f".{name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        if os.path.lexists(target) and not stat.S_ISREG(os.stat(target).st_mode):
            raise OSError(errno.EISDIR if os.path.isdir(target) else errno.EINVAL, "It is no regular file")
        with _new(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except OSError as error:
        raise _clear_error(error, os.fspath(path), size) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    _sync_folder(folder)


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
