"""`SpatialDropout2D`: whole channels left out at random while training."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.layers.axes import CHANNELS_LAST, check_planes
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.layers.dropout import random_options
from figurate.parameters import LARGEST_SEED, Integer, Real
from figurate.registry import Parameters, Refusals


class SpatialDropout2D(Layer):
    """In training, sets each channel to 0 with probability `rate` and multiplies the others by `1 / (1 - rate)`.

    Neighbouring pixels say much the same, so that `Dropout` of single ones takes little away. In prediction and
    evaluation it changes nothing.

    Args:
        rate: Share of the channels to drop, at least 0 and below 1.
        data_format: Only "channels_last".
        seed: See `Dropout`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first".

    Example:
        >>> SpatialDropout2D(0.2).compute_output_shape((None, 13, 13, 32))
        (None, 13, 13, 32)

    Source: Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient object localization using convolutional networks",
    arXiv 1411.4280, 2014.
    """

    _parameters: ClassVar[Parameters] = {
        "rate": Real(low=0, high=1, high_open=True),
        "seed": Integer(high=LARGEST_SEED, optional=True),
    }
    _refused: ClassVar[Refusals] = {"data_format": CHANNELS_LAST}

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.rate = rate
        self.seed = seed
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        check_planes(type(self).__name__, shape)

    def to_engine(self) -> EngineLayers:
        return [("spatial_dropout2d", random_options(self.rate, self.seed))]
