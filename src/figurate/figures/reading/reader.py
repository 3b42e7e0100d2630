"""`read`: a whole picture, at the scale its figures need."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from figurate.errors import DataError
from figurate.figures.reading.cells import read_cells
from figurate.figures.reading.grid import convincing, find_grid
from figurate.figures.reading.ink import ink_of
from figurate.figures.reading.judging import Judge, Model
from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.page import Grid, Line, Page
from figurate.figures.reading.text import read_lines

Pixels = npt.NDArray[np.uint8]

_LENGTH = 1600  # pixels of a picture's longer side at first
_GRID_LENGTH = 1200  # pixels of the longer side of a picture with a grid, at least
_GRID_STROKE = 0.04  # of the shorter side, a line of a grid at most
_NEEDED = 26.0  # pixels of a figure's height: what a model of 28 × 28 can make use of
_ENOUGH = 40.0  # pixels of a figure's height when the picture is looked at again


def read(picture: Any, model: Model, *, grid: Literal["auto"] | tuple[int, int] | None = "auto") -> Page:
    """Read a photograph, scan or screenshot of figures.

    Args:
        picture: A path, a Pillow image, or an array (h, w) or (h, w, 3).
        model: What reads single figures: a model with its `preprocessing`.
        grid: (rows, columns) of a grid to be read; "auto" finds out whether there is one; None reads lines.

    Returns:
        The page: its lines, or the rows of its grid.

    Raises:
        ConfigurationError: The model has no preprocessing, or one for pictures that are no strokes.
        UnsupportedError: OpenCV is not installed (`pip install 'figurate[photos]'`).
        FileFormatError: The file is no picture, or a damaged one.
        DataError: A grid was asked for and none was found.

    Example:
        >>> page = figurate.figures.read("sudoku.jpg", model)  # doctest: +SKIP
        >>> print(page.text)  # doctest: +SKIP
    """
    from figurate.figures import open_picture

    opencv()
    judge = Judge(model)
    pixels = open_picture(picture)
    high, wide = pixels.shape[:2]
    small, scale = _shrunk(pixels, _LENGTH)
    if grid is not None:
        found = _grid(small, scale, judge, grid)
        if found is not None:
            return Page(tuple(found[0]), (high, wide), found[1], pixels)
    lines, height = read_lines(small, scale, judge)
    if height and scale > 1 and height < _NEEDED:
        # Small figures on a large picture: as much larger as they need.
        larger, scale = _shrunk(pixels, round(max(small.shape) * min(scale, _ENOUGH / height)))
        lines, _ = read_lines(larger, scale, judge)
    return Page(tuple(lines), (high, wide), None, pixels)


def _grid(
    picture: Pixels, scale: float, judge: Judge, wanted: Literal["auto"] | tuple[int, int]
) -> tuple[list[Line], Grid] | None:
    """The rows of a grid, None where none was found without being asked for."""
    size = None if wanted == "auto" else wanted
    grow = min(_GRID_LENGTH / max(picture.shape[:2]), 2.0)
    if grow > 1.2:
        # An old telephone's picture: lines a pixel wide are followed better when they are wider.
        size_of = (round(picture.shape[1] * grow), round(picture.shape[0] * grow))
        picture, scale = opencv().resize(picture, size_of, interpolation=opencv().INTER_CUBIC), scale / grow
    mesh = find_grid(ink_of(picture, _GRID_STROKE), size)
    if mesh is None and size is not None:
        raise DataError(
            f"Expected a grid of {size[0]} × {size[1]} cells on the picture, found none. All of its outer "
            "lines have to be on the picture and darker than the paper; with `grid=None` lines are read."
        )
    if mesh is None or (size is None and not convincing(mesh, picture.shape)):
        return None
    return read_cells(picture, mesh, scale, judge)


def _shrunk(pixels: Pixels, length: int) -> tuple[Pixels, float]:
    """A picture whose longer side is `length` at most, and how many of the original's pixels are one of it."""
    cv2 = opencv()
    high, wide = pixels.shape[:2]
    scale = max(high, wide) / length
    if scale <= 1:
        return pixels, 1.0
    size = (max(1, round(wide / scale)), max(1, round(high / scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), scale
