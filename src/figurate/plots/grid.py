"""A grid of figures with their labels, and the same for figures that were read wrongly.

Shows pixels as they are; brings nothing into a model's form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import DataError, ShapeError
from figurate.plots._canvas import ORANGE, TEXT, Plot, own_style, plain_axes
from figurate.plots._pixels import to_bytes
from figurate.plots._words import names_for, names_of, shortened
from figurate.plots.confusion import best_of, matched, worst_mistakes

_MOST = 400
# In inches: the least side of a figure, the height of a caption's line, the width of a letter in it.
_SIDE = 0.95
_LINE = 0.2
_INCHES_A_LETTER = 0.078
# Letters of the longest class name for which both names of a mistake still stand on one line.
_SHORT_NAME = 2
# Letters of a caption's line: a longer one would make the figures as wide as itself.
_LONGEST_LINE = 20


def figures(
    x: ArrayLike, y: ArrayLike | None = None, *, class_names: Sequence[str] | None = None, columns: int = 10
) -> Plot:
    """Draw figures in a grid, each with its label above it.

    Args:
        x: (n, height, width), (n, height, width, 1) or (n, height, width, 3); at most 400 figures.
        y: (n,) class numbers; None for no labels.
        class_names: one a class; by default the class's number.
        columns: figures to a row.

    Raises:
        ShapeError: where `x` and `y` differ in length, there are none or too many, or a label has no name.
        DataError: where there are names, and a label is no class's number.

    Example:
        >>> figures(x_train[:30], y_train[:30]).save("sample.png")        # doctest: +SKIP
    """
    pictures = np.asarray(x)
    captions = [""] * len(pictures) if y is None else names_of(y, class_names)
    return grid(list(pictures), captions, TEXT, columns, headed=y is not None)


def mistakes(
    x: ArrayLike,
    y: ArrayLike,
    probabilities: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    count: int = 20,
    columns: int = 10,
) -> Plot:
    """Draw figures that were read wrongly, those first of which the model was surest.

    Args:
        x: (n, height, width) or with channels.
        y: (n,) true class numbers.
        probabilities: as `predict` gives them: (n, classes), or of a model with one output (n, 1) or (n,), each 0..1;
            or what `classify` gives. Of class numbers, (n,), the mistakes stay in their order.
        class_names: one a class; by default those that `classify` gave, else the class's number.
        count: figures at most, 1 to 400.
        columns: figures to a row.

    Raises:
        DataError: where there is no mistake to draw, or for what is no class's number, and for one column of scores
            outside 0..1.
        ShapeError: where `x`, `y` and `probabilities` differ in length, `count` is none, there are too many mistakes
            for one picture, or a class has no name.

    Example:
        >>> mistakes(x_test, y_test, model.predict(x_test)).save("mistakes.png")        # doctest: +SKIP
    """
    if count < 1:
        raise ShapeError(f"`mistakes(count=…)` expects at least 1, received {count}.")
    pictures, (labels, outputs) = np.asarray(x), matched(y, probabilities)
    if pictures.shape[:1] != labels.shape:
        raise ShapeError(
            f"Expected one figure a label, {len(labels)}, received x of shape {pictures.shape}. Pass figures, labels "
            "and predictions of the same figures."
        )
    wrong = worst_mistakes(labels, outputs, count)
    if wrong.size == 0:
        raise DataError("There is no mistake to draw: every figure was read rightly.")
    names = names_for(class_names, probabilities)
    read, true = names_of(best_of(outputs)[wrong], names), names_of(labels[wrong], names)
    between = ",\n" if max(map(len, true + read)) > _SHORT_NAME else ", "
    captions = [f"{t}{between}read {r}" for t, r in zip(true, read, strict=True)]
    return grid(list(pictures[wrong]), captions, ORANGE, columns, headed=True)


@own_style()
def grid(pictures: Sequence[Any], captions: Sequence[str], colour: str, columns: int, *, headed: bool) -> Plot:
    """Draw pictures in a grid, each under its caption; for this file and augmented.py."""
    count = len(pictures)
    if not 0 < count <= _MOST:
        raise ShapeError(f"A grid shows 1 to {_MOST} figures, received {count}. Give some of them, such as `x[:30]`.")
    if len(captions) != count:
        raise ShapeError(
            f"Expected one label a figure, {count}, received {len(captions)}. Pass both for the same figures."
        )
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    captions = ["\n".join(shortened(line, _LONGEST_LINE) for line in caption.split("\n")) for caption in captions]
    lines = [line for caption in captions for line in caption.split("\n")]
    side = max(_SIDE, _INCHES_A_LETTER * max(map(len, lines)))
    above = _LINE * (1 + max(caption.count("\n") for caption in captions)) if headed else 0.0
    plot = Plot(columns * (side + 0.06), rows * (side + above + 0.08) + 0.1)
    cells = plot.subplots(rows, columns, squeeze=False).reshape(-1)
    for axes in cells:
        plain_axes(axes)
    for axes, picture, caption in zip(cells, pictures, captions, strict=False):
        axes.imshow(to_bytes(picture), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        if headed:
            axes.set_title(caption, fontsize=9, color=colour, pad=3)
    return plot
