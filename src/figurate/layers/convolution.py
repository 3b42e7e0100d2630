"""`Convolution`: what all convolutions share: a window with weights that slides over height and width.

The abstract base of `Conv2D`, `DepthwiseConv2D` and `SeparableConv2D`.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from figurate import activations, initializers
from figurate.activations import Activation as ActivationFunction
from figurate.errors import UnsupportedError
from figurate.initializers import Initializer
from figurate.layers.axes import CHANNELS_LAST, check_count, check_planes
from figurate.layers.base import EngineLayers, FigureShape, Layer, WeightSpec
from figurate.layers.windows import PADDING, Two, check_strides, slid
from figurate.parameters import Boolean, Pair, Resolved
from figurate.registry import Parameters, Refusal, Refusals


def refusals(*weights: str) -> Refusals:
    """What Keras' convolution with these weights has and figurate has not.

    Example:
        >>> sorted(refusals("bias"))
        ['bias_constraint', 'bias_regularizer', 'data_format', 'lora_alpha', 'lora_rank', 'quantization_config']
    """
    decay = Refusal("Use `weight_decay=` of the optimizer.")
    constraint = Refusal("Leave it out; `weight_decay=` of the optimizer keeps weights small.")
    return {
        "data_format": CHANNELS_LAST,
        **{f"{name}_regularizer": decay for name in weights},
        **{f"{name}_constraint": constraint for name in weights},
        "lora_rank": Refusal("Train all weights."),
        "lora_alpha": Refusal("Train all weights."),
        "quantization_config": Refusal("Weights are float32."),
    }


class Convolution(Layer):
    """The base of convolutions.

    Args:
        kernel_size: Height and width of the window; one number for both.
        strides: Pixels from one place of the window to the next, down and across; one number for both.
        padding: "valid" (the default): the window stays within the figure, which shrinks; "same": zeros around the
            figure keep its size, divided by the strides.
        data_format: Only "channels_last".
        dilation_rate: Distance of the pixels that the window looks at; 1 (the default): neighbours.
        activation: Name or function of `figurate.activations`; None (the default) is linear.
        use_bias: Whether to add a bias to each channel that comes out. Defaults to True.
        bias_initializer: Initial bias. Defaults to "zeros".
        name, input_shape: See `Layer`.
    """

    _windows: ClassVar[Parameters] = {
        "kernel_size": Pair(low=1),
        "strides": Pair(low=1),
        "padding": PADDING,
        "dilation_rate": Pair(low=1),
        "activation": Resolved(activations.get, activations.serialize),
        "use_bias": Boolean(),
        "bias_initializer": Resolved(initializers.get, initializers.serialize),
    }
    kernel_size: Two
    strides: Two
    padding: str
    dilation_rate: Two
    activation: ActivationFunction
    use_bias: bool
    bias_initializer: Initializer

    def _set_window(self, kernel_size: Any, strides: Any, padding: str, dilation_rate: Any) -> None:
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding
        self.dilation_rate = dilation_rate

    def _set_end(self, activation: Any, use_bias: bool, bias_initializer: Any) -> None:
        self.activation = activation
        self.use_bias = use_bias
        self.bias_initializer = bias_initializer

    def _check(self) -> None:
        super()._check()
        owner = type(self).__name__
        check_strides(owner, self.strides, self.dilation_rate)
        if self.activation is activations.softmax:
            raise UnsupportedError(
                f"`{owner}(activation='softmax')` is not supported: probabilities are of a figure, not of its pixels. "
                f"Leave it out, and add `GlobalAveragePooling2D()` or `Flatten()`, then `Softmax()`, behind it."
            )

    def _channels(self, channels: int) -> int:
        """The channels that come out where `channels` come in."""
        raise NotImplementedError

    def check_input(self, shape: FigureShape) -> None:
        check_planes(type(self).__name__, shape, self._built_shape)
        weights = sum(math.prod(sizes) for sizes in self._kernel_shapes(shape[2]))
        check_count(self.name, weights, "weights", "Choose fewer filters.")
        check_count(self.name, math.prod(self._slid(shape)), "outputs", "Choose fewer filters, or pool before it.")

    def _kernel_shapes(self, channels: int) -> list[tuple[int, ...]]:
        """The shapes of the kernels, in Keras' order."""
        raise NotImplementedError

    def _slid(self, shape: FigureShape) -> FigureShape:
        """The shape of what comes out."""
        sizes = shape[0], shape[1]
        after = slid(type(self).__name__, sizes, self.kernel_size, self.strides, self.dilation_rate, self.padding)
        return (*after, self._channels(shape[2]))

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        self.check_input(shape)
        return self._slid(shape)

    def _bias_specs(self, channels: int) -> list[WeightSpec]:
        return [WeightSpec("bias", (channels,), self.bias_initializer)] if self.use_bias else []

    def _window_options(self) -> dict[str, object]:
        """The window in the engine's words."""
        return {
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "dilation_rate": list(self.dilation_rate),
            "padding": self.padding,
        }

    def _activation_to_engine(self) -> EngineLayers:
        return activations.to_engine(self.activation)
