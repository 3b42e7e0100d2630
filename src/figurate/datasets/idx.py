"""Read and write IDX files, the format of MNIST: raw ones are mapped or read, gzipped ones unpacked.

A header is held against the bytes that are really there before anything is allocated. Which files make up a set is
told in `folder.py`, where they come from in `sources.py`.

An IDX file is two zero bytes, a type code, the number of dimensions, each dimension as a big-endian uint32, then the
values, big-endian and row by row. Source: "The IDX file format", http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

import math
import mmap
import os
import stat
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

from figurate.datasets.spool import Room
from figurate.datasets.unpack import Unpacker
from figurate.errors import FileFormatError, UnsupportedError
from figurate.files import open_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["read", "write"]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(name): code for code, name in _TYPES.items()}

_MAX_DIMENSIONS = 8
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_LEAST = 18  # bytes of header and trailer
# Deflate spends at least two bits on a match, which yields at most 258 bytes: 258 × 4 = 1032 bytes out of one.
_DEFLATE_LIMIT = 1032
# A gzipped file may promise a thousand times its size, so its promise has a ceiling of its own.
_UNPACKED_LIMIT = 4 << 30


class _Header(NamedTuple):
    """What the first bytes of an IDX file say: values of `dtype` in `shape`, `offset` bytes after the start."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    @property
    def total(self) -> int:
        """The size in bytes of a whole file with this header."""
        return self.offset + self.size * self.dtype.itemsize

    def __str__(self) -> str:
        sizes = " × ".join(map(str, self.shape))
        return f"{sizes} values of {self.dtype.newbyteorder('=').name} ({self.total:,} bytes in all)"


def read(path: str | os.PathLike[str], *, mapped: bool = False) -> NDArray[Any]:
    """Read one IDX file, raw or gzipped; its first bytes tell which, not its name.

    Args:
        path: The file.
        mapped: Map a raw file instead of reading it. The mapping is private: writing to the array changes neither the
            file nor another mapping. The file must not be cut short while the array lives, so map only files that are
            replaced and never rewritten. A gzipped file, and values of several bytes, are read all the same.

    Returns:
        A plain, writable array in the machine's byte order, of the file's shape and type: uint8, int8, int16, int32,
        float32 or float64.

    Raises:
        FileFormatError: The file is no IDX file, is cut short, has bytes too many or is damaged. Nothing has been
            allocated where header and size do not agree.
        OSError: The file cannot be opened.

    Example:
        >>> figures = idx.read("train-images-idx3-ubyte.gz")  # doctest: +SKIP
        >>> figures.shape, figures.dtype  # doctest: +SKIP
        ((60000, 28, 28), dtype('uint8'))
    """
    # A pipe would block on opening, so look first.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise _error(path, "expected an IDX file, received something that is not a regular file", "Name a file.")
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(2)
        file.seek(0)
        values = _read_gzip(path, file, size) if start == _GZIP_MAGIC else _read_raw(path, file, size, mapped)
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))


