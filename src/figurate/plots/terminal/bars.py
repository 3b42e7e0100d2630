"""Probabilities as labelled bars in a terminal, the true class marked.

Draws what it is given; it asks no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

from figurate.errors import ShapeError
from figurate.plots._words import class_names_or_numbers, percent
from figurate.plots.terminal.figure import is_unicode

_EIGHTHS = ("", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589")
_FULL = "\u2588"
# Widths, in character cells.
_LONGEST_LABEL = 16
_PERCENT = 8
_MARK = 14
_SHORTEST_BAR = 8

_RIGHT = Style(color="green", bold=True)
_WRONG = Style(color="yellow", bold=True)
_OTHER = Style(color="cyan")
_PLAIN = Style()
_FAINT = Style(dim=True)


class ProbabilityBars:
    """Bars, one a class, that rich can print.

    Args:
        probabilities: (classes,), 0..1.
        class_names: one a class; by default 0, 1, 2, …
        true: the number of the true class, which is marked; None where it isn't known.
        bar_width: cells of a whole bar where the terminal is wide enough; it shrinks to 8 where not.

    Raises:
        ShapeError: where the probabilities or the names are not one a class.
    """

    def __init__(
        self,
        probabilities: ArrayLike,
        class_names: Sequence[str] | None = None,
        true: int | None = None,
        bar_width: int = 22,
    ) -> None:
        values = np.asarray(probabilities, dtype=np.float64)
        if values.ndim != 1 or values.size == 0:
            raise ShapeError(
                f"Bars want one row of probabilities, (classes,), received {values.shape}. Give one figure's, "
                "such as `p[0]`."
            )
        names = class_names_or_numbers(values.size, class_names)
        self._values = np.nan_to_num(values).clip(0.0, 1.0).tolist()
        self._label_width = min(_LONGEST_LABEL, max(cell_len(name) for name in names))
        self._names = [set_cell_size(name, self._label_width) for name in names]
        self._true = true
        self._best = int(values.argmax())
        self._bar_width = bar_width

    @property
    def shortest(self) -> int:
        """Character cells that the drawing needs at least."""
        return self._around + _SHORTEST_BAR

    @property
    def _around(self) -> int:
        """Cells of all that isn't the bar."""
        return self._label_width + 1 + _PERCENT + self._mark_width

    @property
    def _mark_width(self) -> int:
        return 0 if self._true is None else _MARK

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.shortest, self._around + self._bar_width).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        unicode = is_unicode(console)
        width = max(_SHORTEST_BAR, min(self._bar_width, options.max_width - self._around))
        for number, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            style = self._style(number)
            yield Segment(name + " ", style if number == self._best else _PLAIN)
            bar = draw_bar(value, width, unicode=unicode)
            yield Segment(bar, style)
            yield Segment(" " * (width - len(bar)))
            yield Segment(f"{percent(value):>{_PERCENT}}", style if number == self._best else _FAINT)
            yield Segment(f"{self._mark(number, unicode):<{self._mark_width}}", style)
            yield Segment.line()

    def _style(self, number: int) -> Style:
        if number == self._best:
            return _WRONG if self._true not in (None, number) else _RIGHT
        return _RIGHT if number == self._true else _OTHER

    def _mark(self, number: int, unicode: bool) -> str:
        if number != self._true:
            return ""
        return "  " + ("\u25c0 true label" if unicode else "< true label")


def draw_bar(value: float, width: int, *, unicode: bool = True) -> str:
    """A bar of `value` (0..1) in at most `width` cells, to an eighth of a cell; any value above zero leaves a trace."""
    eighths = round(value * width * 8)
    if not unicode:
        return "#" * round(value * width)
    if value > 0.0:
        eighths = max(eighths, 1)
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8]
