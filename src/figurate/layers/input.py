"""`Input` and `InputLayer`: the shape of the figures that a model takes. They compute nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate.errors import ConfigurationError
from figurate.layers.base import EngineLayers, FigureShape, Layer, without_batch
from figurate.registry import Refusal, Refusals


class InputLayer(Layer):
    """The shape of one figure, as the first entry of a model.

    Args:
        shape: The sizes of a figure's axes without the batch axis: (28, 28), or (28, 28, 3) for colour.
        name: See `Layer`.
        batch_shape: In place of `shape`, with the batch axis first: (None, 28, 28).

    Raises:
        ConfigurationError: No shape, both shapes, or an axis without a size.

    Example:
        >>> Input(shape=(28, 28)).batch_shape
        (None, 28, 28)
    """

    _refused: ClassVar[Refusals] = {
        "batch_size": Refusal("Give `fit` and `predict` their `batch_size=`."),
        "dtype": Refusal("Figures of any number type are read as they are; leave it out.", (None, "float32")),
        "sparse": Refusal("Zero pixels are skipped where that is faster; leave it out.", (None, False)),
        "ragged": Refusal("Bring all figures to one size first.", (None, False)),
        "tensor": Refusal("Give `shape=` instead."),
        "input_tensor": Refusal("Give `shape=` instead."),
        "optional": Refusal("A model has one input, which is always needed.", (False,)),
    }

    def __init__(
        self,
        shape: Sequence[int] | int | None = None,
        *,
        batch_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        input_shape: Sequence[int] | int | None = None,
        **unsupported: Any,
    ) -> None:
        given = [s for s in (shape, input_shape, batch_shape) if s is not None]
        if len(given) != 1:
            raise ConfigurationError(
                f"`{type(self).__name__}` expects one shape, received {len(given)}. Write `Input(shape=(28, 28))`."
            )
        if batch_shape is not None:
            shape = without_batch(type(self).__name__, "batch_shape", batch_shape)
        super().__init__(name=name, input_shape=shape if shape is not None else input_shape, **unsupported)
        self._check()
        self._built_shape = self.shape

    @property
    def shape(self) -> FigureShape:
        """The shape of one figure, without the batch axis."""
        assert self.input_shape is not None  # the constructor asks for it
        return self.input_shape

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """The shape with the batch axis first, as Keras shows it."""
        return (None, *self.shape)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["shape"] = config.pop("input_shape")
        return config

    def to_engine(self) -> EngineLayers:
        return []


def Input(
    shape: Sequence[int] | int | None = None,
    *,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    **unsupported: Any,
) -> InputLayer:
    """The shape of the figures that a model takes, as the first entry of `Sequential([...])`.

    Args:
        shape: The sizes of a figure's axes without the batch axis: (28, 28).
        batch_shape: In place of `shape`, with the batch axis first.
        name: See `Layer`.
        **unsupported: See `InputLayer`.

    Returns:
        An `InputLayer`. Layers cannot be called on it: functional models are not supported.

    Raises:
        ConfigurationError: No shape, both shapes, or an axis without a size.

    Example:
        >>> Input((28, 28), name="pixels").shape
        (28, 28)
    """
    return InputLayer(shape, batch_shape=batch_shape, name=name, **unsupported)
