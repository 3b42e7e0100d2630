"""One figure beside the probabilities that a model gives it, the true class marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import ShapeError
from figurate.plots._canvas import BLUE, GREEN, ORANGE, PALE, TEXT, Plot, plain_axes
from figurate.plots._pixels import to_bytes
from figurate.plots._words import class_names_or_numbers, percent


def prediction(
    figure: ArrayLike, probabilities: ArrayLike, *, true: int | None = None, class_names: Sequence[str] | None = None
) -> Plot:
    """Draw a figure and a bar a class.

    Args:
        figure: (height, width) or with channels.
        probabilities: (classes,), one row of what `predict` gives.
        true: the number of the true class, where it is known.
        class_names: one a class; by default the class's number.

    Raises:
        ShapeError: where probabilities or names are not one a class.

    Example:
        >>> prediction(x_test[0], model.predict(x_test[0])[0], true=y_test[0]).save("first.png")        # doctest: +SKIP
    """
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 1:
        raise ShapeError(
            f"Expected one figure's probabilities, (classes,), received {values.shape}. Give one row, such as `p[0]`."
        )
    names = class_names_or_numbers(values.size, class_names)
    best = int(values.argmax())
    plot = Plot(7.2, max(2.6, 0.27 * values.size + 0.8))
    left, right = plot.subplots(1, 2, width_ratios=(1.0, 1.5))
    left.imshow(to_bytes(figure), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    plain_axes(left)
    left.set_title(_heading(names, best, true), fontsize=11)
    colours = [PALE] * values.size
    colours[best] = BLUE if true is None else GREEN if best == true else ORANGE
    places = np.arange(values.size)
    right.barh(places, values, color=colours, height=0.72)
    for place, value in zip(places.tolist(), values.tolist(), strict=True):
        right.text(value + 0.015, place, percent(value), va="center", fontsize=9, color=TEXT)
    labels = [f"true label \u25b8 {name}" if number == true else name for number, name in enumerate(names)]
    right.set_yticks(places, labels)
    if true is not None:
        right.get_yticklabels()[int(true)].set_fontweight("bold")
    right.invert_yaxis()
    right.set_xlim(0.0, 1.15)
    right.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    right.set_xlabel("probability")
    right.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        right.spines[side].set_visible(False)
    return plot


def _heading(names: Sequence[str], best: int, true: int | None) -> str:
    if true is None:
        return f"read as {names[best]}"
    return (
        f"read as {names[best]}: right" if best == true else f"read as {names[best]}:\nwrong, it is {names[int(true)]}"
    )
