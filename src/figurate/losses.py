"""Losses: what training makes small. Names, defaults and meanings are Keras 3's.

Configuration only: the engine computes values and gradients. Functions such as `losses.mean_squared_error` stand for
their classes and can be passed to `compile`, not called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from figurate.errors import ConfigurationError
from figurate.naming import unique_name
from figurate.parameters import Boolean, Real, Text
from figurate.registry import Configurable, FunctionName, Parameters, Refusal, Refusals, Registry

EngineLoss = tuple[str, dict[str, object]]

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]

_COMMON_REFUSALS = {
    "reduction": Refusal(
        "The loss of a batch is the mean over its figures; leave it out.", (None, "sum_over_batch_size", "auto")
    ),
    "dtype": Refusal("The engine computes in float32; leave it out.", (None, "float32")),
    "axis": Refusal("Classes lie on the last axis; leave it out.", (-1,)),
}


class Loss(Configurable):
    """The base of all losses.

    The loss of a batch is the weighted sum over its figures divided by their number, as in Keras.

    Args:
        name: None takes the loss's own name, such as "mean_squared_error".

    Attributes:
        sparse: Whether targets are whole numbers, one a figure, rather than one number for each output.
    """

    _kind = "loss"
    _own_methods: ClassVar[Mapping[str, str]] = {"call": "Choose one of `figurate.losses`."}
    sparse = False

    def __init__(self, *, name: str | None = None, **unsupported: object) -> None:
        self._refuse(unsupported)
        self.name = unique_name(type(self).__name__) if name is None else name
        self._check()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._parameters = {**cls._parameters, "name": Text()}
        cls._refused = {**_COMMON_REFUSALS, **cls._refused}

    def to_engine(self) -> EngineLoss:
        """The engine's kind of loss and its parameters."""
        raise NotImplementedError


class _SmoothedCrossentropy(Loss):
    """What the cross-entropies share: targets that may be smoothed.

    Each has a constructor all the same: its default of `name` belongs to its signature and is left out of its `repr`.
    """

    _parameters: ClassVar[Parameters] = {"from_logits": Boolean(), "label_smoothing": Real(low=0, high=1)}

    def __init__(self, from_logits: bool, label_smoothing: float, *, name: str | None, **unsupported: object) -> None:
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        super().__init__(name=name, **unsupported)

    def _engine_parameters(self) -> dict[str, object]:
        return {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing}


class SparseCategoricalCrossentropy(_SmoothedCrossentropy):
    """Cross-entropy of classes given as whole numbers: `-log(probability of the true class)`.

    Args:
        from_logits: Whether the network ends in scores rather than probabilities (no softmax). Defaults to False.
        label_smoothing: From 0 to 1, as `CategoricalCrossentropy` has it; Keras has it there alone. Defaults to 0.
        name: See `Loss`.

    Target shape: (batch,) or (batch, 1), whole numbers from 0 to classes - 1. Output shape: (batch, classes).

    Raises:
        ConfigurationError: `label_smoothing` is outside 0..1.
        UnsupportedError: `ignore_class`, and Keras' `reduction`, `axis` and `dtype` other than their defaults.

    Example:
        >>> SparseCategoricalCrossentropy(from_logits=True)
        SparseCategoricalCrossentropy(from_logits=True)
    """

    _refused: ClassVar[Refusals] = {
        "ignore_class": Refusal("Leave those figures out, or give them `sample_weight` 0."),
    }
    sparse = True

    def __init__(
        self,
        from_logits: bool = False,
        *,
        label_smoothing: float = 0.0,
        name: str | None = "sparse_categorical_crossentropy",
        **unsupported: object,
    ) -> None:
        super().__init__(from_logits, label_smoothing, name=name, **unsupported)

    def to_engine(self) -> EngineLoss:
        return "sparse_categorical_crossentropy", self._engine_parameters()


