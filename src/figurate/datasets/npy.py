"""Arrays in NPY and NPZ files: headers are held against the bytes that are there, Python objects are never loaded.

Raw arrays are mapped where they are large, packed ones unpacked through a bounded buffer. Which array is what is told
in `array_names.py`. Formats: numpy.lib.format, and ZIP (APPNOTE.TXT 6.3).
"""

from __future__ import annotations

import ast
import math
import os
import re
import stat
import zipfile
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.spool import Room, mapped
from figurate.errors import FileFormatError, shown

__all__ = ["MAPPED_FROM", "read_npy", "read_npz"]

MAPPED_FROM = 8 << 20
"""Bytes of a raw file from which on it is mapped rather than read."""

_MEMBERS = 1000
_HEADER = 10_000  # bytes; what numpy's own reader allows
_CHUNK = 1 << 20
_RATIO = 1040  # deflate makes no more than 1032 bytes out of one
_KINDS = "biufSU"


def read_npy(path: str) -> NDArray[Any]:
    """Read one NPY file, or map it if it is large.

    Args:
        path: The file.

    Returns:
        A plain, writable array; writing to it changes it alone.

    Raises:
        FileFormatError: It is no NPY file, is cut short, or holds Python objects.
        OSError: It cannot be read.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise FileFormatError(f"`{path}`: expected an NPY file, received something that is not a regular file.")
        dtype, shape, fortran = _header(path, file)
        offset = file.tell()
        size = _size(dtype, shape)
        if status.st_size - offset != size:
            raise FileFormatError(
                f"`{path}`: the header promises {_words(dtype, shape)}, {size:,} bytes, the file holds "
                f"{status.st_size - offset:,}. Copy or save it again."
            )
        stored = shape[::-1] if fortran else shape
        if size >= MAPPED_FROM and dtype.isnative:
            values = mapped(file.fileno(), dtype, stored, offset)
        else:
            values = np.fromfile(file, dtype, math.prod(shape)).reshape(stored)
    return _native(values.T if fortran else values)


def read_npz(path: str) -> dict[str, NDArray[Any]]:
    """Read all arrays of an NPZ file.

    Args:
        path: The file.

    Returns:
        The arrays by their names, in memory or mapped as their size asks for.

    Raises:
        FileFormatError: It is no NPZ file, is damaged, promises more than it can hold, or has Python objects in it.
        OSError: It cannot be read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise FileFormatError(f"`{path}`: expected an NPZ file, received something that is not a regular file.")
    arrays: dict[str, NDArray[Any]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise FileFormatError(f"`{path}`: expected at most {_MEMBERS:,} arrays, received {len(members):,}.")
            for member in members:
                if member.filename.endswith(".npy"):
                    arrays[member.filename.removesuffix(".npy")] = _member(path, archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, KeyError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(
            f"`{path}`: expected an NPZ file, received a damaged one or another kind ({shown(str(error))}). "
            "Copy or save it again."
        ) from None
    if not arrays:
        raise FileFormatError(
            f"`{path}`: expected arrays, received an archive without any. Write it with `numpy.savez`."
        )
    return arrays


def _member(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    what = f"{path}:{member.filename}"
    if member.file_size > member.compress_size * _RATIO + 1000:
        raise FileFormatError(
            f"`{what}`: promises {member.file_size:,} bytes out of {member.compress_size:,}. It is damaged."
        )
    with archive.open(member) as file:
        dtype, shape, fortran = _header(what, file)
        size = _size(dtype, shape)
        left = member.file_size - file.tell()
        if left != size:
            raise FileFormatError(
                f"`{what}`: the header promises {_words(dtype, shape)}, {size:,} bytes, the archive holds {left:,}. "
                "Copy or save it again."
            )
        room = Room(shape[::-1] if fortran else shape, dtype)
        try:
            flat = room.array.reshape(-1).view(np.uint8)
            filled = 0
            while filled < size and (piece := file.read(min(_CHUNK, size - filled))):
                flat[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
                filled += len(piece)
            if filled != size or file.read(1):
                raise FileFormatError(f"`{what}`: expected {size:,} bytes, received {filled:,}. Copy or save it again.")
            del flat
            values = room.finish()
        finally:
            room.close()
    return _native(values.T if fortran else values)


def _header(what: str, file: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """The type, the shape and whether it lies column by column.

    numpy's own reader reads as long a header as the file says before it looks at the length.
    """
    start = file.read(8)
    version = (start[6], start[7]) if len(start) == 8 else (0, 0)
    if start[:6] != b"\x93NUMPY":
        raise FileFormatError(f"`{what}`: expected an NPY header, received {shown(start)}. Is it another file?")
    if version not in ((1, 0), (2, 0)):
        raise FileFormatError(f"`{what}`: expected NPY version 1 or 2, received {version}. Save it anew.")
    length = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
    text = file.read(min(length, _HEADER))
    try:
        # Python 2 wrote whole numbers as 28L.
        fields = ast.literal_eval(re.sub(r"([0-9])L", r"\1", text.decode("latin-1")).strip())
        shape, fortran, dtype = fields["shape"], fields["fortran_order"], np.lib.format.descr_to_dtype(fields["descr"])
        if len(text) < length or type(shape) is not tuple or not all(type(side) is int for side in shape):
            raise ValueError("cut short, or without a shape")
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError) as error:
        raise FileFormatError(f"`{what}`: expected an NPY header, received none ({shown(str(error))}).") from None
    if dtype.hasobject:
        raise FileFormatError(
            f"`{what}`: expected numbers or texts, received Python objects, which are never loaded: they could run "
            "anything. Save plain arrays: labels as numbers or as texts (`labels.astype(str)`)."
        )
    if dtype.kind not in _KINDS or any(side < 0 for side in shape):
        raise FileFormatError(f"`{what}`: expected numbers or texts, received {_words(dtype, shape)}.")
    return dtype, shape, bool(fortran) and len(shape) > 1


def _size(dtype: np.dtype[Any], shape: tuple[int, ...]) -> int:
    return math.prod(shape) * dtype.itemsize  # Python's numbers do not overflow


def _words(dtype: np.dtype[Any], shape: tuple[int, ...]) -> str:
    return f"{dtype} of shape {shown(shape)}"


def _native(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))
