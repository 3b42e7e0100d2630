"""Global pooling: of each channel one number, its mean or its greatest value.

`GlobalAveragePooling2D` and `GlobalMaxPooling2D`, with Keras' shorter names `GlobalAvgPool2D` and `GlobalMaxPool2D`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.layers.axes import CHANNELS_LAST, check_planes
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.parameters import Boolean
from figurate.registry import Parameters, Refusals


class _GlobalPooling2D(Layer):
    """The base of global poolings."""

    _parameters: ClassVar[Parameters] = {"keepdims": Boolean()}
    _refused: ClassVar[Refusals] = {"data_format": CHANNELS_LAST}
    _engine_kind: ClassVar[str]

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, *, name: str | None = None, **common: Any
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.keepdims = keepdims
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        check_planes(type(self).__name__, shape)

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        self.check_input(shape)
        return (1, 1, shape[2]) if self.keepdims else (shape[2],)

    def to_engine(self) -> EngineLayers:
        pooling: EngineLayers = [(self._engine_kind, {})]
        if self.keepdims:
            pooling.append(("reshape", {"target_shape": [1, 1, self.built_shape[2]]}))
        return pooling


class GlobalAveragePooling2D(_GlobalPooling2D):
    """The mean of each channel over the whole figure.

    Args:
        data_format: Only "channels_last".
        keepdims: Whether height and width stay as axes of length one. Defaults to False.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, channels), or (batch, 1, 1, channels) with `keepdims`.

    Raises:
        UnsupportedError: "channels_first".

    Example:
        >>> GlobalAveragePooling2D().compute_output_shape((None, 7, 7, 64))
        (None, 64)

    Source: Lin, Chen & Yan, "Network in network", arXiv 1312.4400, 2013.
    """

    _engine_kind = "global_average_pooling2d"


class GlobalMaxPooling2D(_GlobalPooling2D):
    """The greatest value of each channel over the whole figure.

    Args:
        data_format: Only "channels_last".
        keepdims: Whether height and width stay as axes of length one. Defaults to False.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, channels), or (batch, 1, 1, channels) with `keepdims`.

    Raises:
        UnsupportedError: "channels_first".

    Example:
        >>> GlobalMaxPooling2D(keepdims=True).compute_output_shape((None, 7, 7, 64))
        (None, 1, 1, 64)
    """

    _engine_kind = "global_max_pooling2d"


GlobalAvgPool2D, GlobalMaxPool2D = GlobalAveragePooling2D, GlobalMaxPooling2D