class CategoricalCrossentropy(_SmoothedCrossentropy):
    """Cross-entropy of classes given as one row of probabilities a figure: `-sum(target * log(probability))`.

    Args:
        from_logits: Whether the network ends in scores rather than probabilities (no softmax). Defaults to False.
        label_smoothing: From 0 to 1: targets become `target * (1 - label_smoothing) + label_smoothing / classes`.
            Defaults to 0.
        name: See `Loss`.

    Target shape: (batch, classes), as `utils.to_categorical` makes them. Output shape: the same.

    Raises:
        ConfigurationError: `label_smoothing` is outside 0..1.
        UnsupportedError: Keras' `reduction`, `axis` and `dtype` other than their defaults.

    Example:
        >>> CategoricalCrossentropy(label_smoothing=0.1)
        CategoricalCrossentropy(label_smoothing=0.1)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        *,
        name: str | None = "categorical_crossentropy",
        **unsupported: object,
    ) -> None:
        super().__init__(from_logits, label_smoothing, name=name, **unsupported)

    def to_engine(self) -> EngineLoss:
        return "categorical_crossentropy", self._engine_parameters()


class BinaryCrossentropy(_SmoothedCrossentropy):
    """Cross-entropy of yes-or-no outputs: the mean over them of `-target * log(p) - (1 - target) * log(1 - p)`.

    Args:
        from_logits: Whether the network ends in scores rather than probabilities (no sigmoid). Defaults to False.
        label_smoothing: From 0 to 1: targets become `target * (1 - label_smoothing) + label_smoothing / 2`. Defaults
            to 0.
        name: See `Loss`.

    Target shape: (batch, outputs), or (batch,) for one output. Output shape: (batch, outputs).

    Raises:
        ConfigurationError: `label_smoothing` is outside 0..1.
        UnsupportedError: Keras' `reduction`, `axis` and `dtype` other than their defaults.

    Example:
        >>> BinaryCrossentropy(name="yes_or_no")
        BinaryCrossentropy(name='yes_or_no')
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        *,
        name: str | None = "binary_crossentropy",
        **unsupported: object,
    ) -> None:
        super().__init__(from_logits, label_smoothing, name=name, **unsupported)

    def to_engine(self) -> EngineLoss:
        return "binary_crossentropy", self._engine_parameters()


class MeanSquaredError(Loss):
    """Mean over outputs of `(target - output) ** 2`.

    Args:
        name: See `Loss`.

    Target shape: (batch, outputs), or (batch,) for one output. Output shape: (batch, outputs).

    Raises:
        UnsupportedError: Keras' `reduction`, `axis` and `dtype` other than their defaults.
    """

    def __init__(self, *, name: str | None = "mean_squared_error", **unsupported: object) -> None:
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineLoss:
        return "mean_squared_error", {}


sparse_categorical_crossentropy = FunctionName("sparse_categorical_crossentropy", SparseCategoricalCrossentropy)
categorical_crossentropy = FunctionName("categorical_crossentropy", CategoricalCrossentropy)
binary_crossentropy = FunctionName("binary_crossentropy", BinaryCrossentropy)
mean_squared_error = FunctionName("mean_squared_error", MeanSquaredError)

_REGISTRY: Registry[Loss] = Registry(
    "loss",
    (SparseCategoricalCrossentropy, CategoricalCrossentropy, BinaryCrossentropy, MeanSquaredError),
    {"mse": MeanSquaredError, "MSE": MeanSquaredError, "bce": BinaryCrossentropy, "BCE": BinaryCrossentropy},
)


def get(identifier: Any) -> Loss:
    """The loss that a name, class, function name, object or serialised dictionary stands for.

    Raises:
        ConfigurationError: The name is unknown; the message has the nearest.
        UnsupportedError: A loss of one's own.

    Example:
        >>> get("mse")
        MeanSquaredError()
    """
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        raise ConfigurationError(
            f"The loss {identifier!r} could be one of three. Write 'sparse_categorical_crossentropy' for classes as "
            f"whole numbers, 'categorical_crossentropy' for one row of probabilities a figure, 'binary_crossentropy' "
            f"for one output."
        )
    return _REGISTRY.get(identifier)


serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
