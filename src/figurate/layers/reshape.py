"""`Reshape`: the same values under other axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from figurate.errors import ShapeError
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.parameters import Shape
from figurate.registry import Parameters


class Reshape(Layer):
    """The values of a figure, in their order, under other axes.

    Args:
        target_shape: The new sizes without the batch axis; one of them may be -1 and takes what is left over.
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …).

    Output shape: (batch, *target_shape).

    Example:
        >>> Reshape((28, -1)).compute_output_shape((None, 784))
        (None, 28, 28)
    """

    _parameters: ClassVar[Parameters] = {"target_shape": Shape(rest=True)}

    def __init__(self, target_shape: Sequence[int], *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        self.target_shape: tuple[int, ...] = target_shape  # type: ignore[assignment]  # `_check` makes it a tuple
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        self.output_shape_of(shape)

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        values = math.prod(shape)
        known = math.prod(size for size in self.target_shape if size != -1)
        if values != known and (-1 not in self.target_shape or values % known):
            multiple = "a multiple of " if -1 in self.target_shape else ""
            raise ShapeError(
                f"`{type(self).__name__}({self.target_shape})` expects figures of {multiple}{known} values, received "
                f"shape {(None, *shape)}, {values} values. Choose sizes whose product is {values}."
            )
        return tuple(values // known if size == -1 else size for size in self.target_shape)

    def to_engine(self) -> EngineLayers:
        sizes = self.output_shape_of(self._built_shape) if self._built_shape is not None else self.target_shape
        return [("reshape", {"target_shape": list(sizes)})]
