"""One figure beside the probabilities that a model gives it, and the sentence that says what it was read as.

Draws what it is given; it asks no model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from figurate.plots._words import class_names_or_numbers, percent
from figurate.plots.terminal.bars import ProbabilityBars
from figurate.plots.terminal.figure import FigureDrawing

_GAP = 3


class PredictionDrawing:
    """A figure and its bars side by side, or one below the other where the terminal is too narrow.

    Args:
        pixels: (height, width) or (height, width, 3).
        probabilities: (classes,), 0..1.
        class_names: one a class; by default 0, 1, 2, …
        true: the number of the true class, marked among the bars; None where it isn't known.

    Raises:
        ShapeError: where `pixels` are no figure, or probabilities or names are not one a class.
    """

    def __init__(
        self,
        pixels: ArrayLike,
        probabilities: ArrayLike,
        class_names: Sequence[str] | None = None,
        true: int | None = None,
    ) -> None:
        self._figure = FigureDrawing(pixels)
        self._bars = ProbabilityBars(probabilities, class_names, true)
        self._sentence = sentence(probabilities, class_names, true)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        answer = Group("", self._bars, "", self._sentence)
        if self._figure.width + _GAP + self._bars.shortest > options.max_width:
            yield self._figure
            yield answer
            return
        table = Table.grid(padding=(0, _GAP, 0, 0))
        table.add_column(width=self._figure.width)
        table.add_column()
        table.add_row(self._figure, answer)
        yield table


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
