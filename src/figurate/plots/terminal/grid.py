"""Several drawings side by side in a terminal, each with its caption.

Lays out; the drawings themselves are figure.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from figurate.errors import ShapeError
from figurate.plots._pixels import signed_colours, to_bytes
from figurate.plots.terminal.figure import FigureDrawing, WeightsDrawing

_GAP = 2
_MOST_COLUMNS = 10
# Above this many pixels across, a grid draws at half size: five digits of 28 pixels then fit in 80 columns.
_FULL_SIZE_UP_TO = 16


class DrawingGrid:
    """Drawings with captions, as many to a row as the terminal has room for.

    Args:
        drawings: figures or weights, all of one width.
        captions: one a drawing.

    Raises:
        ShapeError: where there are more or fewer captions.
    """

    def __init__(self, drawings: Sequence[FigureDrawing | WeightsDrawing], captions: Sequence[str]) -> None:
        if len(drawings) != len(captions):
            raise ShapeError(
                f"Expected one caption a drawing, {len(drawings)}, received {len(captions)}. Give one for each."
            )
        self._drawings = list(drawings)
        self._captions = list(captions)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self._drawings:
            return
        width = max(max(drawing.width for drawing in self._drawings), max(len(caption) for caption in self._captions))
        fitting = max(1, (options.max_width + _GAP) // (width + _GAP))
        columns = min(fitting, _MOST_COLUMNS, len(self._drawings))
        table = Table.grid(padding=(0, _GAP, 1, 0))
        for _ in range(columns):
            table.add_column(width=width)
        for start in range(0, len(self._drawings), columns):
            drawings = self._drawings[start : start + columns]
            captions = self._captions[start : start + columns]
            table.add_row(*(Group(d, Text(c, style="bold")) for d, c in zip(drawings, captions, strict=True)))
        yield table


def figure_grid(figures: ArrayLike, captions: Sequence[str]) -> DrawingGrid:
    """Draw figures in a grid; large ones at half size.

    Args:
        figures: (n, height, width) or (n, height, width, 3), in any form that a drawing takes.
        captions: n of them.
    """
    return DrawingGrid([FigureDrawing(_for_grid(to_bytes(figure))) for figure in np.asarray(figures)], captions)


def weights_grid(weights: ArrayLike, captions: Sequence[str]) -> DrawingGrid:
    """Draw the weights of several neurons in one colour scale, large ones at half size.

    Args:
        weights: (n, height, width), or of colour figures (n, height, width, 3).
        captions: n of them.
    """
    pictures = [_for_grid(np.asarray(picture, dtype=np.float64)) for picture in np.asarray(weights)]
    magnitudes = np.abs(np.concatenate([picture.reshape(-1) for picture in pictures])) if pictures else np.zeros(1)
    # Not the largest: a single weight would leave the rest dark.
    limit = float(np.quantile(magnitudes, 0.99))
    if pictures and pictures[0].ndim == 3:
        return DrawingGrid([FigureDrawing(signed_colours(picture, limit)) for picture in pictures], captions)
    return DrawingGrid([WeightsDrawing(picture, limit) for picture in pictures], captions)


def _for_grid(picture: NDArray[Any]) -> NDArray[Any]:
    """Halve what is too wide for a grid, by the mean of each two by two pixels; leave the rest."""
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    if picture.shape[1] <= _FULL_SIZE_UP_TO:
        return picture
    even = picture[:height, :width].astype(np.float64)
    halved = (even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]) / 4.0
    return halved.astype(picture.dtype)
