"""`Softmax`: scores to probabilities."""

from __future__ import annotations

from typing import Any

from figurate import activations
from figurate.errors import ShapeError
from figurate.layers.axes import check_last_axis
from figurate.layers.base import EngineLayers, FigureShape, Layer


def check_softmax_input(owner: str, shape: FigureShape) -> None:
    """Raise `ShapeError` unless a figure has one axis, the classes."""
    if len(shape) != 1:
        raise ShapeError(
            f"`{owner}` with softmax expects one score a class, (None, classes), received shape {(None, *shape)}. "
            f"Add `Flatten()` before it."
        )


class Softmax(Layer):
    """Scores to probabilities: `exp(x) / sum(exp(x))` over the last axis.

    Args:
        axis: Only -1, the last axis (the default).
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, classes).

    Output shape: the same; each row sums to 1.

    Raises:
        UnsupportedError: Another axis.

    Example:
        >>> Softmax().compute_output_shape((None, 10))
        (None, 10)
    """

    def __init__(self, axis: int | list[int] = -1, *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        check_last_axis(type(self).__name__, axis)
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        check_softmax_input(type(self).__name__, shape)

    def to_engine(self) -> EngineLayers:
        return activations.to_engine(activations.softmax)
