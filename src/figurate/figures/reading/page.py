"""What was read on a page: lines of figures, each with its class, its probability and its place in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[int, int, int, int]
EMPTY = "."


@dataclass(frozen=True)
class Figure:
    """A figure that was read.

    Attributes:
        class_: What it was read as.
        probability: How sure the model is.
        box: (left, top, width, height) around it, in pixels of the picture.
    """

    class_: str
    probability: float
    box: Box

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"class": self.class_, "probability": round(self.probability, 6), "box": list(self.box)}


@dataclass(frozen=True)
class Line:
    """A line of figures, or a row of a grid.

    Attributes:
        text: Its figures' classes; a space where two stand far apart, "." for an empty cell of a grid.
        box: (left, top, width, height) around it, in pixels of the picture.
        figures: From left to right.
    """

    text: str
    box: Box
    figures: tuple[Figure, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"text": self.text, "box": list(self.box), "figures": [figure.to_dict() for figure in self.figures]}


@dataclass(frozen=True)
class Grid:
    """A grid, such as a sudoku's.

    Attributes:
        cells: Its rows from top to bottom, each from left to right: a figure, or None where a cell is empty.
        corners: (rows + 1, columns + 1, 2) where its lines cross: x and y in pixels of the picture.
    """

    cells: tuple[tuple[Figure | None, ...], ...]
    corners: npt.NDArray[np.float64] = field(repr=False, compare=False)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.cells)

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.cells[0])

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it: of each cell its class, null where it is empty."""
        cells = [[None if figure is None else figure.class_ for figure in row] for row in self.cells]
        return {"rows": self.rows, "columns": self.columns, "cells": cells}


@dataclass(frozen=True, eq=False)
class Page:
    """A picture that was read.

    Attributes:
        lines: From top to bottom.
        size: (height, width) of the picture, in pixels.
        grid: The grid that was read; None where lines were.
        picture: (height, width) or (height, width, 3) uint8.

    Example:
        >>> page = figurate.figures.read("page.jpg", model)  # doctest: +SKIP
        >>> print(page.text)  # doctest: +SKIP
        >>> page.draw().save("read.png")  # doctest: +SKIP
    """

    lines: tuple[Line, ...]
    size: tuple[int, int]
    grid: Grid | None = None
    picture: npt.NDArray[np.uint8] | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """What was read, a line a line."""
        return "\n".join(line.text for line in self.lines)

    @property
    def figures(self) -> Iterator[Figure]:
        """All figures in reading order."""
        return (figure for line in self.lines for figure in line.figures)

    def to_dict(self, file: str | None = None) -> dict[str, Any]:
        """As JSON holds it.

        Args:
            file: The picture's name.
        """
        found: dict[str, Any] = {"file": file, "lines": [line.to_dict() for line in self.lines]}
        if self.grid is not None:
            found["grid"] = self.grid.to_dict()
        return found

    def draw(self) -> Image:
        """The picture with a box around each figure and what it was read as; colours tell how sure the model is."""
        from figurate.figures.reading.drawing import draw

        return draw(self)


def around(boxes: list[Box]) -> Box:
    """The box around several."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
