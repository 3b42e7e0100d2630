"""What all layers share: name, shapes, weights by description, and configuration.

A layer holds configuration and shapes. It owns no numbers and does no arithmetic: `to_engine` says which of the
engine's layers compute it, and the model that a layer belongs to holds its weights.

Shapes come in two forms. Methods with Keras' names (`build`, `compute_output_shape`) take and return shapes with the
batch axis first, (None, 28, 28). All others speak of one figure, (28, 28).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.initializers import Initializer
from figurate.naming import unique_name
from figurate.parameters import Shape, Text
from figurate.registry import Configurable, Refusal

FigureShape = tuple[int, ...]
EngineLayers = list[tuple[str, dict[str, object]]]
Weights = list[npt.NDArray[np.float32]]
IN_TRAINING_ALONE = ("augment", "dropout", "spatial_dropout2d")
"""The engine's layers that leave values as they are in prediction."""

_COMMON_REFUSALS: dict[str, Refusal] = {
    "trainable": Refusal("All layers train together; leave it out.", (True,)),
    "dtype": Refusal("The engine computes in float32; leave it out.", (None, "float32")),
    "autocast": Refusal("Figures of any number type are read as they are; leave it out.", (True,)),
    "activity_regularizer": Refusal("Use `Dropout`, or `weight_decay=` of the optimizer."),
}


@dataclass(frozen=True)
class WeightSpec:
    """One array of weights as a layer wants it.

    Args:
        name: "kernel" or "bias".
        shape: Keras' order: (inputs, units) for a kernel.
        initializer: What fills it at first.
        trainable: Whether training changes it.
    """

    name: str
    shape: tuple[int, ...]
    initializer: Initializer
    trainable: bool = True

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)


