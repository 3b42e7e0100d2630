"""The confusion matrix as a picture, the mistakes coloured, the right answers only counted.

Counting is confusion.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from figurate.plots._canvas import PALE, TEXT, Plot
from figurate.plots._words import class_names_or_numbers
from figurate.plots.confusion import class_numbers, count_confusions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_SMALL = 16


def confusion_matrix(y: ArrayLike, read: ArrayLike, *, class_names: Sequence[str] | None = None) -> Plot:
    """Draw how often each true class (a row) was read as each class (a column).

    The diagonal, what was read rightly, is grey: on one colour scale it would drown the mistakes.

    Args:
        y: (n,) true class numbers.
        read: (n,) class numbers as read, or (n, classes) probabilities as `predict` gives them.
        class_names: one a class; by default the class's number, up to the largest present.

    Raises:
        ShapeError: where `y` and `read` differ in length.
        DataError: for what is no class's number.

    Example:
        >>> confusion_matrix(y_test, model.predict(x_test)).save("confusion.png")        # doctest: +SKIP
    """
    guess = class_numbers(read)
    if class_names is not None:
        classes = len(class_names)
    elif guess.ndim == 2:
        classes = guess.shape[1]
    else:
        classes = int(max(class_numbers(y).max(initial=0), guess.max(initial=0))) + 1
    names = class_names_or_numbers(classes, class_names)
    counts = count_confusions(y, read, classes)
    wrong = np.where(np.eye(classes, dtype=bool), 0, counts)
    # Without counts in them cells may be small: 62 letters and digits are then still read on one page.
    side = max(3.6, (0.42 if classes <= _SMALL else 0.2) * classes + 1.6)
    plot = Plot(side + 0.8, side)
    # Made for squares beside a bar: the plain one at times cuts off what is written at the left.
    plot.set_layout_engine("compressed", w_pad=0.05, h_pad=0.05)
    axes = plot.add_subplot()
    masked = np.ma.masked_array(wrong, mask=np.eye(classes, dtype=bool))
    image = axes.imshow(masked, cmap=colormaps["Oranges"].with_extremes(bad=PALE), vmin=0)
    if classes <= _SMALL:
        _write_counts(axes, counts, max(1, int(wrong.max())))
    turned = max(map(len, names)) > 2
    size = None if classes <= _SMALL else 8.0
    axes.set_xticks(range(classes), names, rotation=90 if turned and size else 45 if turned else 0, fontsize=size)
    if turned and not size:
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.set_yticks(range(classes), names, fontsize=size)
    axes.set_xlabel("read as")
    axes.set_ylabel("true label")
    right = int(np.trace(counts))
    total = int(counts.sum())
    axes.set_title(f"{right:,} of {total:,} read rightly", fontsize=11)
    plot.colorbar(image, ax=axes, label="mistakes", fraction=0.045, pad=0.03, ticks=MaxNLocator(integer=True))
    return plot


def _write_counts(axes: Axes, counts: NDArray[np.int64], most_wrong: int) -> None:
    """Every count in its cell, zeros left out, white where the ground is dark."""
    for row, column in zip(*np.nonzero(counts), strict=True):
        count = int(counts[row, column])
        dark = row != column and count > most_wrong * 0.6
        axes.text(column, row, str(count), ha="center", va="center", fontsize=8, color="white" if dark else TEXT)
