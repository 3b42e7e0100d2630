"""`Dense`: every output is a weighted sum of all inputs."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate import activations, initializers
from figurate.activations import Activation as ActivationFunction
from figurate.errors import ConfigurationError, ShapeError
from figurate.initializers import Initializer
from figurate.layers.base import EngineLayers, FigureShape, Layer, WeightSpec
from figurate.parameters import LARGEST_SIZE, Boolean, Integer, Resolved
from figurate.registry import Parameters, Refusal, Refusals

_DECAY = "Use `weight_decay=` of the optimizer."
_CONSTRAINT = "Leave it out; `weight_decay=` of the optimizer keeps weights small."


class Dense(Layer):
    """A fully connected layer: `activation(inputs @ kernel + bias)`.

    Args:
        units: Number of outputs ("neurons").
        activation: Name or function of `figurate.activations`; None (the default) is linear.
        use_bias: Whether to add a bias to each output. Defaults to True.
        kernel_initializer: Initial weights of the kernel. Defaults to "glorot_uniform".
        bias_initializer: Initial bias. Defaults to "zeros".
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, inputs). Figures of several axes need `Flatten()` first; Keras would apply the layer to each
        row.

    Output shape: (batch, units).

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: Regularizers, constraints, LoRA, quantization.

    Example:
        >>> layer = Dense(20, activation="relu")
        >>> layer.build((None, 784))
        >>> layer.count_params()
        15700
    """

    _parameters: ClassVar[Parameters] = {
        "units": Integer(low=1),
        "activation": Resolved(activations.get, activations.serialize),
        "use_bias": Boolean(),
        "kernel_initializer": Resolved(initializers.get, initializers.serialize),
        "bias_initializer": Resolved(initializers.get, initializers.serialize),
    }
    _refused: ClassVar[Refusals] = {
        "kernel_regularizer": Refusal(_DECAY),
        "bias_regularizer": Refusal(_DECAY),
        "kernel_constraint": Refusal(_CONSTRAINT),
        "bias_constraint": Refusal(_CONSTRAINT),
        "lora_rank": Refusal("Train all weights."),
        "lora_alpha": Refusal("Train all weights."),
        "quantization_config": Refusal("Weights are float32."),
    }
    activation: ActivationFunction
    kernel_initializer: Initializer
    bias_initializer: Initializer

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.units = units
        self.activation = activation
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        owner = type(self).__name__
        if self._built_shape is not None and shape != self._built_shape:
            mend = "Build a new model for figures of another size." if len(shape) == 1 else "Add `Flatten()` before it."
            raise ShapeError(
                f"`{owner}` expects {self._built_shape[0]} inputs (set when it was built), received shape "
                f"{(None, *shape)}. {mend}"
            )
        if len(shape) != 1:
            raise ShapeError(
                f"`{owner}` expects figures of one axis, (None, inputs), received shape {(None, *shape)}. "
                f"Add `Flatten()` before it."
            )
        if shape[0] * self.units > LARGEST_SIZE:
            raise ConfigurationError(
                f"`{self.name}` would have {shape[0] * self.units} weights, more than {LARGEST_SIZE}. Lower `units`."
            )

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        self.check_input(shape)
        return (self.units,)

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        specs = [WeightSpec("kernel", (shape[0], self.units), self.kernel_initializer)]
        if self.use_bias:
            specs.append(WeightSpec("bias", (self.units,), self.bias_initializer))
        return specs

    def to_engine(self) -> EngineLayers:
        dense: tuple[str, dict[str, object]] = ("dense", {"units": self.units, "use_bias": self.use_bias})
        return [dense, *activations.to_engine(self.activation)]
