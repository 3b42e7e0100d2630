"""What comes out of a network, and what it is taught: between class numbers, targets of a loss and probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from figurate.losses import BinaryCrossentropy, Loss
from figurate.models import Sequential
from figurate.utils import to_categorical


def targets(numbers: npt.NDArray[np.int64], model: Sequential, classes: int) -> npt.NDArray[Any]:
    """Targets in the form that the model's loss takes.

    Args:
        numbers: (n,) class numbers.
        model: Compiled.
        classes: How many there are.

    Returns:
        (n,) where the loss takes whole numbers or the network has one output, else (n, classes).
    """
    if model.output_shape[1:] == (1,) or (model.loss is not None and model.loss.sparse):
        return numbers
    return to_categorical(numbers, classes).astype(np.float32)


def probabilities(found: npt.NDArray[np.float32], loss: Loss | None) -> npt.NDArray[np.float64]:
    """Probabilities of all classes.

    Args:
        found: (n, outputs); one output is the second of two classes.
        loss: That the network was trained by, which knows whether outputs are scores.

    Returns:
        (n, classes) float64, so that rows sum to 1 as exactly as metrics of float64 ask for.
    """
    exact = found.astype(np.float64)
    if getattr(loss, "from_logits", False):
        if exact.shape[1] > 1 and not isinstance(loss, BinaryCrossentropy):
            together: npt.NDArray[np.float64] = softmax(exact, axis=1)
            return together
        exact = expit(exact)
    if exact.shape[1] > 1:
        return _shares(exact)
    second = exact.clip(0, 1)
    return np.hstack([1 - second, second])


def _shares(found: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Outputs as shares of one: those of sigmoids and of networks trained by a squared error are none yet."""
    above = found.clip(min=0)
    sums = above.sum(axis=1, keepdims=True)
    likeliest = np.arange(found.shape[1]) == found.argmax(axis=1, keepdims=True)
    return np.where(sums > 0, above / np.where(sums > 0, sums, 1), likeliest.astype(np.float64))


def joined(before: Mapping[str, list[float]], after: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """The course of two trainings, one behind the other; NaN where one of them did not measure something.

    Example:
        >>> joined({"loss": [3.0]}, {"loss": [2.0], "val_loss": [4.0]})
        {'loss': [3.0, 2.0], 'val_loss': [nan, 4.0]}
    """
    counts = [max(map(len, one.values()), default=0) for one in (before, after)]
    missing = [[math.nan] * count for count in counts]
    return {
        name: [*before.get(name, missing[0]), *after.get(name, missing[1])] for name in dict.fromkeys([*before, *after])
    }
