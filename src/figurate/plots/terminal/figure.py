"""One figure drawn in a terminal: two pixels to a character cell, so that they come out square.

In colour every cell is an upper half block, its foreground the upper pixel and its background the lower one. A
terminal with fewer than 256 colours, and a file, get plain characters, darker where the figure is darker. Figures side
by side are the grid's task.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.color import Color
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

from figurate.plots._pixels import diverging, to_bytes

UPPER_HALF = "\u2580"
INK = " .:-=+*#%@"
# Below zero, about zero, above zero: told apart by shape, not only by colour.
SIGNED_INK = "%=- .+#"

_NEGATIVE = np.array([86.0, 180.0, 255.0])
_NEUTRAL = np.array([24.0, 24.0, 24.0])
_POSITIVE = np.array([255.0, 160.0, 40.0])


def draws_in_colour(console: Console) -> bool:
    """Whether this console can show half blocks in at least 256 colours."""
    return console.color_system in ("256", "truecolor") and not console.no_color and is_unicode(console)


def is_unicode(console: Console) -> bool:
    """Whether this console's encoding has the block and line characters."""
    return not console.options.ascii_only and not console.legacy_windows


class FigureDrawing:
    """A figure that rich can print.

    Args:
        pixels: (height, width) or (height, width, 3); uint8, or floats in 0..1.

    Example:
        >>> from rich.console import Console
        >>> Console().print(FigureDrawing(x_test[0]))        # doctest: +SKIP
    """

    def __init__(self, pixels: ArrayLike) -> None:
        self._bytes = to_bytes(pixels)

    @property
    def width(self) -> int:
        """Character cells across; one a pixel."""
        return int(self._bytes.shape[1])

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.width, self.width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        if draws_in_colour(console):
            yield from _half_blocks(self._bytes)
        else:
            yield from _characters(_grey(self._bytes) / 255.0, INK)


class WeightsDrawing:
    """One neuron's weights as a picture: blue below zero, dark about zero, orange above.

    Args:
        weights: (height, width).
        limit: the magnitude in full colour, the same for drawings to be compared; by default the largest here.
    """

    def __init__(self, weights: ArrayLike, limit: float | None = None) -> None:
        self._scaled = diverging(weights, limit)

    @property
    def width(self) -> int:
        """Character cells across; one a weight."""
        return int(self._scaled.shape[1])

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.width, self.width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        if draws_in_colour(console):
            yield from _half_blocks(_signed_colours(self._scaled))
        else:
            yield from _characters((self._scaled + 1.0) / 2.0, SIGNED_INK)


def _half_blocks(pixels: NDArray[np.uint8]) -> Iterator[Segment]:
    """Rows of half blocks from (height, width) or (height, width, 3) bytes; equal neighbours share one segment."""
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    if colours.shape[0] % 2:
        colours = np.concatenate([colours, np.zeros_like(colours[:1])])
    pairs = np.concatenate([colours[0::2], colours[1::2]], axis=2).tolist()
    for row in pairs:
        start = 0
        for end in range(1, len(row) + 1):
            if end == len(row) or row[end] != row[start]:
                yield Segment(UPPER_HALF * (end - start), _two_colours(row[start]))
                start = end
        yield Segment.line()


def _characters(values: NDArray[np.float64], ink: str) -> Iterator[Segment]:
    """Rows of plain characters from (height, width) values in 0..1; two rows of the figure to one of text."""
    if values.shape[0] % 2:
        values = np.concatenate([values, values[-1:]])
    means = (values[0::2] + values[1::2]) / 2.0
    for row in np.rint(means * (len(ink) - 1)).astype(int).tolist():
        yield Segment("".join(ink[level] for level in row))
        yield Segment.line()


def _two_colours(pair: list[int]) -> Style:
    return Style(color=Color.from_rgb(*pair[:3]), bgcolor=Color.from_rgb(*pair[3:]))


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Brightness 0..255 of (height, width) or (height, width, 3) bytes."""
    return pixels.astype(np.float64) if pixels.ndim == 2 else pixels.mean(axis=2)


def _signed_colours(scaled: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colours (height, width, 3) of values in -1..1."""
    strength = np.abs(scaled)[:, :, None]
    end = np.where(scaled[:, :, None] < 0.0, _NEGATIVE, _POSITIVE)
    colours: NDArray[np.uint8] = np.rint(_NEUTRAL + strength * (end - _NEUTRAL)).astype(np.uint8)
    return colours
