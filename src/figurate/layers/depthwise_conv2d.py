"""`DepthwiseConv2D`: a convolution of each channel on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate import initializers
from figurate.initializers import Initializer
from figurate.layers.base import EngineLayers, FigureShape, WeightSpec
from figurate.layers.convolution import Convolution, refusals
from figurate.parameters import Integer, Resolved
from figurate.registry import Parameters, Refusals


class DepthwiseConv2D(Convolution):
    """A convolution that mixes no channels: each has windows of its own.

    Args:
        kernel_size: Height and width of the window; one number for both.
        strides: Pixels from one place of the window to the next, down and across; one number for both.
        padding: "valid" (the default): the window stays within the figure, which shrinks; "same": zeros around the
            figure keep its size, divided by the strides.
        depth_multiplier: Windows for each channel that comes in; so many channels come out for it. Defaults to 1.
        data_format: Only "channels_last".
        dilation_rate: Distance of the pixels that the window looks at; 1 (the default): neighbours. Not together with
            strides.
        activation: Name or function of `figurate.activations`; None (the default) is linear.
        use_bias: Whether to add a bias to each channel. Defaults to True.
        depthwise_initializer: Initial weights of the kernel. Defaults to "glorot_uniform".
        bias_initializer: Initial bias. Defaults to "zeros".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height after, width after, channels · depth_multiplier); the windows of the first channel come
        first.

    Weights: kernel (kernel height, kernel width, channels, depth_multiplier) and bias (channels · depth_multiplier,).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first", regularizers, constraints.

    Example:
        >>> DepthwiseConv2D(3, padding="same", depth_multiplier=2).compute_output_shape((None, 14, 14, 8))
        (None, 14, 14, 16)

    Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications",
    arXiv 1704.04861, 2017.
    """

    _parameters: ClassVar[Parameters] = {
        **Convolution._windows,
        "depth_multiplier": Integer(low=1),
        "depthwise_initializer": Resolved(initializers.get, initializers.serialize),
    }
    _refused: ClassVar[Refusals] = refusals("depthwise", "bias")
    depthwise_initializer: Initializer

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self._set_window(kernel_size, strides, padding, dilation_rate)
        self._set_end(activation, use_bias, bias_initializer)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = depthwise_initializer
        self._check()

    def _channels(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def _kernel_shapes(self, channels: int) -> list[tuple[int, ...]]:
        return [(*self.kernel_size, channels, self.depth_multiplier)]

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        (kernel,) = self._kernel_shapes(shape[2])
        return [
            WeightSpec("kernel", kernel, self.depthwise_initializer),
            *self._bias_specs(self._channels(shape[2])),
        ]

    def to_engine(self) -> EngineLayers:
        options = {
            "depth_multiplier": self.depth_multiplier,
            **self._window_options(),
            "use_bias": self.use_bias,
        }
        return [("depthwise_conv2d", options), *self._activation_to_engine()]
