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

from figurate.plots._canvas import PALE, TEXT, Plot, own_style
from figurate.plots._words import class_names_or_numbers, names_for, shortened
from figurate.plots.confusion import count_confusions, matched

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_SMALL = 16
# Letters of a name: a longer one would take more room than the matrix.
_LONGEST = 24


@own_style()
def confusion_matrix(y: ArrayLike, read: ArrayLike, *, class_names: Sequence[str] | None = None) -> Plot:
    """Draw how often each true class (a row) was read as each class (a column).

    The diagonal, what was read rightly, is grey: on one colour scale it would drown the mistakes.

    Args:
        y: (n,) true class numbers.
        read: (n,) class numbers as read, or probabilities as `predict` gives them: (n, classes), or of a model with one
            output (n, 1) or (n,), each 0..1; or what `classify` gives.
        class_names: one a class; by default those that `classify` gave, else the class's number, up to the largest
            present.

    Raises:
        ShapeError: where `y` and `read` differ in length, or there isn't one name a class.
        DataError: for what is no class's number, and for one column of scores outside 0..1.

    Example:
        >>> confusion_matrix(y_test, model.predict(x_test)).save("confusion.png")        # doctest: +SKIP
    """
    labels, outputs = matched(y, read)
    given = names_for(class_names, read)
    if outputs.ndim == 2:
        classes = outputs.shape[1]
    else:
        classes = len(given) if given is not None else int(max(labels.max(initial=0), outputs.max(initial=0))) + 1
    names = [shortened(name, _LONGEST) for name in class_names_or_numbers(classes, given)]
    counts = count_confusions(labels, outputs, classes)
    wrong = np.where(np.eye(classes, dtype=bool), 0, counts)
    # Without counts in them cells may be small: 62 letters and digits are then still read on one page.
    side = max(3.6, (0.42 if classes <= _SMALL else 0.2) * classes + 1.6)
    plot = Plot(side + 0.8, side)
    # Made for squares beside a bar: the plain one at times cuts off what is written at the left.
    plot.set_layout_engine("compressed", w_pad=0.05, h_pad=0.05)
    axes = plot.add_subplot()
    masked = np.ma.masked_array(wrong, mask=np.eye(classes, dtype=bool))
    most = max(1, int(wrong.max()))
    image = axes.imshow(masked, cmap=colormaps["Oranges"].with_extremes(bad=PALE), vmin=0, vmax=most)
    if classes <= _SMALL:
        _write_counts(axes, counts, most)
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
