"""What was read wrongly: counted by class, and the surest mistakes found.

Drawing is matrix.py's and grid.py's, here and in terminal/.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figurate.errors import DataError, ShapeError, shown


def count_confusions(y: ArrayLike, read: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Count the pairs of true class and class read.

    Args:
        y: (n,) true class numbers.
        read: (n,) class numbers as read, or (n, classes) probabilities.
        classes: how many there are.

    Returns:
        (classes, classes): [true, read].

    Raises:
        ShapeError: where the two differ in length.
        DataError: for a number that is no class.
    """
    true, guess = class_numbers(y).reshape(-1), class_numbers(read)
    guess = guess.argmax(axis=1) if guess.ndim == 2 else guess.reshape(-1)
    if len(true) != len(guess):
        raise ShapeError(
            f"Expected one prediction a label, {len(true)}, received {len(guess)}. Pass both for the same figures."
        )
    both = np.concatenate([true, guess])
    if both.size and not 0 <= both.min() <= both.max() < classes:
        raise DataError(
            f"Expected classes 0..{classes - 1}, received {both.min()}..{both.max()}. Number the classes from 0."
        )
    counts = np.bincount(true.astype(np.int64) * classes + guess.astype(np.int64), minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def class_numbers(given: ArrayLike) -> NDArray[Any]:
    """Class numbers or probabilities as an array.

    Raises:
        DataError: where it holds something else, such as the classes' names.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "biuf":
        first = array.reshape(-1)[:1].tolist()
        raise DataError(
            f"Expected classes as their numbers, 0 the first, or as probabilities, received {shown(first)[1:-1]}. For "
            "names, pass their places: `[class_names.index(name) for name in names]`."
        )
    return array


def worst_mistakes(y: ArrayLike, probabilities: ArrayLike, count: int) -> NDArray[np.intp]:
    """The indices of at most `count` figures read wrongly, the surest mistake first.

    Args:
        y: (n,) true class numbers.
        probabilities: (n, classes).
        count: how many at most.

    Returns:
        (mistakes,): empty where there is none.

    Raises:
        ShapeError: where there isn't one row of probabilities a label.
    """
    values = np.asarray(probabilities)
    labels = np.asarray(y).reshape(-1)
    if values.ndim != 2 or len(values) != len(labels):
        raise ShapeError(
            f"Expected one row of probabilities a label, ({len(labels)}, classes), received {values.shape}. Pass what "
            "`predict` gives for the same figures."
        )
    read = values.argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    return wrong[np.argsort(-values[wrong, read[wrong]], kind="stable")][:count]
