"""What comes out of a network, and what it is taught: between class numbers, targets of a loss and probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from figurate.losses import Loss
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


def probabilities(found: npt.NDArray[np.float32], loss: Loss | None) -> npt.NDArray[np.float32]:
    """Probabilities of all classes.

    Args:
        found: (n, outputs); one output is the second of two classes.
        loss: That the network was trained by, which knows whether outputs are scores.

    Returns:
        (n, classes) float32.
    """
    scores = getattr(loss, "from_logits", False)
    if found.shape[1] > 1:
        return softmax(found, axis=1).astype(np.float32) if scores else _shares(found)
    second = expit(found) if scores else found.clip(0, 1)
    return np.hstack([1 - second, second]).astype(np.float32)


def _shares(found: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Outputs that are no softmax's, of a network trained by a squared error or with sigmoids, as shares of one."""
    sums = found.sum(axis=1, keepdims=True)
    if (found >= 0).all() and np.allclose(sums, 1, atol=1e-4):
        return found
    above = found.clip(min=0)
    sums = above.sum(axis=1, keepdims=True)
    likeliest = np.float32(np.arange(found.shape[1]) == found.argmax(axis=1, keepdims=True))
    return np.where(sums > 0, above / np.where(sums > 0, sums, 1), likeliest)
