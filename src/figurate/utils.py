"""Small helpers: one-hot labels, the process's seed, and a fresh count of names."""

from __future__ import annotations

import hashlib
import os
import random
import threading

import numpy as np
import numpy.typing as npt

from figurate import naming
from figurate.errors import DataError, shown
from figurate.parameters import Integer

__all__ = ["clear_session", "next_seed", "set_random_seed", "to_categorical"]

_LARGEST_PROCESS_SEED = 2**32 - 1  # numpy's own limit, and Keras'
_lock = threading.Lock()
_process_seed: int | None = None
_seeds_given = 0


def to_categorical(x: npt.ArrayLike, num_classes: int | None = None) -> npt.NDArray[np.float64]:
    """Labels as rows of 0 and 1, for `categorical_crossentropy`.

    Args:
        x: Whole numbers from 0 to classes - 1, of any shape; a last axis of one is dropped, as in Keras.
        num_classes: Length of a row. None (the default) takes the greatest label plus one.

    Returns:
        A new array of shape (*x.shape, classes), float64 as numpy makes it.

    Raises:
        DataError: A label is no whole number from 0 to `num_classes` - 1; or there are none, and no `num_classes`.
        ConfigurationError: `num_classes` is no whole number of at least 1.

    Example:
        >>> to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]])
    """
    labels = np.asarray(x)
    whole = labels.dtype.kind in "iub" or (
        labels.dtype.kind == "f" and bool(np.all(np.isfinite(labels) & (labels == np.floor(labels))))
    )
    if not whole:
        raise DataError(
            f"`to_categorical` expects whole numbers from 0 on, received {shown(labels)}. Number the classes "
            f"first, for instance by `numpy.unique(labels, return_inverse=True)[1]`."
        )
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        if labels.size == 0:
            raise DataError("`to_categorical` cannot tell the number of classes from no labels. Give `num_classes=`.")
        num_classes = int(labels.max()) + 1 if labels.max() >= 0 else 1
    else:
        num_classes = Integer(low=1).check("to_categorical", "num_classes", num_classes)
    flat = labels.reshape(-1)
    if flat.size and not (flat.min() >= 0 and flat.max() < num_classes):
        wrong = flat.min() if flat.min() < 0 else flat.max()
        raise DataError(
            f"`to_categorical` expects labels from 0 to {num_classes - 1}, received {wrong:g}. "
            f"Number the classes from 0, or raise `num_classes`."
        )
    rows = np.zeros((flat.size, num_classes))
    rows[np.arange(flat.size), flat.astype(np.int64)] = 1
    return rows.reshape((*labels.shape, num_classes))


def set_random_seed(seed: int) -> None:
    """Fix every random choice that follows: initial weights, the order of figures, dropout.

    Like Keras it also seeds Python's `random` and numpy's global generator, so that data shuffled with these come out
    alike. Without it seeds come from the operating system, and no two runs are alike.

    Args:
        seed: A whole number from 0 to 2**32 - 1.

    Raises:
        ConfigurationError: The seed is none.
    """
    global _process_seed, _seeds_given
    checked: int = Integer(high=_LARGEST_PROCESS_SEED).check("set_random_seed", "seed", seed)
    with _lock:
        _process_seed, _seeds_given = checked, 0
    random.seed(checked)
    np.random.seed(checked)


def next_seed() -> int:
    """A seed for the next model or fit: the n-th since `set_random_seed` is always the same.

    Returns:
        A whole number from 0 to 2**32 - 1; from the operating system where no seed was set.

    Source: the first four bytes of BLAKE2b over the process's seed and n, so that near seeds give unrelated ones.
    """
    global _seeds_given
    with _lock:
        if _process_seed is None:
            return int.from_bytes(os.urandom(4), "little")
        number, _seeds_given = _seeds_given, _seeds_given + 1
        message = _process_seed.to_bytes(8, "little") + number.to_bytes(8, "little")
    return int.from_bytes(hashlib.blake2b(message, digest_size=4).digest(), "little")


def clear_session() -> None:
    """Count names from the beginning: the next `Dense` is called dense again. Models in memory keep theirs."""
    naming.clear()
