"""A confusion matrix in a terminal: a row a true class, a column a predicted one.

Counting is confusion.py's, one folder up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from figurate.plots.terminal.figure import draws_in_colour

_RIGHT = (20, 90, 60)
_WRONG = (150, 75, 10)
_CORNER = "true \\ read as"
_SHARE = 9


class ConfusionTable:
    """Counts that rich can print, the right ones on green, the wrong ones on orange, stronger where there are more.

    Args:
        counts: (classes, classes); [true, predicted].
        class_names: one a class.
    """

    def __init__(self, counts: NDArray[np.int64], class_names: Sequence[str]) -> None:
        self._counts = counts
        self._names = list(class_names)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table(box=None, padding=(0, 0), show_header=True, header_style="bold", collapse_padding=True)
        room = (options.max_width - max(len(_CORNER), *map(len, self._names)) - _SHARE) // max(1, len(self._names))
        wanted = max(4, *(len(name) + 1 for name in self._names))
        cell = max(len(str(self._counts.max(initial=0))) + 1, min(wanted, room))
        table.add_column(Text(_CORNER, style="dim"), justify="right", no_wrap=True)
        for name in self._names:
            table.add_column(f"{name[: cell - 1]} ", justify="right", width=cell, no_wrap=True)
        table.add_column("  right", justify="right", no_wrap=True)
        wrong = self._counts - np.diag(np.diag(self._counts))
        most_wrong = max(1, int(wrong.max(initial=0)))
        colour = draws_in_colour(console)
        for row, name in enumerate(self._names):
            total = int(self._counts[row].sum())
            share = f"{self._counts[row, row] / total * 100:.1f} %" if total else ""
            cells = [self._cell(row, column, most_wrong, colour) for column in range(len(self._names))]
            table.add_row(Text(name, style="bold"), *cells, Text(f"  {share}", style="dim"))
        yield table

    def _cell(self, row: int, column: int, most_wrong: int, colour: bool) -> Text:
        count = int(self._counts[row, column])
        if count == 0:
            return Text("\u00b7 " if colour else ". ", style="dim")
        if row == column:
            return Text(f"{count} ", style=_shade(_RIGHT, 1.0) if colour else "bold")
        return Text(f"{count} ", style=_shade(_WRONG, (count / most_wrong) ** 0.5) if colour else "")


def _shade(end: tuple[int, int, int], strength: float) -> str:
    red, green, blue = (round(channel * strength) for channel in end)
    return f"rgb(255,255,255) on rgb({red},{green},{blue})"
