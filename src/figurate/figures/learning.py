"""What form a set's figures have, found out by looking at some of them; see `FigurePreprocessing.learn`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import DataError, ShapeError

__all__ = ["learned", "some_of"]

Array = npt.NDArray[Any]
Ink = npt.NDArray[np.uint8]

# So many figures, evenly spread, tell.
_SAMPLE = 500
# The share of a set's figures that must agree for it to have a form.
_AGREED = 0.9
# The border's tones at most so far from the ground's, of 255, for the ground to be even.
_EVEN = 24
# Ink fainter than this, of 255, the soft edge of strokes, does not widen a figure's box; core/figures/form.cc agrees.
_SOFT = 76
# Strokes, where they have more than a third of the strongest ink, are thinner than this part of the figure that they
# make up, and of much the same thickness all over a set: nine tenths of them are within a factor of this. Measured:
# 0.12 and 1.9 for MNIST, 0.19 and 1.5 for scikit-learn's digits of 8 × 8 pixels, 0.18 and 5.4 for Fashion-MNIST.
_STRONG = 0.35
_THICKEST = 0.27
_MOST_SPREAD = 3.0
# Strokes are left as they are where all but so many at either end of the training figures' are.
_USUAL = (0.05, 0.99)
# What lies in the middle, to this part of the figure's side: a pixel of 28, since figures were moved by whole ones.
_OFF_CENTRE = 1 / 30


def learned(x: Array) -> dict[str, Any]:
    """The arguments of the `FigurePreprocessing` that figures (n, height, width[, channels]) have.

    Raises:
        ShapeError: They are no pictures of 1 or 3 channels.
        DataError: A pixel is NaN or infinite.
    """
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.shape[3] not in (1, 3) or x.size == 0:
        raise ShapeError(
            "`FigurePreprocessing.learn` expects figures (n, height, width), or (n, height, width, 3) in colour, "
            f"received the shape {x.shape}."
        )
    _, height, width, channels = x.shape
    plain = {"height": height, "width": width, "channels": channels}
    if channels != 1:
        return plain
    pixels = _as_bytes(some_of(x[..., 0]))
    ground = _ground(pixels)
    if ground is None:
        return plain
    ink: Ink = pixels if ground == "dark" else 255 - pixels
    form = _box_and_centre(ink)
    if form is None or not _is_of_strokes(ink, max(form["box"])):
        return plain
    least, greatest = np.quantile(_widths(ink), _USUAL)
    return plain | form | {"ground": ground, "stroke_width": (round(float(least), 2), round(float(greatest), 2))}


def _is_of_strokes(ink: Ink, longest: float) -> bool:
    """Whether figures as long as that are made of strokes."""
    strong = ink > _STRONG * ink.max(axis=(1, 2), keepdims=True)
    least, median, greatest = np.quantile(_widths(np.where(strong, np.uint8(255), np.uint8(0))), (0.1, 0.5, 0.9))
    return bool(median <= _THICKEST * longest and greatest <= _MOST_SPREAD * least)


def _widths(ink: Ink) -> npt.NDArray[Any]:
    """The thickness of the strokes of each figure that has some."""
    widths = np.asarray(_engine.stroke_widths(np.ascontiguousarray(ink)))
    found: npt.NDArray[Any] = widths[widths > 0]
    return found


def some_of(x: Array) -> Array:
    """Some hundred of figures (n, …), evenly spread, in an array of their own."""
    return np.array(x[:: -(-len(x) // _SAMPLE)], order="C")


def _as_bytes(figures: Array) -> Ink:
    """Figures of any range of pixels as bytes: from the least to the greatest."""
    if figures.dtype == np.uint8 and int(figures.max()) > 127:
        return figures
    low, high = min(float(figures.min()), 0.0), float(figures.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise DataError("Expected figures of finite pixels, received NaN or infinity. Replace them first.")
    scale = 255.0 / (high - low) if high > low else 0.0
    return np.rint((figures.astype(np.float64) - low) * scale).clip(0, 255).astype(np.uint8)


def _ground(pixels: Ink) -> str | None:
    """Whether the ground of most figures is dark or light; None where it is neither."""
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, 1:-1, 0], pixels[:, 1:-1, -1]], axis=1)
    # Figures may touch the border here and there.
    middle = np.median(border, axis=1)
    for name, even in (("dark", middle <= _EVEN), ("light", middle >= 255 - _EVEN)):
        if even.mean() >= _AGREED:
            return name
    return None


def _box_and_centre(ink: Ink) -> dict[str, Any] | None:
    """The box that figures fill and what is in their middle; None where they fill none of one size."""
    inked = ink > _SOFT
    rows, columns = np.asarray(inked.any(axis=2)), np.asarray(inked.any(axis=1))
    some = rows.any(axis=1)
    ink, rows, columns = ink[some], rows[some], columns[some]
    if len(ink) == 0:
        return None
    top, bottom = rows.argmax(axis=1), rows.shape[1] - rows[:, ::-1].argmax(axis=1)
    left, right = columns.argmax(axis=1), columns.shape[1] - columns[:, ::-1].argmax(axis=1)
    longest = np.maximum(bottom - top, right - left)
    box = float(np.median(longest))
    if (np.abs(longest - box) <= 1).mean() < _AGREED:
        return None
    height, width = ink.shape[1:]
    mass = ink.sum(axis=(1, 2), dtype=np.float64)
    down = (ink.sum(axis=2) @ np.arange(height)) / mass - height // 2
    across = (ink.sum(axis=1) @ np.arange(width)) / mass - width // 2
    by_mass = ((np.abs(down) <= _OFF_CENTRE * height) & (np.abs(across) <= _OFF_CENTRE * width)).mean()
    return {"box": (min(box, height), min(box, width)), "centre": "mass" if by_mass >= _AGREED else "box"}
