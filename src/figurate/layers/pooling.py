"""Pooling: a window slides over each channel and leaves its greatest value or its mean.

`MaxPooling2D` and `AveragePooling2D`, with Keras' shorter names `MaxPool2D` and `AvgPool2D`. What takes a whole channel
at once is in global_pooling.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate.layers.axes import CHANNELS_LAST, check_planes
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.layers.windows import PADDING, Two, slid
from figurate.parameters import Pair
from figurate.registry import Parameters, Refusals


class _Pooling2D(Layer):
    """The base of poolings by windows: settings and shapes."""

    _parameters: ClassVar[Parameters] = {"pool_size": Pair(low=1), "strides": Pair(low=1), "padding": PADDING}
    _refused: ClassVar[Refusals] = {"data_format": CHANNELS_LAST}
    _engine_kind: ClassVar[str]
    pool_size: Two
    strides: Two
    padding: str

    def _set(self, pool_size: Any, strides: Any, padding: str) -> None:
        self.pool_size = pool_size
        self.strides = pool_size if strides is None else strides
        self.padding = padding
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        self.output_shape_of(shape)

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        owner = type(self).__name__
        check_planes(owner, shape)
        return (*slid(owner, (shape[0], shape[1]), self.pool_size, self.strides, (1, 1), self.padding), shape[2])

    def to_engine(self) -> EngineLayers:
        options: dict[str, object] = {
            "pool_size": list(self.pool_size),
            "strides": list(self.strides),
            "padding": self.padding,
        }
        return [(self._engine_kind, options)]


class MaxPooling2D(_Pooling2D):
    """The greatest value of each window, in each channel.

    Args:
        pool_size: Height and width of the window; one number for both. Defaults to 2 × 2.
        strides: Pixels from one window to the next, down and across; None (the default): `pool_size`, so that windows
            touch.
        padding: "valid" (the default): windows stay within the figure; "same": they may reach over its edge, where
            there is nothing to be the greatest.
        data_format: Only "channels_last".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height after, width after, channels).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first".

    Example:
        >>> MaxPooling2D(2).compute_output_shape((None, 26, 26, 32))
        (None, 13, 13, 32)
    """

    _engine_kind = "max_pooling2d"

    def __init__(
        self,
        pool_size: int | Sequence[int] = (2, 2),
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self._set(pool_size, strides, padding)


class AveragePooling2D(_Pooling2D):
    """The mean of each window, in each channel.

    Args:
        pool_size: Height and width of the window; one number for both.
        strides: Pixels from one window to the next, down and across; None (the default): `pool_size`, so that windows
            touch.
        padding: "valid" (the default): windows stay within the figure; "same": they may reach over its edge, and the
            mean is over the pixels within.
        data_format: Only "channels_last".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height after, width after, channels).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first".

    Example:
        >>> AveragePooling2D(3, strides=2, padding="same").compute_output_shape((None, 28, 28, 1))
        (None, 14, 14, 1)
    """

    _engine_kind = "average_pooling2d"

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self._set(pool_size, strides, padding)


MaxPool2D, AvgPool2D = MaxPooling2D, AveragePooling2D
