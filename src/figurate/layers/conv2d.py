"""`Conv2D`: every pixel that comes out is a weighted sum of a window of pixels that come in, of all channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate import initializers
from figurate.errors import ConfigurationError, ShapeError
from figurate.initializers import Initializer
from figurate.layers.base import EngineLayers, FigureShape, WeightSpec
from figurate.layers.convolution import Convolution, refusals
from figurate.parameters import Integer, Resolved
from figurate.registry import Parameters, Refusals


class Conv2D(Convolution):
    """A convolution: a window of weights for each channel that comes out slides over the figure.

    As in Keras it is a cross-correlation: the window is not turned around.

    Args:
        filters: Number of channels that come out.
        kernel_size: Height and width of the window; one number for both.
        strides: Pixels from one place of the window to the next, down and across; one number for both.
        padding: "valid" (the default): the window stays within the figure, which shrinks; "same": zeros around the
            figure keep its size, divided by the strides.
        data_format: Only "channels_last".
        dilation_rate: Distance of the pixels that the window looks at; 1 (the default): neighbours. Not together with
            strides.
        groups: Parts into which the channels are divided; each part of those that come out sees one of those that come
            in. Divides both numbers of channels.
        activation: Name or function of `figurate.activations`; None (the default) is linear.
        use_bias: Whether to add a bias to each channel. Defaults to True.
        kernel_initializer: Initial weights of the kernel. Defaults to "glorot_uniform".
        bias_initializer: Initial bias. Defaults to "zeros".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width, channels).

    Output shape: (batch, height after, width after, filters).

    Weights: kernel (kernel height, kernel width, channels / groups, filters) and bias (filters,).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: "channels_first", regularizers, constraints, LoRA, quantization.

    Example:
        >>> layer = Conv2D(32, 3, activation="relu")
        >>> layer.compute_output_shape((None, 28, 28, 1))
        (None, 26, 26, 32)
        >>> layer.build((None, 28, 28, 1))
        >>> layer.count_params()
        320

    Source: LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition", Proceedings of
    the IEEE 86, 1998.
    """

    _parameters: ClassVar[Parameters] = {
        "filters": Integer(low=1),
        **Convolution._windows,
        "groups": Integer(low=1),
        "kernel_initializer": Resolved(initializers.get, initializers.serialize),
    }
    _refused: ClassVar[Refusals] = refusals("kernel", "bias")
    kernel_initializer: Initializer

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.filters = filters
        self._set_window(kernel_size, strides, padding, dilation_rate)
        self._set_end(activation, use_bias, bias_initializer)
        self.groups = groups
        self.kernel_initializer = kernel_initializer
        self._check()
        if self.filters % self.groups:
            raise ConfigurationError(
                f"`Conv2D` expects `filters` to be a multiple of `groups`, received {self.filters} filters and "
                f"{self.groups} groups. Choose {self.filters // self.groups * self.groups or self.groups} filters."
            )

    def check_input(self, shape: FigureShape) -> None:
        super().check_input(shape)
        if shape[2] % self.groups:
            raise ShapeError(
                f"`Conv2D(groups={self.groups})` expects a number of channels that {self.groups} divides, received "
                f"shape {(None, *shape)}. Choose `groups` that divides {shape[2]}."
            )

    def _channels(self, channels: int) -> int:
        return self.filters

    def _kernel_shapes(self, channels: int) -> list[tuple[int, ...]]:
        return [(*self.kernel_size, channels // self.groups, self.filters)]

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        (kernel,) = self._kernel_shapes(shape[2])
        return [WeightSpec("kernel", kernel, self.kernel_initializer), *self._bias_specs(self.filters)]

    def to_engine(self) -> EngineLayers:
        options = {"filters": self.filters, **self._window_options(), "groups": self.groups, "use_bias": self.use_bias}
        return [("conv2d", options), *self._activation_to_engine()]
