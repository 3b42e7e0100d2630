"""What a network is taught, and the course of its training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

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
