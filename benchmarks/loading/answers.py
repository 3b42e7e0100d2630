"""What every way of loading has to arrive at: the same figures and labels, in the order of their paths."""

from __future__ import annotations

import zlib

import numpy as np


def checksum(x: np.ndarray, y: np.ndarray) -> str:
    """CRC-32 of figures and labels, as uint8."""
    return f"{zlib.crc32(np.ascontiguousarray(x)):08x}-{zlib.crc32(y.astype(np.uint8).tobytes()):08x}"
