"""Figures on their way to prediction: the quick road for arrays as they stand, and batches for watching callbacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.callbacks import CallbackList
from figurate.errors import DataError
from figurate.training.data import ENGINE_TYPES, Array, InputRange, Shape, as_rows, match_figures, warn_of_integers

# In the machine's own byte order; float32 and float64 first, since they come most.
_READ_AS_THEY_ARE = tuple(map(np.dtype, sorted(ENGINE_TYPES, reverse=True)))


def quick_rows(x: object, shape: Shape | None) -> Array | None:
    """Rows for the engine, where it reads `x` as it stands; None where `as_array` and `rows` must look at it.

    Args:
        x: What was passed to `predict`.
        shape: The model's figure, without the batch axis; None: not known yet.

    Returns:
        (n, values of a figure), a view of `x`. Of the 5 µs that predicting one figure takes this is half a one.
    """
    if type(x) is not np.ndarray or x.dtype not in _READ_AS_THEY_ARE or not x.flags.c_contiguous:
        return None
    sizes = x.shape
    if sizes[1:] == shape and sizes[0]:
        return x.reshape(sizes[0], -1)
    return x.reshape(1, -1) if sizes == shape else None


def rows(array: Array, shape: Shape) -> Array:
    """Rows for the engine, of one figure or many: (n, values of a figure).

    Args:
        array: (n, *shape), or one figure of `shape`.
        shape: The model's figure, without the batch axis.

    Raises:
        ShapeError: The figures do not have this shape.
    """
    return as_rows(match_figures(array, shape, "predict", one=True))


def warn(pixels: Array, trained: InputRange | None, stacklevel: int) -> None:
    """Warn where whole numbers beyond 1 are given to a model that was trained on 0..1."""
    if trained is not None and trained.within_one and pixels.dtype.kind in "ui" and pixels.size:
        warn_of_integers(pixels.dtype, float(pixels.max()), trained, "predict", stacklevel + 1)


def outputs_of(network: _engine.Network, rows: Array, threads: int) -> npt.NDArray[np.float32]:
    """What the network makes of rows (n, features): (n, outputs) float32.

    Raises:
        DataError: A pixel is NaN or infinite.
    """
    try:
        return network.predict(rows, threads)
    except ValueError as error:
        raise DataError(f"`predict` cannot use x: {error}") from error


def predict_watched(network: _engine.Network, figures: Array, size: int, threads: int, watching: CallbackList) -> Any:
    """Predict with the hooks of callbacks around it, batch by batch where one of them wants batches.

    Args:
        figures: (n, values of a figure).
        size: Figures a batch.

    Returns:
        (n, outputs) float32.
    """
    watching.call("on_predict_begin", {})
    if not watching.wants_predict_batches:
        outputs: npt.NDArray[np.float32] = outputs_of(network, figures, threads)
    else:
        parts = []
        for batch, first in enumerate(range(0, len(figures), size)):
            watching.call("on_predict_batch_begin", batch, {})
            parts.append(outputs_of(network, figures[first : first + size], threads))
            watching.call("on_predict_batch_end", batch, {"outputs": parts[-1]})
        outputs = np.concatenate(parts)
    watching.call("on_predict_end", {})
    return outputs
