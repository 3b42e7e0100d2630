"""One figure beside the probabilities that a model gives it, and the sentence that says what it was read as.

Where the figure was made of another picture, that stands before it. Draws what it is given; it asks no model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from figurate.plots._pixels import to_bytes
from figurate.plots._words import class_names_or_numbers, percent
from figurate.plots.terminal.bars import ProbabilityBars
from figurate.plots.terminal.figure import FigureDrawing

_GAP = 3
_ORIGINAL, _FIGURE = "the picture", "what the model saw"


class PredictionDrawing:
    """A figure and its bars side by side, or one below the other where the terminal is too narrow.

    Args:
        pixels: (height, width) or (height, width, 3).
        probabilities: (classes,), 0..1.
        class_names: one a class; by default 0, 1, 2, …
        true: the number of the true class, marked among the bars; None where it isn't known.
        original: the picture that the figure was made of, (h, w) or (h, w, 3) of any size, shown before it and shrunk
            to the room there is; both get a heading then. None: none.

    Raises:
        ShapeError: where `pixels` or `original` are no figure, or probabilities or names are not one a class.
    """

    def __init__(
        self,
        pixels: ArrayLike,
        probabilities: ArrayLike,
        class_names: Sequence[str] | None = None,
        true: int | None = None,
        original: ArrayLike | None = None,
    ) -> None:
        self._figure = FigureDrawing(pixels)
        self._height = to_bytes(pixels).shape[0]
        self._original = None if original is None else to_bytes(original)
        self._bars = ProbabilityBars(probabilities, class_names, true)
        self._sentence = sentence(probabilities, class_names, true)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pictures = self._pictures(options.max_width)
        answer = Group("", self._bars, "", self._sentence)
        width = sum(wide + _GAP for wide, _ in pictures)
        beside = width + self._bars.shortest <= options.max_width
        if beside:
            yield _row([*pictures, (None, answer)])
        elif width - _GAP <= options.max_width:
            yield _row(pictures)
            yield answer
        else:
            yield from (picture for _, picture in pictures)
            yield answer

    def _pictures(self, room: int) -> list[tuple[int, RenderableType]]:
        """The original, if there is one, and the figure, each with its width."""
        figure = self._figure
        if self._original is None:
            return [(figure.width, figure)]
        seen = max(figure.width, len(_FIGURE))
        # Beside the figure and the bars if half a figure's width is left for it, else beside the figure alone.
        answer = self._bars.shortest
        left = room - seen - 2 * _GAP - max(answer, min(self._sentence.cell_len, answer + _GAP))
        if left < max(figure.width // 2, len(_ORIGINAL)):
            left = room - seen - _GAP
        if left < len(_ORIGINAL):
            left = room
        original = FigureDrawing(_shrunk(self._original, min(left, 3 * figure.width // 2), self._height))
        return [
            (max(original.width, len(_ORIGINAL)), Group(Text(_ORIGINAL, style="dim"), original)),
            (seen, Group(Text(_FIGURE, style="dim"), figure)),
        ]


def _row(parts: Sequence[tuple[int | None, RenderableType]]) -> Table:
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for width, _ in parts:
        table.add_column(width=width)
    table.add_row(*(part for _, part in parts))
    return table


def _shrunk(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], width: int, height: int) -> ArrayLike:
    """A picture that fits into this many pixels, its proportions kept; one that does stays as it is."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture))
    image.thumbnail((max(width, 1), height))
    return np.asarray(image)


def sentence(probabilities: ArrayLike, class_names: Sequence[str] | None = None, true: int | None = None) -> Text:
    """What the probabilities say, held against the truth, such as "Read as 7 (99.8 %): right."."""
    values = np.asarray(probabilities, dtype=np.float64)
    names = class_names_or_numbers(values.size, class_names)
    best = int(values.argmax())
    text = Text("Read as ")
    text.append(names[best], style="bold")
    text.append(f" ({percent(float(values[best]))})")
    if true is None:
        return text.append(".")
    if true == best:
        return text.append(": ").append("right", style="bold green").append(".")
    return (
        text.append(": ")
        .append("wrong", style="bold yellow")
        .append(", it is ")
        .append(names[true], style="bold")
        .append(".")
    )
