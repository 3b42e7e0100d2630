"""One figure beside the probabilities that a model gives it, the true class marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figurate.errors import DataError, ShapeError, shown
from figurate.plots._canvas import BLUE, GREEN, ORANGE, PALE, TEXT, Plot, own_style, plain_axes
from figurate.plots._pixels import to_bytes
from figurate.plots._words import class_names_or_numbers, names_for, percent, shortened
from figurate.plots.confusion import both_classes, labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_BARS = 20
# By which a probability computed in float32 may be above 1.
_ROUNDING = 1e-3
# Letters of a name above the picture and beside a bar.
_LONGEST, _LONGEST_BESIDE = 50, 24


@own_style()
def prediction(
    figure: ArrayLike, probabilities: ArrayLike, *, true: int | None = None, class_names: Sequence[str] | None = None
) -> Plot:
    """Draw a figure and a bar a class; of more than 20 classes the 20 likeliest, the best first, and the true one.

    Args:
        figure: (height, width) or with channels.
        probabilities: (classes,), each 0..1, one row of what `predict` gives; of a model with one output (1,).
        true: the number of the true class, where it is known.
        class_names: one a class; by default the class's number.

    Raises:
        ShapeError: where probabilities or names are not one a class.
        DataError: for what is no probability, or no class's number.

    Example:
        >>> prediction(x_test[0], model.predict(x_test[0])[0], true=y_test[0]).save("first.png")        # doctest: +SKIP
    """
    values = _probabilities(probabilities)
    names = class_names_or_numbers(values.size, names_for(class_names, None))
    known = None if true is None else _class_number(true, values.size)
    best, shown_classes = int(values.argmax()), _shown_classes(values, known)
    plot = Plot(7.2, max(2.6, 0.27 * len(shown_classes) + 0.8))
    left, right = plot.subplots(1, 2, width_ratios=(1.0, 1.5))
    left.imshow(to_bytes(figure), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    plain_axes(left)
    left.set_anchor("N")
    plot.suptitle(_heading([shortened(name, _LONGEST) for name in names], best, known), x=0.01, ha="left", fontsize=11)
    beside = [shortened(names[number], _LONGEST_BESIDE) for number in shown_classes]
    if known is not None:
        place = shown_classes.index(known)
        beside[place] = f"true label \u25b8 {beside[place]}"
    _bars(right, values[shown_classes], beside)
    right.patches[shown_classes.index(best)].set_color(BLUE if known is None else GREEN if best == known else ORANGE)
    if known is not None:
        right.get_yticklabels()[place].set_fontweight("bold")
    more = len(shown_classes) < values.size
    right.set_xlabel(f"probability, {len(shown_classes)} of {values.size} classes" if more else "probability")
    return plot


def _bars(right: Axes, values: NDArray[np.float64], names: Sequence[str]) -> None:
    """A bar a value, the first at the top."""
    places = np.arange(values.size)
    right.barh(places, values, color=PALE, height=0.72)
    for place, value in zip(places.tolist(), values.tolist(), strict=True):
        right.text(value + 0.015, place, percent(value), va="center", fontsize=9, color=TEXT)
    right.set_yticks(places, names)
    right.set_ylim(values.size - 0.4, -0.6)
    right.set_xlim(0.0, 1.15)
    right.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    right.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        right.spines[side].set_visible(False)


def _heading(names: Sequence[str], best: int, true: int | None) -> str:
    if true is None:
        return f"read as {names[best]}"
    return f"read as {names[best]}: right" if best == true else f"read as {names[best]}:\nwrong, it is {names[true]}"


def _shown_classes(values: NDArray[np.float64], true: int | None) -> list[int]:
    """The classes that get a bar, from the top: all in their order, or of many the likeliest and the true one."""
    if values.size <= _MOST_BARS:
        return list(range(values.size))
    likeliest: list[int] = np.argsort(-values, kind="stable")[:_MOST_BARS].tolist()
    return likeliest if true is None or true in likeliest else [*likeliest[:-1], true]


def _probabilities(given: ArrayLike) -> NDArray[np.float64]:
    """One figure's probabilities, (classes,); a single one is that of class 1 of two."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"Expected one figure's probabilities, received {shown(given)}. Give a row of `model.predict(x)`, or of "
            "`model.classify(x).probabilities`."
        ) from None
    if values.ndim != 1 or not values.size:
        raise ShapeError(
            f"Expected one figure's probabilities, (classes,), received {values.shape}. Give one row, such as `p[0]`."
        )
    if not ((values >= 0) & (values <= 1 + _ROUNDING)).all():
        raise DataError(
            f"Expected one figure's probabilities, each 0..1, received {values.min():.4g}..{values.max():.4g}. Of a "
            "model that gives scores (`from_logits=True`) pass `figurate.activations.softmax(scores)`, of a single "
            "score `sigmoid`."
        )
    return np.asarray(both_classes(values)[0], np.float64) if values.size == 1 else values


def _class_number(true: ArrayLike, classes: int) -> int:
    """The true class's number, from a number in any form."""
    labels = labels_of(true)
    if labels.size != 1 or not 0 <= labels[0] < classes:
        raise DataError(
            f"`prediction(true=…)` expects one class, 0..{classes - 1}, received {shown(true)}. Give the figure's "
            "label, such as `y_test[0]`."
        )
    return int(labels[0])
