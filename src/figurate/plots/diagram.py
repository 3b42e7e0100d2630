"""The network as a diagram: a column a layer, its numbers as circles, every connection of a Dense layer as a line.

Wide layers are shortened, with dots in the gap; the numbers underneath are whole. What a layer computes is the
lesson's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection

from figurate.plots._canvas import BLUE, GREEN, GREY, TEXT, Plot, plain_axes
from figurate.plots._model import Part, parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from figurate.models import Sequential

_MOST_CIRCLES = 12
_SHOWN_ENDS = 5
_GAP = 2.1
_TOP = 6.0


def network(model: Sequential) -> Plot:
    """Draw a model's layers from left to right.

    Args:
        model: a `Sequential` that knows its input's shape.

    Raises:
        ConfigurationError: where it doesn't.

    Example:
        >>> network(model).save("network.png")        # doctest: +SKIP
    """
    layers = parts(model)
    plot = Plot(max(4.0, 1.55 * len(layers) + 0.6), 4.6)
    axes = plot.add_subplot()
    plain_axes(axes)
    before: list[float] = []
    for column, part in enumerate(layers):
        x = column * _GAP
        as_picture = len(part.shape) > 1
        places = [] if as_picture else _heights(part.size)
        if as_picture:
            _picture(axes, x, part)
        else:
            _circles(axes, x, part, places, last=column == len(layers) - 1)
        if column:
            _connect(axes, x, before, places, part, layers[column - 1])
        _caption(axes, x, part)
        before = places
    axes.set_xlim(-1.0, (len(layers) - 1) * _GAP + 1.0)
    axes.set_ylim(-_TOP - 2.7, _TOP + 1.4)
    return plot


def _heights(size: int) -> list[float]:
    """Where a layer's circles stand; a long layer's show both ends."""
    if size <= _MOST_CIRCLES:
        step = min(1.0, 2 * _TOP / max(1, size))
        return [float((size - 1) / 2 - number) * step for number in range(size)]
    ends = [_TOP - 0.5 - number for number in range(_SHOWN_ENDS)]
    return ends + [-height for height in reversed(ends)]


def _circles(axes: Axes, x: float, part: Part, places: list[float], *, last: bool) -> None:
    face = GREEN if last else BLUE if part.parameters else "white"
    edge = face if face != "white" else GREY
    axes.scatter([x] * len(places), places, s=95, facecolor=face, edgecolor=edge, linewidth=1.2, zorder=3)
    if part.size > _MOST_CIRCLES:
        axes.scatter([x] * 3, [0.45, 0.0, -0.45], s=9, color=GREY, zorder=3)


def _picture(axes: Axes, x: float, part: Part) -> None:
    """A figure still in rows and columns: a square with a coarse grid."""
    for line in np.linspace(-0.75, 0.75, 8):
        axes.plot([x + line, x + line], [-2.4, 2.4], color=GREY, linewidth=0.6, zorder=2)
    for line in np.linspace(-2.4, 2.4, 8):
        axes.plot([x - 0.75, x + 0.75], [line, line], color=GREY, linewidth=0.6, zorder=2)


def _connect(axes: Axes, x: float, before: list[float], places: list[float], part: Part, previous: Part) -> None:
    """Lines for what is connected: all with all where there are weights, else each with its own, or one arrow."""
    left = x - _GAP
    if not before or not places or (len(before) != len(places) and not part.parameters):
        start, end = left + (0.85 if not before else 0.3), x - (0.85 if not places else 0.3)
        axes.annotate("", xy=(end, 0.0), xytext=(start, 0.0), arrowprops={"arrowstyle": "->", "color": GREY, "lw": 1.4})
        return
    everyone = bool(part.parameters)
    pairs = [(a, b) for a in before for b in places] if everyone else list(zip(before, places, strict=True))
    lines = [[(left, a), (x, b)] for a, b in pairs]
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.35 if everyone else 0.9, alpha=0.7, zorder=1))
    if everyone:
        axes.text(
            x - _GAP / 2,
            _TOP + 0.3,
            f"{previous.size} × {part.size}\nweights",
            ha="center",
            va="bottom",
            fontsize=8,
            color=TEXT,
        )


def _caption(axes: Axes, x: float, part: Part) -> None:
    shape = " × ".join(str(length) for length in part.shape)
    if len(part.shape) == 1:
        shape += " neurons" if part.parameters else " numbers"
    axes.text(x, -_TOP - 0.35, part.kind, ha="center", va="top", fontsize=10, fontweight="bold", color=TEXT)
    lines = [part.detail, shape] if part.detail else [shape]
    if part.parameters:
        lines.append(f"{part.parameters:,}\nparameters")
    axes.text(x, -_TOP - 0.95, "\n".join(lines), ha="center", va="top", fontsize=8.5, color=TEXT)
