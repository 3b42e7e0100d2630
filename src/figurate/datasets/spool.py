"""Room for arrays that may be larger than memory: above a bound they lie in a temporary file without a name, mapped.

The file is gone with the array, however the process ends. What is put there is told by the callers.
"""

from __future__ import annotations

import math
import mmap
import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np

from figurate.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["BOUND", "Room", "chunks", "converted", "gather", "mapped"]

BOUND = 256 << 20
"""Bytes of an array from which on it lies in a file; below, in memory."""

_CHUNK = 16 << 20  # bytes that are copied at a time
_NORESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000 if os.uname().sysname == "Linux" else 0)


class Room:
    """Room for one array, to be written once.

    Args:
        shape, dtype: Of the array.
        shared: Whether other processes are to write to it, too: then it has a file descriptor.

    Attributes:
        array: What is written to.
        fd: The descriptor to map, if there is one.

    Raises:
        DataError: There is no room on the disk.

    Example:
        >>> room = Room((2, 3), np.uint8)
        >>> room.array[:] = 7
        >>> room.finish().tolist()
        [[7, 7, 7], [7, 7, 7]]
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any, *, shared: bool = False) -> None:
        self._shape = shape
        self._dtype = np.dtype(dtype)
        size = math.prod(shape) * self._dtype.itemsize
        self.fd: int | None = None
        self.array: NDArray[Any]
        if size == 0 or (size <= BOUND and not (shared and hasattr(os, "memfd_create"))):
            self.array = np.zeros(shape, dtype)
            return
        self.fd = os.memfd_create("figurate", os.MFD_CLOEXEC) if size <= BOUND else _nameless(size)
        try:
            # Without room set aside, a full disk would end the process at the write.
            os.posix_fallocate(self.fd, 0, size)
        except OSError as error:
            self.close()
            raise DataError(
                f"Expected {size / 1e9:.1f} GB of room for unpacked figures in `{_folder()}`, received: "
                f"{error.strerror}. Make room there, or set TMPDIR to a folder on a larger disk."
            ) from error
        self.array = np.frombuffer(mmap.mmap(self.fd, size), self._dtype).reshape(shape)

    def finish(self) -> NDArray[Any]:
        """The array, plain and writable; writing to it changes it alone (copy on write). Nothing else may write now."""
        if self.fd is None:
            return self.array
        self.array = np.empty(0, self._dtype)
        try:
            return mapped(self.fd, self._dtype, self._shape)
        finally:
            self.close()

    def close(self) -> None:
        """Give the descriptor back; arrays stay."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def mapped(fd: int, dtype: Any, shape: tuple[int, ...], offset: int = 0) -> NDArray[Any]:
    """Map an array that lies in an open file, privately: writing to it changes neither the file nor other mappings.

    Args:
        fd: The file.
        dtype, shape: Of the array; all of it is there.
        offset: Bytes before it.

    Returns:
        A plain, writable array, which keeps the mapping alive.
    """
    # Reserves no memory for pages that nobody writes to, so that a set may be larger than memory and swap together.
    flags = mmap.MAP_PRIVATE | _NORESERVE
    mapping = mmap.mmap(fd, 0, flags=flags, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    return np.frombuffer(mapping, dtype, math.prod(shape), offset).reshape(shape)


def chunks(x: NDArray[Any]) -> Iterator[slice]:
    """Slices of an array's first axis, each of some MB."""
    rows = max(1, _CHUNK // max(1, x.nbytes // max(1, len(x))))
    for start in range(0, len(x), rows):
        yield slice(start, min(start + rows, len(x)))


def gather(x: NDArray[Any], indices: NDArray[np.int64]) -> NDArray[Any]:
    """Rows of an array, copied through a bounded buffer.

    Args:
        x: (n, …).
        indices: Which rows, (k,).

    Returns:
        (k, …), in memory or mapped, as its size asks for.
    """
    if len(indices) == len(x) and bool((indices == np.arange(len(x))).all()):
        return x
    room = Room((len(indices), *x.shape[1:]), x.dtype)
    for part in chunks(room.array):
        room.array[part] = x[indices[part]]
    return room.finish()


def converted(
    x: NDArray[Any], change: Callable[[NDArray[Any]], NDArray[Any]], dtype: Any, shape: tuple[int, ...]
) -> NDArray[Any]:
    """An array changed piece by piece.

    Args:
        x: (n, …).
        change: Makes (k, *shape) of k rows.
        dtype: Of the result.
        shape: Of one row of the result.

    Returns:
        (n, *shape), in memory or mapped, as its size asks for.
    """
    room = Room((len(x), *shape), dtype)
    for part in chunks(x):
        room.array[part] = change(x[part])
    return room.finish()


def _folder() -> str:
    """Where large temporary files go: $TMPDIR, else /var/tmp, since /tmp often lies in memory."""
    for folder in (os.environ.get("TMPDIR"), "/var/tmp"):
        if folder and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return tempfile.gettempdir()


def _nameless(size: int) -> int:
    """An open file without a name."""
    try:
        fd, path = tempfile.mkstemp(prefix="figurate-", dir=_folder())
    except OSError as error:
        raise DataError(
            f"Expected a folder for {size / 1e9:.1f} GB of unpacked figures, received `{_folder()}`: {error.strerror}. "
            "Set TMPDIR to a folder that can be written to."
        ) from error
    os.unlink(path)
    return fd
