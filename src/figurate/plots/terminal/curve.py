"""Training curves in a terminal, drawn with braille dots or, in a plain terminal, with letters.

Takes the numbers of a history; it draws no more than two series at a time, so that they can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from figurate.errors import DataError
from figurate.plots.terminal.figure import is_unicode

_ROWS = 10
_MOST_COLUMNS = 60
_AXIS = 8
# The bit of each dot in a braille cell, by (row, column): Unicode chapter 21.1.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BRAILLE = 0x2800
_STYLES = ("cyan", "yellow")
_LETTERS = ("*", "o")


class Curve:
    """One quantity by epoch, on the training figures and, if known, on the validation figures.

    Args:
        title: what is drawn, such as "accuracy".
        series: name -> one value an epoch; one or two of them.

    Raises:
        DataError: where there is nothing to draw.
    """

    def __init__(self, title: str, series: Mapping[str, Sequence[float]]) -> None:
        self._title = title
        self._series = {name: np.asarray(values, dtype=np.float64) for name, values in series.items() if len(values)}
        if not any(np.isfinite(values).any() for values in self._series.values()):
            raise DataError(
                f"There is no {title} to draw: the history has no epoch. Train the model first, with `fit`."
            )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        unicode = is_unicode(console)
        columns = max(8, min(_MOST_COLUMNS, options.max_width - _AXIS - 2))
        low, high = _limits(list(self._series.values()))
        yield self._heading(unicode)
        canvas = self._braille(columns, low, high) if unicode else self._letters(columns, low, high)
        for row, cells in enumerate(canvas):
            value = high - (high - low) * row / (_ROWS - 1)
            label = f"{value:.3f}" if row % 3 == 0 else ""
            line = Text(f"{label:>{_AXIS - 1}} " + ("\u2502" if unicode else "|"), style="dim")
            for character, style in cells:
                line.append(character, style=style)
            yield line
        yield Text(" " * _AXIS + ("\u2514" + "\u2500" * columns if unicode else "+" + "-" * columns), style="dim")
        last = max(len(values) for values in self._series.values())
        yield Text(" " * _AXIS + f" 1{'epoch':^{columns - 1 - len(str(last))}}{last}", style="dim")

    def _heading(self, unicode: bool) -> Text:
        heading = Text(" " * _AXIS + self._title, style="bold")
        for number, (name, values) in enumerate(self._series.items()):
            mark = "\u2501\u2501" if unicode else _LETTERS[number % 2] * 2
            heading.append(f"   {mark} {name} {values[-1]:.4f}", style=f"not bold {_STYLES[number % 2]}")
        return heading

    def _braille(self, columns: int, low: float, high: float) -> list[list[tuple[str, str]]]:
        cells = np.zeros((_ROWS, columns), dtype=np.int64)
        styles = np.zeros((_ROWS, columns), dtype=np.int64)
        for number, values in enumerate(self._series.values()):
            for x, y in _points(values, columns * 2, _ROWS * 4, low, high):
                cells[y // 4, x // 2] |= _DOTS[y % 4][x % 2]
                styles[y // 4, x // 2] = number
        return [
            [
                (chr(_BRAILLE + cell) if cell else " ", _STYLES[style % 2])
                for cell, style in zip(row, colours, strict=True)
            ]
            for row, colours in zip(cells.tolist(), styles.tolist(), strict=True)
        ]

    def _letters(self, columns: int, low: float, high: float) -> list[list[tuple[str, str]]]:
        canvas = [[(" ", "")] * columns for _ in range(_ROWS)]
        for number, values in enumerate(self._series.values()):
            for x, y in _points(values, columns, _ROWS, low, high):
                canvas[y][x] = (_LETTERS[number % 2], _STYLES[number % 2])
        return canvas


def curves(history: Mapping[str, Sequence[float]]) -> list[Curve]:
    """One curve a quantity of a history, each with its validation where there is one.

    Args:
        history: `History.history`: name -> one value an epoch; the validation's names begin with `val_`.

    Raises:
        DataError: where nothing was recorded.
    """
    names = [name for name in history if not name.startswith("val_") and name not in ("learning_rate", "lr")]
    if not names:
        raise DataError("There is no curve to draw: the history is empty. Train the model first, with `fit`.")
    return [
        Curve(
            name,
            {"training": history[name], **({"validation": history[f"val_{name}"]} if f"val_{name}" in history else {})},
        )
        for name in names
    ]


def _limits(series: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """The range of all finite values, never empty."""
    values = np.concatenate(series)
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _points(values: NDArray[np.float64], width: int, height: int, low: float, high: float) -> list[tuple[int, int]]:
    """The dots of a line through the values, as (x, y) with y downwards; what isn't finite leaves a gap."""
    if values.size == 1:
        xs, ys = np.array([0.0]), values
    else:
        xs = np.arange(width, dtype=np.float64)
        ys = np.interp(xs, np.linspace(0, width - 1, values.size), values)
    levels = (high - ys) / (high - low) * (height - 1)
    keep = np.isfinite(levels)
    return [(int(x), round(y)) for x, y in zip(xs[keep].tolist(), levels[keep].tolist(), strict=True)]
