"""Unpack a gzip file piece by piece, never more than was asked for, so that no file can unpack to more than it should.

What the bytes mean is told by the caller (`idx.py`). Format: RFC 1952.
"""

from __future__ import annotations

import os
import zlib
from typing import BinaryIO

from figurate.errors import FileFormatError

__all__ = ["Unpacker"]

_CHUNK = 1 << 18


class Unpacker:
    """Unpacks a gzip file of one member; its checksum and length are verified when its end is reached.

    Args:
        path: The file's name, for messages.
        file: The file, open at its start.

    Example:
        >>> unpacker = Unpacker("a.gz", file)  # doctest: +SKIP
        >>> head = bytearray(4)  # doctest: +SKIP
        >>> unpacker.fill(memoryview(head))  # doctest: +SKIP
        4
    """

    def __init__(self, path: str | os.PathLike[str], file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._inflate = zlib.decompressobj(wbits=31)  # 31: gzip, with its checksum and length verified

    def fill(self, target: memoryview) -> int:
        """Fill `target` with the next unpacked bytes.

        Returns:
            How many there were, fewer than asked for only at the end.

        Raises:
            FileFormatError: The data are damaged or cut short.
        """
        filled = 0
        while filled < len(target) and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(_CHUNK)
            try:
                piece = self._inflate.decompress(packed, min(_CHUNK, len(target) - filled))
            except zlib.error as error:
                raise self._error(f"the gzip data are damaged ({error})") from None
            if not packed and not piece:
                raise self._error("the gzip data are cut short")
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def trailing(self) -> bool:
        """Whether bytes follow the end of the gzip member."""
        return bool(self._inflate.unused_data or self._file.read(1))

    def _error(self, what: str) -> FileFormatError:
        return FileFormatError(f"`{os.fspath(self._path)}`: {what}. Copy or download it again.")
