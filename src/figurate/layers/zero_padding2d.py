"""`ZeroPadding2D`: rows and columns of zeros around a figure."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from figurate.layers.axes import CHANNELS_LAST, check_count, check_planes
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.parameters import Margins
from figurate.registry import Parameters, Refusals


class ZeroPadding2D(Layer):
    """Zeros around a figure, in all channels.

    Args:
        padding: Rows and columns of zeros: one number for all sides, (rows, columns), or ((top, bottom), (left,
            right)). Defaults to 1 on each side.
        data_format: Only "channels_last".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height + top + bottom, width + left + right, channels).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first".

    Example:
        >>> ZeroPadding2D(((1, 0), (2, 2))).compute_output_shape((None, 28, 28, 1))
        (None, 29, 32, 1)
    """

    _parameters: ClassVar[Parameters] = {"padding": Margins()}
    _refused: ClassVar[Refusals] = {"data_format": CHANNELS_LAST}

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, *, name: str | None = None, **common: Any
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.padding: tuple[tuple[int, int], tuple[int, int]] = padding
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        self.output_shape_of(shape)

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        check_planes(type(self).__name__, shape)
        after = (shape[0] + sum(self.padding[0]), shape[1] + sum(self.padding[1]), shape[2])
        check_count(self.name, math.prod(after), "outputs", "Lower `padding`.")
        return after

    def to_engine(self) -> EngineLayers:
        return [("zero_padding2d", {"padding": [size for side in self.padding for size in side]})]
