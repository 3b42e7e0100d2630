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
        read: what `outputs_of` takes.
        classes: how many there are.

    Returns:
        (classes, classes): [true, read].

    Raises:
        ShapeError: where the two differ in length.
        DataError: for a number that is no class.
    """
    true, outputs = matched(y, read)
    guess = best_of(outputs)
    both = np.concatenate([true, guess])
    if both.size and not 0 <= both.min() <= both.max() < classes:
        raise DataError(
            f"Expected classes 0..{classes - 1}, received {both.min()}..{both.max()}. Number the classes from 0."
        )
    counts = np.bincount(true * classes + guess, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def worst_mistakes(y: ArrayLike, read: ArrayLike, count: int) -> NDArray[np.intp]:
    """The indices of at most `count` figures read wrongly, the surest mistake first.

    Args:
        y: (n,) true class numbers.
        read: what `outputs_of` takes; mistakes among class numbers stay in their order.
        count: how many at most.

    Returns:
        (mistakes,): empty where there is none.

    Raises:
        ShapeError: where the two differ in length.
        DataError: for a number that is no class.
    """
    labels, outputs = matched(y, read)
    guess = best_of(outputs)
    wrong = np.flatnonzero(guess != labels)
    sure = outputs[wrong, guess[wrong]] if outputs.ndim == 2 else np.ones(wrong.size)
    return wrong[np.argsort(-sure, kind="stable")][:count]


def matched(y: ArrayLike, read: ArrayLike) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """`labels_of(y)` and `outputs_of(read)`, held against each other.

    Raises:
        ShapeError: where they differ in length.
        DataError: for what is no class's number, or a label that the probabilities know no class for.
    """
    labels, outputs = labels_of(y), outputs_of(read)
    if len(labels) != len(outputs):
        raise ShapeError(
            f"Expected one prediction a label, {len(labels)}, received {len(outputs)}. Pass both for the same figures."
        )
    classes = outputs.shape[1] if outputs.ndim == 2 else None
    if classes and labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise DataError(
            f"Expected classes 0..{classes - 1}, as many as there are probabilities a figure, received "
            f"{labels.min()}..{labels.max()}. Number the classes from 0, and pass `predict`'s rows whole."
        )
    return labels, outputs


def labels_of(y: ArrayLike) -> NDArray[np.int64]:
    """True classes as (n,) whole numbers, from (n,), (n, 1) or a single one.

    Raises:
        ShapeError: for several numbers a figure.
        DataError: for what is no whole number.
    """
    array = _numbers(y)
    if array.ndim > 1 and array.size != len(array):
        raise ShapeError(
            f"Expected one class number a figure, (n,), received {array.shape}. Of one-hot rows pass "
            "`y.argmax(axis=1)`."
        )
    if not _whole(array):
        fraction = array[~np.isfinite(array) | (array != np.floor(array))].reshape(-1)[0]
        raise DataError(f"Expected true classes as whole numbers, 0 the first, received {fraction}. Pass labels.")
    return array.reshape(-1).astype(np.int64)


def outputs_of(read: ArrayLike) -> NDArray[Any]:
    """What was read, as (n,) class numbers or (n, classes) probabilities.

    Args:
        read: class numbers, (n,) or (n, 1); or what `predict` gives: (n, classes) probabilities, or of a model with one
            output (n, 1) or (n,), each 0..1, that of class 1 of two. One column without fractions is class numbers:
            zeros and ones mean the same either way.

    Raises:
        ShapeError: for another shape.
        DataError: for one column of neither, or of names.
    """
    array = _numbers(read)
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise ShapeError(
            f"Expected class numbers, (n,), or probabilities, (n, classes), received {array.shape}. Pass what "
            "`predict` gives for all figures."
        )
    if array.ndim == 2 and array.shape[1] > 1:
        return array
    if _whole(array):
        return array.reshape(-1).astype(np.int64)
    return both_classes(array)


def both_classes(column: NDArray[Any]) -> NDArray[Any]:
    """The probabilities (n, 2) of both classes, of those of class 1, (n,) or (n, 1).

    Raises:
        DataError: where they are no probabilities.
    """
    from figurate.models.predictions import of_classes  # here, so that drawing class numbers doesn't load the engine

    if not ((column >= 0) & (column <= 1)).all():
        raise DataError(
            f"Expected one column of class numbers, or of the probabilities 0..1 of class 1, received "
            f"{column.min():.4g}..{column.max():.4g}. Of a model that gives scores (`from_logits=True`) pass "
            "`scores > 0`."
        )
    return of_classes(column.reshape(-1, 1), None)[0]


def best_of(outputs: NDArray[Any]) -> NDArray[np.int64]:
    """The class numbers (n,) of what `outputs_of` gives."""
    return outputs.argmax(axis=1).astype(np.int64) if outputs.ndim == 2 else outputs


def _numbers(given: ArrayLike) -> NDArray[Any]:
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


def _whole(array: NDArray[Any]) -> bool:
    """Whether there are no fractions, and nothing that is no number."""
    return array.dtype.kind != "f" or bool((np.isfinite(array) & (array == np.floor(array))).all())
