"""Small pictures for the report: a file as it looks, pixels as a PNG within the page."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt

from figurate.errors import FigurateError

__all__ = ["data_uri", "reduced", "thumbnail"]

_SIDE = 96


def thumbnail(path: str) -> npt.NDArray[np.uint8] | None:
    """A picture file, reduced to at most 96 × 96; None where it can't be read."""
    from figurate.datasets.picture_rows import open_one

    try:
        return reduced(open_one(path))
    except (FigurateError, OSError, ValueError, SyntaxError, MemoryError):
        return None


def reduced(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A picture (h, w) or (h, w, 3), reduced to at most 96 × 96 with its proportions kept."""
    if max(pixels.shape[:2]) <= _SIDE:
        return pixels
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.uint8)


def data_uri(pixels: npt.NDArray[np.uint8]) -> str:
    """A picture (h, w) or (h, w, 3) as a PNG that stands in the page itself."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(reduced(pixels))).save(stream, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"
