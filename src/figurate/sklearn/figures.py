"""What rows of X are: pictures of some shape, or a table of features."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ShapeError
from figurate.layers import Layer, Rescaling

# The least side of a flat square that is taken for a picture, as presets have it.
_LEAST_SIDE = 8
_JUDGED_ROWS = 250
_FEWEST_JUDGED = 50
_LEAST_ALIKE = 0.025
"""Of digits and garments it is 0.2 and more, of noisy or thin drawings 0.035; of principal components 0."""
_ROUNDING = 1e-12
_LEAST_RATIO = 1.5
"""Of pictures it is 6 and more; of pixels in another order 1."""


def flat(X: Any) -> tuple[Any, tuple[int, ...] | None]:
    """X with one row a figure, and the shape of a figure where X has more than two axes.

    Args:
        X: An array, a data frame, lists; of any shape. What has up to two axes stays as it is.

    Example:
        >>> rows, shape = flat(np.zeros((5, 28, 28)))
        >>> rows.shape, shape
        ((5, 784), (28, 28))
    """
    # Lists of lists of numbers, the usual case, are left to scikit-learn's own reading of them.
    deep = isinstance(X, (list, tuple)) and len(X) and np.ndim(X[0]) > 1
    if not deep and getattr(X, "ndim", 2) <= 2:
        return X, None
    array = np.asarray(X)
    return array.reshape(len(array), math.prod(array.shape[1:])), array.shape[1:]


def shape_of(wanted: tuple[int, ...] | None, shape: tuple[int, ...] | None, features: int) -> tuple[int, ...]:
    """The shape of a figure: (height, width), (height, width, channels), or (features,) of a table.

    Args:
        wanted: What `image_shape` or the network says; None: neither does.
        shape: That X has itself; None: X is flat.
        features: Values of a figure.

    Raises:
        ShapeError: X has other figures.

    Example:
        >>> shape_of(None, None, 784), shape_of(None, None, 30), shape_of((8, 8, 3), None, 192)
        ((28, 28), (30,), (8, 8, 3))
    """
    if wanted is None:
        side = math.isqrt(features)
        return shape or ((side, side) if side >= _LEAST_SIDE and side * side == features else (features,))
    if math.prod(wanted) != features:
        raise ShapeError(
            f"`FigureClassifier` expects figures of shape {wanted}, as `image_shape` or the network says, so "
            f"{math.prod(wanted)} features, received {features}. Give the height, width and channels of the figures in "
            "X."
        )
    check_shape(shape, wanted)
    return wanted


def check_shape(received: tuple[int, ...] | None, expected: tuple[int, ...]) -> None:
    """Complain of figures of another shape; a last axis of one may be missing or too many, and a flat X fits.

    Raises:
        ShapeError: They are of another.
    """
    if received is not None and _plain(received) != _plain(expected):
        raise ShapeError(
            f"`FigureClassifier` expects figures of shape {expected}, received {received}. Bring X into the form "
            "of the training figures."
        )


def _plain(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:-1] if len(shape) > 2 and shape[-1] == 1 else shape


def rescaling(x: npt.NDArray[Any]) -> list[Layer]:
    """The layer that brings pixels to 0..1; none where they are there.

    Args:
        x: The training figures. Bytes beyond 1 are 0..255; anything else goes from the least to the greatest pixel.

    Example:
        >>> [layer.scale * 16 for layer in rescaling(np.array([0.0, 3.0, 16.0]))]
        [1.0]
    """
    low, high = float(x.min()), float(x.max())
    if low >= 0 and high <= 1:
        return []
    if x.dtype == np.uint8:
        low, high = 0.0, 255.0
    width = high - low or 1.0
    return [Rescaling(1 / width, (0.0 - low) / width)]


def warn_of_table(rows: npt.NDArray[Any], side: int, stacklevel: int) -> None:
    """Warn where a flat X is taken for pictures although neighbouring features vary together no more than any two.

    Args:
        rows: (n, side · side). Fewer than 50 tell nothing; 250 at most are looked at.
        side: Of the pictures.
        stacklevel: Of the warning, as `warnings.warn` counts, from this function on.
    """
    if len(rows) < _FEWEST_JUDGED:
        return
    judged = np.asarray(rows[:: -(-len(rows) // _JUDGED_ROWS)], dtype=np.float64)
    places = np.arange(side * side).reshape(side, side)
    across = _mean_squared_correlation(judged, places[:, :-1], places[:, 1:])
    down = _mean_squared_correlation(judged, places[:-1], places[1:])
    far = np.stack([(places + places.size // part + side // 2) % places.size for part in (2, 3, 4, 5)])
    apart = _mean_squared_correlation(judged, np.broadcast_to(places, far.shape), far)
    if across is None or down is None or min(across, down) >= max(_LEAST_ALIKE, _LEAST_RATIO * (apart or 0.0)):
        return
    warnings.warn(
        f"`FigureClassifier` takes {side * side} features for pictures of {side} × {side}, but neighbouring ones vary "
        f"together no more than others do. Pass `image_shape=({side * side},)` where they are a table, or "
        f"`image_shape=({side}, {side})` where they are pictures.",
        stacklevel=stacklevel + 1,
    )


def _mean_squared_correlation(
    rows: npt.NDArray[np.float64], one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]
) -> float | None:
    """Of pairs of columns of which both vary; None where there are none."""
    one, other = one.ravel(), other.ravel()
    centred = rows - rows.mean(axis=0)
    squares = (centred**2).sum(axis=0)
    varies = squares > _ROUNDING * (rows**2).sum(axis=0)
    pairs = varies[one] & varies[other]
    if not pairs.any():
        return None
    one, other = one[pairs], other[pairs]
    products = (centred[:, one] * centred[:, other]).sum(axis=0)
    return float((products**2 / (squares[one] * squares[other])).mean())