class Layer(Configurable):
    """The base of all layers.

    Args:
        name: Unique in its model; None (the default) gives dense, dense_1, … as Keras counts.
        input_shape: On a model's first layer, the shape of one figure, such as (28, 28). None (the default) leaves it
            to `Input` or to the first batch.
        input_dim: In place of `input_shape`, for figures of one axis: their number of values.
        batch_input_shape: In place of `input_shape`, with the batch axis first: (None, 28, 28).

    Raises:
        ShapeError: `batch_input_shape` is no shape with the batch axis first.
        UnsupportedError: For arguments of Keras' that figurate has not, with the alternative.
    """

    _kind = "layer"
    _common: ClassVar[Mapping[str, Any]] = {"name": Text(), "input_shape": Shape(optional=True)}
    _own_methods: ClassVar[Mapping[str, str]] = {
        "call": "Compose the model of the layers in `figurate.layers`.",
        "add_weight": "Compose the model of the layers in `figurate.layers`.",
    }

    name: str
    input_shape: FigureShape | None

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._parameters = {**cls._parameters, **Layer._common}
        cls._refused = {**_COMMON_REFUSALS, **cls._refused}

    def __init__(
        self,
        *,
        name: str | None = None,
        input_shape: Sequence[int] | int | None = None,
        input_dim: int | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        **unsupported: object,
    ) -> None:
        if type(self) is Layer:
            raise UnsupportedError("`Layer` is no layer itself. Choose one of `figurate.layers`, such as `Dense(20)`.")
        self._refuse(unsupported)
        if input_dim is not None:
            input_shape = (input_dim,)
        if batch_input_shape is not None:
            input_shape = without_batch(type(self).__name__, "batch_input_shape", batch_input_shape)
        self.name = unique_name(type(self).__name__) if name is None else name
        self.input_shape = input_shape  # type: ignore[assignment]  # checked, and made a tuple, by `_check`
        self._built_shape: FigureShape | None = None
        self._read_weights: Callable[[], Weights] | None = None
        self._write_weights: Callable[[Weights], None] | None = None

    @classmethod
    def _argument_names(cls) -> list[str]:
        return sorted({*super()._argument_names(), "input_dim"})

    # -- shapes ------------------------------------------------------------------------------------------------------

    def check_input(self, shape: FigureShape) -> None:
        """Raise `ShapeError` where figures of `shape` (without the batch axis) do not fit this layer."""

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        """The shape of one figure after this layer, given its shape before (both without the batch axis)."""
        self.check_input(shape)
        return shape

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Shapes as Keras gives them, the batch axis first.

        Example:
            >>> from figurate.layers import Flatten
            >>> Flatten().compute_output_shape((None, 28, 28))
            (None, 784)
        """
        shape = without_batch(type(self).__name__, "input_shape", input_shape)
        return (input_shape[0], *self.output_shape_of(shape))

    # -- weights -----------------------------------------------------------------------------------------------------

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        """The weights this layer needs for figures of `shape` (without the batch axis), in Keras' order."""
        return []

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Fix the shape of the figures that come in; `input_shape` has the batch axis first."""
        shape = without_batch(type(self).__name__, "input_shape", input_shape)
        self.check_input(shape)
        self._built_shape = shape

    @property
    def built(self) -> bool:
        """Whether the shape of the figures that come in is known."""
        return self._built_shape is not None

    @property
    def built_shape(self) -> FigureShape:
        """The shape of one figure that comes in, without the batch axis.

        Raises:
            ConfigurationError: The layer is not built yet.
        """
        if self._built_shape is None:
            raise ConfigurationError(
                f"`{self.name}` does not know the shape of its input yet. Give the model's first layer "
                f"`input_shape=(28, 28)`, put `Input(shape=(28, 28))` before it, or call `fit`."
            )
        return self._built_shape

    def count_params(self) -> int:
        """The number of weights, single values.

        Raises:
            ConfigurationError: The layer is not built yet.
        """
        return sum(spec.size for spec in self.weight_specs(self.built_shape))

    def connect(self, read: Callable[[], Weights], write: Callable[[Weights], None]) -> None:
        """Called by the model that holds this layer's weights: how to read and write them."""
        self._read_weights = read
        self._write_weights = write

    def get_weights(self) -> Weights:
        """Copies of the layer's weights: for `Dense` the kernel (inputs, units) and the bias (units,).

        Raises:
            ConfigurationError: The layer belongs to no model that is built.
        """
        if self._read_weights is None:
            raise self._unconnected()
        return self._read_weights()

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Replace the layer's weights by arrays of the same shapes, in the order of `get_weights`.

        Raises:
            ConfigurationError: The layer belongs to no model that is built.
            ShapeError: The number of arrays or a shape differs.
        """
        if self._write_weights is None:
            raise self._unconnected()
        arrays = [np.array(weight, dtype=np.float32, order="C") for weight in weights]
        expected = [spec.shape for spec in self.weight_specs(self.built_shape)]
        received = [array.shape for array in arrays]
        if received != expected:
            raise ShapeError(
                f"`{self.name}` expects weights of the shapes {expected}, received {received}. "
                f"`get_weights()` shows their order."
            )
        self._write_weights(arrays)

    def _unconnected(self) -> ConfigurationError:
        return ConfigurationError(
            f"`{self.name}` has no weights yet: they come with the model. Add it to a `Sequential` whose input "
            f"shape is known."
        )

    # -- layers within this one --------------------------------------------------------------------------------------

    @property
    def nested(self) -> list[tuple[str, Layer]]:
        """The layers within this one with their places, ("layers.0", …), in the order of their weights."""
        return []

    def walk(self) -> Iterator[Layer]:
        """This layer and all within it."""
        yield self
        for _, layer in self.nested:
            yield from layer.walk()

    # -- the engine --------------------------------------------------------------------------------------------------

    def to_engine(self) -> EngineLayers:
        """The engine's layers that compute this one, in order: (kind, parameters)."""
        raise NotImplementedError

    # -- what Keras has and figurate has not -------------------------------------------------------------------------

    @property
    def trainable(self) -> bool:
        """Always True: all layers train together."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if value is not True:
            raise UnsupportedError(
                f"`{self.name}.trainable = {shown(value)}` is not supported. {_COMMON_REFUSALS['trainable'].advice}"
            )

    def __call__(self, *arguments: object, **named: object) -> NoReturn:
        received = shown(arguments[0]) if arguments else "nothing"
        raise UnsupportedError(
            f"`{type(self).__name__}` was called on {received}: functional models are not supported. "
            f"List the layers in `Sequential([...])`, and run them with `model.predict`."
        )

    def get_config(self) -> dict[str, Any]:
        """The settings as JSON can hold them; `input_shape` only where the layer was given one."""
        config = super().get_config()
        if config["input_shape"] is None:
            del config["input_shape"]
        return config


def part_of(
    read: Callable[[], Weights], write: Callable[[Weights], None], first: int, last: int
) -> tuple[Callable[[], Weights], Callable[[Weights], None]]:
    """How a layer reads and writes its own weights, the arrays [first, last) of those that `read` and `write` know."""

    def read_part() -> Weights:
        return read()[first:last]

    def write_part(weights: Weights) -> None:
        everything = read()
        everything[first:last] = weights
        write(everything)

    return read_part, write_part


def without_batch(owner: str, name: str, shape: Sequence[int | None]) -> FigureShape:
    """(None, 28, 28) or (32, 28, 28) without its batch axis: (28, 28).

    Args:
        owner, name: The class and its argument, for messages.
        shape: The batch axis, of any length, then sizes of at least 1.

    Raises:
        ShapeError: It has another form.
    """
    sizes = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else ()
    if len(sizes) < 1 or not all(isinstance(size, (int, np.integer)) and size > 0 for size in sizes[1:]):
        raise ShapeError(
            f"`{owner}({name}=…)` expects the batch axis first and then sizes of at least 1, such as (None, 28, 28), "
            f"received {shown(shape)}."
        )
    return tuple(int(size) for size in sizes[1:] if size is not None)
