"""`Flatten`: all pixels of a figure in one row."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from figurate.layers.axes import CHANNELS_LAST
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.registry import Refusals


class Flatten(Layer):
    """All values of a figure in one axis, row after row; what `Dense` needs before it.

    Args:
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …), any number of axes.

    Output shape: (batch, product of the others).

    Example:
        >>> Flatten().compute_output_shape((None, 28, 28))
        (None, 784)
    """

    _refused: ClassVar[Refusals] = {"data_format": CHANNELS_LAST}

    def __init__(self, *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        self._check()

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        return (math.prod(shape),)

    def to_engine(self) -> EngineLayers:
        return [("flatten", {})]
