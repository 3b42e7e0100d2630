"""The plainest PNGs decoded without Pillow's file machinery, which takes four times as long as the pixels.

A short cut, not a reader: eight bits, not interlaced, no profile, no transparency, no metadata that could turn them.
Everything else, damaged files too, is `None` here and left to `figurate.figures.open_picture`, which says what is
wrong; where both answer, they answer the same. Format: https://www.w3.org/TR/png/.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LARGEST", "START", "quick_png"]

LARGEST = 1 << 20
"""Bytes of a file, and pixels, beyond which the short cut saves nothing."""

START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
"""The first bytes of every PNG."""

_HEADER = struct.Struct(">IIBBBBBI")
_CHUNK = struct.Struct(">I4s")
# What Pillow reads and does nothing with.
_HARMLESS = {b"pHYs", b"tIME", b"sRGB", b"gAMA", b"cHRM", b"bKGD", b"hIST"}
_MODES = {0: "L", 2: "RGB", 3: "P"}

# Images that are decoded into, by mode and size: most sets have one size, and a new image takes as long as its pixels.
_canvases: dict[tuple[str, int, int], Image] = {}
_MOST_CANVASES = 16
_CANVAS = 1 << 16  # pixels of one that is kept


def quick_png(data: bytes) -> NDArray[np.uint8] | None:
    """The pixels of a plain PNG.

    Args:
        data: The whole file.

    Returns:
        (h, w) or (h, w, 3), uint8; None where it is anything else than the plainest PNG.
    """
    if data[:16] != START or len(data) < 45 or len(data) > LARGEST:
        return None
    width, height, depth, colour, packing, filtering, interlaced, checksum = _HEADER.unpack_from(data, 16)
    mode = _MODES.get(colour)
    if mode is None or depth != 8 or packing or filtering or interlaced or not 0 < width * height <= LARGEST:
        return None
    if zlib.crc32(data[12:29]) != checksum:
        return None
    found = _chunks(data)
    if found is None:
        return None
    palette, packed = found
    if (mode == "P") != (palette is not None):
        return None
    pixels = _pixels(mode, width, height, packed)
    if pixels is None or palette is None:
        return pixels
    return None if int(pixels.max()) >= len(palette) else palette[pixels]


def _chunks(data: bytes) -> tuple[NDArray[np.uint8] | None, bytes] | None:
    """The palette (n, 3), if there is one, and the packed pixels."""
    at = 33
    palette: NDArray[np.uint8] | None = None
    packed: list[bytes] = []
    while at + 12 <= len(data):
        length, kind = _CHUNK.unpack_from(data, at)
        end = at + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return None
        if kind == b"IDAT":
            packed.append(data[at + 8 : end])
        elif kind == b"IEND":
            return (palette, b"".join(packed)) if packed else None
        elif kind == b"PLTE" and palette is None and not packed and length % 3 == 0 and 0 < length <= 768:
            palette = np.frombuffer(data, np.uint8, length, at + 8).reshape(-1, 3)
        elif kind not in _HARMLESS:
            return None
        at = end + 4
    return None


def _pixels(mode: str, width: int, height: int, packed: bytes) -> NDArray[np.uint8] | None:
    from PIL import Image

    # A palette's indices come as if they were tones.
    plain = "RGB" if mode == "RGB" else "L"
    # Taken out while it is in use, so that two threads never write to one.
    image = _canvases.pop((plain, width, height), None) or Image.new(plain, (width, height))
    try:
        image.frombytes(packed, "zip", (plain, False))
    except (ValueError, OSError, SyntaxError):
        return None
    shape = (height, width, 3) if plain == "RGB" else (height, width)
    pixels = np.frombuffer(image.tobytes(), np.uint8).reshape(shape)
    if len(_canvases) < _MOST_CANVASES and width * height <= _CANVAS:
        _canvases[plain, width, height] = image
    return pixels
