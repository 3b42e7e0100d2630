"""The network as a diagram: a column a layer, its numbers as circles, every connection of a Dense layer as a line.

Figures with channels are a stack of planes, as large beside one another as their heights and widths.

Wide layers are shortened, with dots in the gap; the numbers underneath are whole. What a layer computes is the
lesson's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from figurate.plots._canvas import BLUE, GREEN, GREY, ORANGE, TEXT, Plot, own_style, plain_axes
from figurate.plots._model import Part, parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from figurate.models import Sequential

_MOST_CIRCLES = 12
_MOST_PLANES = 6
_SHOWN_ENDS = 5
_GAP = 2.1
_TOP = 6.0


@own_style()
def network(model: Sequential) -> Plot:
    """Draw a model's layers from left to right.

    Args:
        model: a `Sequential` that knows its input's shape.

    Raises:
        ConfigurationError: where it doesn't, or is no `Sequential`; of an `Ensemble` draw a member.

    Example:
        >>> network(model).save("network.png")        # doctest: +SKIP
    """
    layers = parts(model)
    plot = Plot(max(4.0, 1.55 * len(layers) + 0.6), 4.6)
    axes = plot.add_subplot()
    plain_axes(axes)
    before: list[float] = []
    largest = max((max(part.shape[:2]) for part in layers if part.planes), default=1)
    for column, part in enumerate(layers):
        x = column * _GAP
        as_picture = len(part.shape) > 1
        places = [] if as_picture else _heights(part.size)
        if part.planes:
            _planes(axes, x, part, largest)
        elif as_picture:
            _picture(axes, x, part)
        else:
            _circles(axes, x, part, places, last=column == len(layers) - 1)
        if column:
            _connect(axes, x, before, places, part, layers[column - 1])
        _caption(axes, x, part)
        before = places
    top = _ways_around(axes, layers)
    axes.set_xlim(-1.0, (len(layers) - 1) * _GAP + 1.0)
    axes.set_ylim(-_TOP - 2.7, top)
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


def _planes(axes: Axes, x: float, part: Part, largest: int) -> None:
    """A plane a channel, the first in front; of many channels a few."""
    height, width, channels = part.shape
    tall, wide = max(0.3, 3.1 * height / largest), max(0.12, 1.2 * width / largest)
    shown = min(channels, _MOST_PLANES)
    for number in reversed(range(shown)):
        behind = number - (shown - 1) / 2
        corner = x - wide / 2 + 0.07 * behind, -tall / 2 + 0.18 * behind
        face = BLUE if part.parameters else "white"
        axes.add_patch(
            Rectangle(corner, wide, tall, facecolor=face, edgecolor=GREY if face == "white" else "white", zorder=3)
        )


def _ways_around(axes: Axes, layers: list[Part]) -> float:
    """Draw all ways around layers, one around others above theirs; the height that the drawing reaches."""
    # Above what is written there: of a way around a `Dense` layer, how many weights it has.
    levels: dict[tuple[int, int], int] = {}
    for end, part in enumerate(layers):  # a part's inner ways end before its own
        if part.around is not None:
            within = [level for (start, _), level in levels.items() if start >= part.around]
            levels[part.around, end] = 1 + max(within, default=-1)
    base = _TOP + (1.6 if levels and any(part.kind == "Dense" for part in layers) else 0.5)
    for (start, end), level in levels.items():
        _around(axes, start * _GAP, end * _GAP, base + 0.6 * level)
    return max(_TOP + 1.4, base + 0.6 * max(levels.values(), default=0) + 0.3)


def _around(axes: Axes, start: float, end: float, above: float) -> None:
    """The way around a `Residual`'s layers: an arrow above them, from its input to its sum."""
    below = _TOP - 0.7
    start, end = start + 0.2, end - 0.2  # apart from one that ends or begins there
    axes.plot([start, start, end], [below, above, above], color=ORANGE, linewidth=1.4, zorder=2)
    style = {"arrowstyle": "->", "color": ORANGE, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=(end, below), xytext=(end, above), arrowprops=style)


def _connect(axes: Axes, x: float, before: list[float], places: list[float], part: Part, previous: Part) -> None:
    """Lines for what is connected: all with all in a `Dense`, else each with its own, or one arrow."""
    left = x - _GAP
    everyone = part.kind == "Dense"
    if not before or not places or (len(before) != len(places) and not everyone):
        start, end = left + (0.85 if not before else 0.3), x - (0.85 if not places else 0.3)
        axes.annotate("", xy=(end, 0.0), xytext=(start, 0.0), arrowprops={"arrowstyle": "->", "color": GREY, "lw": 1.4})
        return
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
        shape += (" neuron" if part.parameters else " number") + ("" if part.size == 1 else "s")
    letters = min(10.0, 165 / len(part.kind))  # a longer name would run into its neighbour's
    axes.text(x, -_TOP - 0.35, part.kind, ha="center", va="top", fontsize=letters, fontweight="bold", color=TEXT)
    lines = [part.detail, shape] if part.detail else [shape]
    if part.parameters:
        lines.append(f"{part.parameters:,}\nparameter{'' if part.parameters == 1 else 's'}")
    axes.text(x, -_TOP - 0.95, "\n".join(lines), ha="center", va="top", fontsize=8.5, color=TEXT)
