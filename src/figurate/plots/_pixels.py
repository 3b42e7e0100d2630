"""Pixels in any form, brought to bytes for drawing.

Everything drawn passes through here, in the terminal and by matplotlib alike. It does not prepare figures for a model:
nothing that is drawn is ever fed to one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figurate.errors import ShapeError

_ROWS_AND_COLUMNS = 2
_CHANNELS = (3, 4)


def to_bytes(pixels: ArrayLike) -> NDArray[np.uint8]:
    """Give one figure as bytes, (height, width) for grey or (height, width, 3) for colour.

    Integers count as 0..255. Floats count as 0..1, or as 0..255 where any value is above 1. Values outside are clipped.

    Args:
        pixels: (height, width), (height, width, 1), (height, width, 3), or a flat square figure such as (784,).

    Raises:
        ShapeError: for any other shape.
    """
    array = np.asarray(pixels)
    if array.ndim == 1:
        array = _square(array)
    if array.ndim == _ROWS_AND_COLUMNS + 1 and array.shape[2] == 1:
        array = array[:, :, 0]
    colour = array.ndim == _ROWS_AND_COLUMNS + 1 and array.shape[2] in _CHANNELS
    if (array.ndim != _ROWS_AND_COLUMNS and not colour) or 0 in array.shape:
        raise ShapeError(
            f"A figure to draw has the shape (height, width) or (height, width, 3), received {array.shape}. "
            "Give one figure at a time, such as `x[0]`."
        )
    if colour:
        array = array[:, :, :3]
    if array.dtype == np.uint8:
        return array
    values = np.nan_to_num(array.astype(np.float64))
    if array.dtype.kind == "f" and values.max() <= 1.0:
        values = values * 255.0
    scaled: NDArray[np.uint8] = np.rint(values.clip(0.0, 255.0)).astype(np.uint8)
    return scaled


def diverging(values: ArrayLike, limit: float | None = None) -> NDArray[np.float64]:
    """Scale signed values to -1..1 about zero, so that zero keeps the neutral colour.

    Args:
        values: any shape.
        limit: the magnitude drawn in full colour; by default the largest magnitude present.
    """
    array = np.nan_to_num(np.asarray(values, dtype=np.float64))
    largest = float(np.abs(array).max(initial=0.0)) if limit is None else limit
    if largest == 0.0:
        return np.zeros_like(array)
    scaled: NDArray[np.float64] = (array / largest).clip(-1.0, 1.0)
    return scaled


def signed_colours(weights: ArrayLike, limit: float) -> NDArray[np.uint8]:
    """Signed weights of three colours as colours to look at: grey is zero, red is for red, and against the others.

    Args:
        weights: (…, 3).
        limit: the magnitude drawn in full colour.
    """
    scaled: NDArray[np.uint8] = np.rint((diverging(weights, limit) + 1.0) * 127.5).astype(np.uint8)
    return scaled


def _square(flat: NDArray[Any]) -> NDArray[Any]:
    """Fold a flat figure of side * side pixels; leave any other length for the caller's error."""
    side = round(flat.size**0.5)
    return flat.reshape(side, side) if side * side == flat.size else flat
