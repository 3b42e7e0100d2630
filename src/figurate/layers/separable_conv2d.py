"""`SeparableConv2D`: a convolution of each channel on its own, then one that mixes the channels pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate import initializers
from figurate.initializers import Initializer
from figurate.layers.base import EngineLayers, FigureShape, WeightSpec
from figurate.layers.convolution import Convolution, refusals
from figurate.parameters import Integer, Resolved
from figurate.registry import Parameters, Refusals


class SeparableConv2D(Convolution):
    """A `DepthwiseConv2D` without bias, then a `Conv2D` with a window of one pixel: fewer weights than a `Conv2D`.

    Args:
        filters: Number of channels that come out.
        kernel_size: Height and width of the window; one number for both.
        strides: Pixels from one place of the window to the next, down and across; one number for both.
        padding: "valid" (the default): the window stays within the figure, which shrinks; "same": zeros around the
            figure keep its size, divided by the strides.
        data_format: Only "channels_last".
        dilation_rate: Distance of the pixels that the window looks at; 1 (the default): neighbours. Not together with
            strides.
        depth_multiplier: Windows for each channel that comes in. Defaults to 1.
        activation: Name or function of `figurate.activations`; None (the default) is linear.
        use_bias: Whether to add a bias to each channel at the end. Defaults to True.
        depthwise_initializer: Initial weights of the windows. Defaults to "glorot_uniform".
        pointwise_initializer: Initial weights of the mixture. Defaults to "glorot_uniform".
        bias_initializer: Initial bias. Defaults to "zeros".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height after, width after, filters).

    Weights: depthwise_kernel (kernel height, kernel width, channels, depth_multiplier), pointwise_kernel (1, 1,
        channels · depth_multiplier, filters) and bias (filters,).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first", regularizers, constraints.

    Example:
        >>> layer = SeparableConv2D(64, 3)
        >>> layer.build((None, 13, 13, 32))
        >>> layer.count_params()  # a Conv2D would have 18,496
        2400

    Source: Chollet, "Xception: deep learning with depthwise separable convolutions", arXiv 1610.02357, 2016.
    """

    _parameters: ClassVar[Parameters] = {
        "filters": Integer(low=1),
        **Convolution._windows,
        "depth_multiplier": Integer(low=1),
        "depthwise_initializer": Resolved(initializers.get, initializers.serialize),
        "pointwise_initializer": Resolved(initializers.get, initializers.serialize),
    }
    _refused: ClassVar[Refusals] = refusals("depthwise", "pointwise", "bias")
    depthwise_initializer: Initializer
    pointwise_initializer: Initializer

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.filters = filters
        self._set_window(kernel_size, strides, padding, dilation_rate)
        self._set_end(activation, use_bias, bias_initializer)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = depthwise_initializer
        self.pointwise_initializer = pointwise_initializer
        self._check()

    def _channels(self, channels: int) -> int:
        return self.filters

    def _kernel_shapes(self, channels: int) -> list[tuple[int, ...]]:
        between = channels * self.depth_multiplier
        return [(*self.kernel_size, channels, self.depth_multiplier), (1, 1, between, self.filters)]

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        depthwise, pointwise = self._kernel_shapes(shape[2])
        return [
            WeightSpec("depthwise_kernel", depthwise, self.depthwise_initializer),
            WeightSpec("pointwise_kernel", pointwise, self.pointwise_initializer),
            *self._bias_specs(self.filters),
        ]

    def to_engine(self) -> EngineLayers:
        depthwise = {"depth_multiplier": self.depth_multiplier, **self._window_options(), "use_bias": False}
        pointwise: dict[str, object] = {
            "filters": self.filters,
            "kernel_size": [1, 1],
            "strides": [1, 1],
            "dilation_rate": [1, 1],
            "padding": "valid",
            "groups": 1,
            "use_bias": self.use_bias,
        }
        return [("depthwise_conv2d", depthwise), ("conv2d", pointwise), *self._activation_to_engine()]
