"""A confusion matrix in a terminal: a row a true class, a column a predicted one; a list where that is too wide.

Counting is confusion.py's, one folder up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from figurate.plots._words import percent, shortened
from figurate.plots.terminal.figure import draws_in_colour

_RIGHT = (20, 90, 60)
_WRONG = (150, 75, 10)
_CORNER = "true \\ read as"
_SHARE = 9
_SHORTEST_CELL = 4
# Of the list.
_MOST_CONFUSIONS = 4
_SHORTEST_NAME = 8


class ConfusionTable:
    """Counts that rich can print, the right ones on green, the wrong ones on orange, stronger where there are more.

    Where the table doesn't fit the console, a line a class says how many are right and as what the others are read.

    Args:
        counts: (classes, classes); [true, predicted].
        class_names: one a class.
    """

    def __init__(self, counts: NDArray[np.int64], class_names: Sequence[str]) -> None:
        self._counts = counts
        self._names = list(class_names)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        cell = self._cell_width(options.max_width)
        if cell is None:
            yield from self._list(options.max_width)
        else:
            yield self._table(cell, draws_in_colour(console))

    def _cell_width(self, width: int) -> int | None:
        """Characters a column, a gap with it; None where counts or headings would not be told apart."""
        room = (width - max(map(cell_len, [_CORNER, *self._names])) - _SHARE) // max(1, len(self._names))
        longest = max(_SHORTEST_CELL, *(cell_len(name) + 1 for name in self._names))
        count = len(str(self._counts.max(initial=0))) + 1
        cell = max(count, min(longest, room))
        headings = [_start(name, cell - 1) for name in self._names]
        # A number that is cut reads as another one.
        cut = any(name.isdigit() and name != heading for name, heading in zip(self._names, headings, strict=True))
        return None if cell > room or cut or len(set(headings)) < len(set(self._names)) else cell

    # -- the table ---------------------------------------------------------------------------------------------------

    def _table(self, cell: int, colour: bool) -> Table:
        table = Table(box=None, padding=(0, 0), show_header=True, header_style="bold", collapse_padding=True)
        table.add_column(Text(_CORNER, style="dim"), justify="right", no_wrap=True)
        for name in self._names:
            table.add_column(Text(f"{_start(name, cell - 1)} "), justify="right", width=cell, no_wrap=True)
        table.add_column("  right", justify="right", no_wrap=True)
        wrong = self._counts - np.diag(np.diag(self._counts))
        most_wrong = max(1, int(wrong.max(initial=0)))
        for row, name in enumerate(self._names):
            cells = [self._cell(row, column, most_wrong, colour) for column in range(len(self._names))]
            table.add_row(Text(name, style="bold"), *cells, Text(f"  {self._share(row)}", style="dim"))
        return table

    def _cell(self, row: int, column: int, most_wrong: int, colour: bool) -> Text:
        count = int(self._counts[row, column])
        if count == 0:
            return Text("\u00b7 " if colour else ". ", style="dim")
        if row == column:
            return Text(f"{count} ", style=_shade(_RIGHT, 1.0) if colour else "bold")
        return Text(f"{count} ", style=_shade(_WRONG, (count / most_wrong) ** 0.5) if colour else "")

    def _share(self, row: int) -> str:
        total = int(self._counts[row].sum())
        return percent(int(self._counts[row, row]) / total) if total else ""

    # -- the list ----------------------------------------------------------------------------------------------------

    def _list(self, width: int) -> RenderResult:
        limit = max(_SHORTEST_NAME, width // 3)
        names = [shortened(name, limit, cell_len) for name in self._names]
        left = max(map(cell_len, ["true", *names]))
        yield Text(
            f"{'true':<{left}}  {'right':>7}  most often read as", style="dim", no_wrap=True, overflow="ellipsis"
        )
        for row, name in enumerate(names):
            line = Text(set_cell_size(name, left), style="bold")
            line.append(f"  {self._share(row):>7}", style="not bold dim")
            line.append(self._confusions(row, names, width - line.cell_len), style="not bold")
            yield line

    def _confusions(self, row: int, names: Sequence[str], room: int) -> str:
        """The wrong classes that the row's figures are most often read as, as many as there is room for."""
        wrong = self._counts[row].copy()
        wrong[row] = 0
        order = np.argsort(-wrong, kind="stable")[:_MOST_CONFUSIONS]
        said = [f"{names[column]}: {wrong[column]}" for column in order if wrong[column]]
        for count in range(len(said), 0, -1):
            more = int(wrong.sum() - wrong[order[:count]].sum())
            text = f"  as {', '.join(said[:count] + ([f'{more} more'] if more else []))}"
            if cell_len(text) <= room:
                return text
        text = f"  {wrong.sum()} wrong" if said else ""
        return text if cell_len(text) <= room else ""


def _start(name: str, width: int) -> str:
    """The beginning of a name that is too long."""
    return name if cell_len(name) <= width else set_cell_size(name, width).rstrip()


def _shade(end: tuple[int, int, int], strength: float) -> str:
    red, green, blue = (round(channel * strength) for channel in end)
    return f"rgb(255,255,255) on rgb({red},{green},{blue})"
