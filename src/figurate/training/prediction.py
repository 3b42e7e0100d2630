"""Figures on their way to prediction: the quick road for arrays as they stand, and batches for watching callbacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.callbacks import CallbackList
from figurate.errors import DataError
from figurate.training.data import ENGINE_TYPES, Array, InputRange, Shape, as_rows, match_figures, warn_of_range

# In the machine's own byte order; float32 and float64 first, since they come most.
_READ_AS_THEY_ARE = tuple(map(np.dtype, sorted(ENGINE_TYPES, reverse=True)))


_JUDGED = 16
"""Figures that are looked at where all of them would take as long as reading them."""


def quick_figures(x: object, shape: Shape | None) -> Array | None:
    """Figures for the engine, where it reads `x` as it stands; None where `as_array` and `rows` must look at it.

    Args:
        x: What was passed to `predict`.
        shape: The model's figure, without the batch axis; None: not known yet.

    Returns:
        (n, *shape): `x` itself, or a view of it. Looking at one figure more closely takes as long as reading it.
    """
    if type(x) is not np.ndarray or x.dtype not in _READ_AS_THEY_ARE or not x.flags.c_contiguous:
        return None
    sizes = x.shape
    if sizes[1:] == shape and sizes[0]:
        return x
    return x[None] if sizes == shape else None


def rows(array: Array, shape: Shape) -> Array:
    """Rows for the engine, of one figure or many: (n, values of a figure).

    Args:
        array: (n, *shape), or one figure of `shape`.
        shape: The model's figure, without the batch axis.

    Raises:
        ShapeError: The figures do not have this shape.
    """
    return as_rows(match_figures(array, shape, "predict", one=True))


def warn(figures: Array, trained: InputRange | None) -> None:
    """Warn where figures (n, …) are given in another range than the model was trained on; see `warn_of_range`."""
    whole = figures.dtype.kind in "ui"
    if trained is None or not figures.size or (whole and not trained.within_one):
        return
    some = figures if whole else figures[:_JUDGED]
    if trained.within_one or not (some == np.floor(some)).all():  # a dark figure of bytes may end at 1
        warn_of_range(figures, float(some.max()), trained, "predict")


def outputs_of(
    network: _engine.Network, figures: Array, threads: int, outputs: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """What the network makes of figures (n, ...): (n, *outputs) float32.

    Raises:
        DataError: A pixel is NaN or infinite.
    """
    found = np.empty((len(figures), *outputs), np.float32)
    try:
        network.predict(figures, found, threads)
    except ValueError as error:
        raise DataError(f"`predict` cannot use x: {error}") from error
    return found


def predict_watched(
    network: _engine.Network,
    figures: Array,
    size: int,
    threads: int,
    outputs: tuple[int, ...],
    watching: CallbackList,
) -> npt.NDArray[np.float32]:
    """Predict with the hooks of callbacks around it, batch by batch where one of them wants batches.

    Args:
        figures: (n, ...).
        size: Figures a batch.

    Returns:
        (n, *outputs) float32.
    """
    watching.call("on_predict_begin", {})
    if not watching.wants_predict_batches:
        found = outputs_of(network, figures, threads, outputs)
    else:
        parts = []
        for batch, first in enumerate(range(0, len(figures), size)):
            watching.call("on_predict_batch_begin", batch, {})
            parts.append(outputs_of(network, figures[first : first + size], threads, outputs))
            watching.call("on_predict_batch_end", batch, {"outputs": parts[-1]})
        found = np.concatenate(parts)
    watching.call("on_predict_end", {})
    return found