def write(path: str | os.PathLike[str], values: NDArray[Any]) -> None:
    """Write an array as a raw IDX file, whole or not at all.

    Args:
        path: The file to write; one that exists is replaced.
        values: An array of one to eight dimensions, none of them 0; uint8, int8, int16, int32, float32 or float64.

    Raises:
        UnsupportedError: IDX cannot hold the array's type or shape.
        OSError: The file cannot be written.

    Example:
        >>> idx.write("labels-idx1-ubyte", np.array([5, 0, 4], np.uint8))  # doctest: +SKIP
    """
    code = _CODES.get(values.dtype.newbyteorder(">"))
    if code is None or not 1 <= values.ndim <= _MAX_DIMENSIONS or values.size == 0:
        raise UnsupportedError(
            f"IDX holds uint8, int8, int16, int32, float32 or float64 in 1 to {_MAX_DIMENSIONS} dimensions, none of "
            f"them 0; received {values.dtype} with shape {values.shape}. Convert it with `astype` or `reshape` first."
        )
    header = bytes([0, 0, code, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    with open_atomically(path, len(header) + values.nbytes) as file:
        file.write(header)
        file.write(_bytes_of(np.ascontiguousarray(values, values.dtype.newbyteorder(">"))))


def _bytes_of(values: NDArray[Any]) -> memoryview:
    return values.reshape(-1).view(np.uint8).data


def _error(path: str | os.PathLike[str], what: str, fix: str) -> FileFormatError:
    return FileFormatError(f"`{os.fspath(path)}`: {what}. {fix}")


def _parse_header(path: str | os.PathLike[str], head: bytes) -> _Header:
    """Parse an IDX header from a file's first bytes, of which `head` holds enough or all there are."""
    again = "Copy or download the file again."
    if len(head) < 4:
        raise _error(path, f"expected an IDX header of at least 8 bytes, received {len(head)} bytes", again)
    if head[:2] != b"\0\0":
        raise _error(
            path,
            f"expected an IDX file, whose first two bytes are 0, received {head[:4].hex(' ')}",
            "Is it another file?",
        )
    name = _TYPES.get(head[2])
    if name is None:
        known = ", ".join(f"0x{code:02x}" for code in _TYPES)
        raise _error(path, f"expected one of IDX' type codes ({known}), received 0x{head[2]:02x}", again)
    dimensions = head[3]
    if not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise _error(path, f"expected 1 to {_MAX_DIMENSIONS} dimensions, received {dimensions}", again)
    offset = 4 + 4 * dimensions
    if len(head) < offset:
        raise _error(
            path, f"expected an IDX header of {offset} bytes for {dimensions} dimensions, received {len(head)}", again
        )
    shape = tuple(int.from_bytes(head[at : at + 4], "big") for at in range(4, offset, 4))
    if 0 in shape:
        raise _error(path, f"expected dimensions of at least 1, received {shape}", "The file holds no values.")
    return _Header(np.dtype(name), shape, offset)


def _read_raw(path: str | os.PathLike[str], file: BinaryIO, size: int, mapped: bool) -> NDArray[Any]:
    header = _parse_header(path, file.read(4 + 4 * _MAX_DIMENSIONS))
    if size != header.total:
        raise _error(
            path,
            f"the header promises {header}, the file holds {size:,} bytes",
            "It is cut short: copy or download it again."
            if size < header.total
            else "It has bytes too many: copy or download it again.",
        )
    if mapped:
        # A plain array over a private (copy-on-write) mapping; it keeps the mapping alive.
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        return np.frombuffer(mapping, header.dtype, header.size, header.offset).reshape(header.shape)
    file.seek(header.offset)
    values = np.fromfile(file, header.dtype, header.size)
    if values.size != header.size:
        raise _error(path, "the file was cut short while it was read", "Read it again.")
    return values.reshape(header.shape)


def _read_gzip(path: str | os.PathLike[str], file: BinaryIO, size: int) -> NDArray[Any]:
    if size < _GZIP_LEAST:
        raise _error(path, f"the gzip data are cut short, at {size} bytes", "Copy or download it again.")
    # The last four bytes of a gzip file: the unpacked size, modulo 2^32 (RFC 1952).
    file.seek(-4, os.SEEK_END)
    promised = int.from_bytes(file.read(4), "little")
    file.seek(0)

    unpacker = Unpacker(path, file)
    head = bytearray(4)
    head = head[: unpacker.fill(memoryview(head))]
    if len(head) == 4 and 1 <= head[3] <= _MAX_DIMENSIONS:
        rest = bytearray(4 * head[3])
        head += rest[: unpacker.fill(memoryview(rest))]
    header = _parse_header(path, bytes(head))
    if header.total % (1 << 32) != promised or header.total > size * _DEFLATE_LIMIT:
        raise _error(
            path,
            f"the header promises {header}, the gzip data of {size:,} bytes end in the unpacked size {promised:,}",
            "It is cut short, altered, or something follows it: copy or download it again.",
        )
    if header.total > _UNPACKED_LIMIT:
        raise _error(
            path,
            f"expected at most {_UNPACKED_LIMIT:,} bytes unpacked, the header promises {header}",
            "Unpack it with `gunzip` first.",
        )
    room = Room((header.size,), header.dtype)  # a large one lies in a temporary file
    values = room.array
    filled = unpacker.fill(_bytes_of(values))
    # One more byte asked for: it makes zlib read on to the checksum and shows data that go on.
    more = unpacker.fill(memoryview(bytearray(1)))
    if filled != values.nbytes or more or unpacker.trailing():
        raise _error(
            path,
            f"the header promises {header}, the gzip data hold {'fewer' if filled != values.nbytes else 'more'}",
            "Copy or download it again.",
        )
    return room.finish().reshape(header.shape)
