"""The order of values in PyTorch, channels first, and in figurate, channels last: of figures, and of weights.

A kernel of `torch.nn` turned into figurate's, and back. What `Flatten` leaves in another order is put right in the
weights that come next, so that no figure is turned round while a network runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Order = npt.NDArray[np.int64]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Turn:
    """How one array of weights becomes figurate's, and becomes PyTorch's again.

    Args:
        to_figurate, to_torch: Functions of an array, each the other's inverse.
    """

    to_figurate: Callable[[Array], Array]
    to_torch: Callable[[Array], Array]


def array_of(tensor: Any, turn: Turn) -> npt.NDArray[np.float32]:
    """A tensor of PyTorch's as figurate has it."""
    return np.array(turn.to_figurate(tensor.detach().cpu().float().numpy()), dtype=np.float32, order="C")


def channels_first(shape: Shape) -> Shape:
    """(height, width, channels) as (channels, height, width); other shapes as they are."""
    return (shape[2], *shape[:2]) if len(shape) == 3 else shape


def channels_last(shape: Shape) -> Shape:
    """(channels, height, width) as (height, width, channels); other shapes as they are."""
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape


def flat_order(shape: Shape) -> Order | None:
    """Which of figurate's values stands at each place of PyTorch's, once a figure is flat.

    Args:
        shape: Of the figure before, channels last.

    Returns:
        (values,) whole numbers; None where the order is the same.

    Example:
        >>> flat_order((1, 2, 2)).tolist()
        [0, 2, 1, 3]
    """
    if len(shape) != 3 or shape[2] == 1 or shape[0] * shape[1] == 1:
        return None
    return np.arange(np.prod(shape), dtype=np.int64).reshape(shape).transpose(2, 0, 1).ravel()


def equal(one: Order | None, other: Order | None) -> bool:
    """Whether two orders are the same."""
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


SAME = Turn(lambda array: array, lambda array: array)


def dense(order: Order | None) -> Turn:
    """A kernel of `Linear`, (outputs, inputs), and of `Dense`, (inputs, outputs); the inputs in PyTorch's `order`."""
    if order is None:
        return Turn(np.transpose, np.transpose)
    back = np.argsort(order)
    return Turn(lambda array: array.T[back], lambda array: array[order].T)


def values(order: Order | None) -> Turn:
    """An array with one number for each value of a flat figure."""
    if order is None:
        return SAME
    back = np.argsort(order)
    return Turn(lambda array: array[back], lambda array: array[order])


# (filters, channels, height, width) of `Conv2d` and (height, width, channels, filters) of `Conv2D`.
CONV = Turn(lambda array: array.transpose(2, 3, 1, 0), lambda array: array.transpose(3, 2, 0, 1))


def depthwise(channels: int) -> Turn:
    """(channels · multiplier, 1, height, width) of `Conv2d(groups=channels)`, and `DepthwiseConv2D`'s kernel.

    That is (height, width, channels, multiplier); in both the windows of the first channel come first.
    """
    return Turn(
        lambda array: array.reshape(channels, -1, *array.shape[2:]).transpose(2, 3, 0, 1),
        lambda array: array.transpose(2, 3, 0, 1).reshape(-1, 1, *array.shape[:2]),
    )
