"""Metrics: what is measured beside the loss. Names, defaults and meanings are Keras 3's.

Configuration only: the engine counts. `resolve` turns what `compile(metrics=[…])` was given into metrics, "accuracy"
by the loss and the network's outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.losses import Loss
from figurate.naming import unique_name
from figurate.parameters import Integer, Real, Text
from figurate.registry import Configurable, FunctionName, Parameters, Refusal, Refusals, Registry

EngineMetric = tuple[str, dict[str, object]]

__all__ = [
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Metric",
    "Precision",
    "Recall",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "deserialize",
    "get",
    "resolve",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


class Metric(Configurable):
    """The base of all metrics. Values are running means over the figures of an epoch.

    Args:
        name: The name in logs and history; None takes the metric's own, as "precision", "precision_1".

    Attributes:
        targets: "sparse" (whole numbers), "dense" (one number for each output) or "any": the targets it can measure.
    """

    _kind = "metric"
    _own_methods: ClassVar[Mapping[str, str]] = {
        "update_state": "Choose one of `figurate.metrics`, or compute it in a callback from `model.predict`.",
        "result": "Choose one of `figurate.metrics`, or compute it in a callback from `model.predict`.",
    }
    targets = "any"

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._parameters = {**cls._parameters, "name": Text()}
        cls._refused = {
            "dtype": Refusal("The engine counts in its own number types; leave it out.", (None, "float32")),
            **cls._refused,
        }

    def __init__(self, *, name: str | None = None, **unsupported: object) -> None:
        self._refuse(unsupported)
        self.name = unique_name(type(self).__name__) if name is None else name
        self._check()

    def to_engine(self) -> EngineMetric:
        """The engine's kind of metric and its parameters."""
        raise NotImplementedError

    def check_outputs(self, outputs: int) -> None:
        """Raise `ConfigurationError` where the metric cannot be had from so many outputs."""


class SparseCategoricalAccuracy(Metric):
    """Share of figures whose most probable class is the label, a whole number.

    Args:
        name: See `Metric`.
    """

    targets = "sparse"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", **unsupported: object) -> None:
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineMetric:
        return "sparse_categorical_accuracy", {}


class CategoricalAccuracy(Metric):
    """Share of figures whose most probable class is the greatest entry of the target's row.

    Args:
        name: See `Metric`.
    """

    targets = "dense"

    def __init__(self, name: str | None = "categorical_accuracy", **unsupported: object) -> None:
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineMetric:
        return "categorical_accuracy", {}


class BinaryAccuracy(Metric):
    """Share of outputs that lie on the same side of a threshold as their targets.

    Args:
        name: See `Metric`.
        threshold: An output above it counts as 1, else as 0. Defaults to 0.5.
    """

    _parameters: ClassVar[Parameters] = {"threshold": Real()}
    targets = "dense"

    def __init__(self, name: str | None = "binary_accuracy", *, threshold: float = 0.5, **unsupported: object) -> None:
        self.threshold = threshold
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineMetric:
        return "binary_accuracy", {"threshold": self.threshold}


class SparseTopKCategoricalAccuracy(Metric):
    """Share of figures whose label, a whole number, is among the `k` most probable classes.

    Args:
        k: Number of classes looked at. Defaults to 5.
        name: See `Metric`.
    """

    _parameters: ClassVar[Parameters] = {"k": Integer(low=1)}
    _refused: ClassVar[Refusals] = {
        "from_sorted_ids": Refusal("Outputs are one probability a class; leave it out.", (False,))
    }
    targets = "sparse"

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", **unsupported: object
    ) -> None:
        self.k = k
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineMetric:
        return "sparse_top_k_categorical_accuracy", {"k": self.k}


class TopKCategoricalAccuracy(Metric):
    """Share of figures for which the greatest entry of the target's row is among the `k` most probable classes.

    Args:
        k: Number of classes looked at. Defaults to 5.
        name: See `Metric`.
    """

    _parameters: ClassVar[Parameters] = {"k": Integer(low=1)}
    targets = "dense"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", **unsupported: object) -> None:
        self.k = k
        super().__init__(name=name, **unsupported)

    def to_engine(self) -> EngineMetric:
        return "top_k_categorical_accuracy", {"k": self.k}


class _Confusion(Metric):
    """What `Precision` and `Recall` share: when an output counts as positive."""

    _parameters: ClassVar[Parameters] = {
        "thresholds": Real(low=0, high=1, optional=True),
        "top_k": Integer(low=1, optional=True),
        "class_id": Integer(optional=True),
    }

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        **unsupported: object,
    ) -> None:
        if isinstance(thresholds, (list, tuple)):
            if len(thresholds) != 1:
                raise UnsupportedError(
                    f"`{type(self).__name__}(thresholds=…)` supports one threshold, received {shown(thresholds)}. "
                    f"Give one metric for each."
                )
            thresholds = thresholds[0]
        self.thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        super().__init__(name=name, **unsupported)

    def check_outputs(self, outputs: int) -> None:
        if self.class_id is not None and self.class_id >= outputs:
            raise ConfigurationError(
                f"`{type(self).__name__}(class_id=…)` expects a class from 0 to {outputs - 1} (the network has "
                f"{outputs} outputs), received {self.class_id}. Number the classes from 0."
            )

    def _engine_parameters(self) -> dict[str, object]:
        # Among the top k every value counts, so the threshold then lies below any output, as in Keras.
        default = 0.5 if self.top_k is None else -1e10
        return {
            "class_id": -1 if self.class_id is None else self.class_id,
            "threshold": default if self.thresholds is None else self.thresholds,
            "top_k": 0 if self.top_k is None else self.top_k,
        }


class Precision(_Confusion):
    """Of the outputs that were called positive, the share that truly is: `true positives / (true + false positives)`.

    An output is called positive where it is above the threshold and, with `top_k`, among the k greatest of its figure.
    `Precision(class_id=3)` looks at class 3 alone; `Precision(class_id=3, top_k=1)` at the figures that would be read
    as 3. 0 where nothing was called positive.

    Labels may be whole numbers, which Keras does not take here: the label's class counts as 1 and all others as 0.

    Args:
        thresholds: One threshold from 0 to 1. Defaults to 0.5, or to none with `top_k`.
        top_k: None (the default) or the number of greatest outputs that can count.
        class_id: None (the default: all outputs together) or one class.
        name: See `Metric`.

    Raises:
        UnsupportedError: Several thresholds; give one metric for each.

    Example:
        >>> Precision(class_id=3, top_k=1, name="threes")
        Precision(top_k=1, class_id=3, name='threes')
    """

    def to_engine(self) -> EngineMetric:
        return "precision", self._engine_parameters()


class Recall(_Confusion):
    """Of the outputs that truly are positive, the share that was called so.

    That is `true positives / (true positives + false negatives)`; 0 where nothing is positive.

    When an output was called positive, and how labels may be given: see `Precision`.

    Args:
        thresholds, top_k, class_id, name: See `Precision`.

    Raises:
        UnsupportedError: Several thresholds; give one metric for each.
    """

    def to_engine(self) -> EngineMetric:
        return "recall", self._engine_parameters()


binary_accuracy = FunctionName("binary_accuracy", BinaryAccuracy)
categorical_accuracy = FunctionName("categorical_accuracy", CategoricalAccuracy)
sparse_categorical_accuracy = FunctionName("sparse_categorical_accuracy", SparseCategoricalAccuracy)
top_k_categorical_accuracy = FunctionName("top_k_categorical_accuracy", TopKCategoricalAccuracy)
sparse_top_k_categorical_accuracy = FunctionName("sparse_top_k_categorical_accuracy", SparseTopKCategoricalAccuracy)

_ACCURACY = ("accuracy", "acc")
_REGISTRY: Registry[Metric] = Registry(
    "metric",
    (
        SparseCategoricalAccuracy,
        CategoricalAccuracy,
        BinaryAccuracy,
        SparseTopKCategoricalAccuracy,
        TopKCategoricalAccuracy,
        Precision,
        Recall,
    ),
    elsewhere=_ACCURACY,
)


def get(identifier: Any) -> Metric:
    """The metric that a name, class, function name, object or serialised dictionary stands for.

    Raises:
        ConfigurationError: The name is unknown (the message has the nearest), or is "accuracy", which needs `resolve`.
        UnsupportedError: A metric of one's own.
    """
    if isinstance(identifier, str) and identifier.lower() in _ACCURACY:
        raise ConfigurationError(
            f"{identifier!r} depends on the loss. Pass it to `compile(metrics=[…])`, or name "
            f"SparseCategoricalAccuracy, CategoricalAccuracy or BinaryAccuracy."
        )
    return _REGISTRY.get(identifier)


def resolve(identifier: Any, loss: Loss, output_shape: Sequence[int]) -> Metric:
    """The metric that an entry of `compile(metrics=[…])` stands for.

    "accuracy" and "acc" become, as in Keras 3: binary accuracy for one output, sparse categorical accuracy where the
    loss takes whole numbers, else categorical accuracy. A string is also the metric's name in logs.

    Args:
        identifier: What `get` takes, or "accuracy" or "acc".
        loss: The loss of the model.
        output_shape: The shape of one figure's outputs, without the batch axis.

    Returns:
        A new metric, or `identifier` itself where it is an object.

    Raises:
        ConfigurationError: The name is unknown, or the metric does not fit the loss's targets or the outputs.
        UnsupportedError: A metric of one's own.

    Example:
        >>> from figurate import losses
        >>> resolve("accuracy", losses.get("sparse_categorical_crossentropy"), (10,))
        SparseCategoricalAccuracy(name='accuracy')
    """
    outputs = int(output_shape[-1])
    metric: Metric
    if isinstance(identifier, str) and identifier.lower() in _ACCURACY:
        if outputs == 1 and not loss.sparse:
            metric = BinaryAccuracy(name=identifier)
        elif loss.sparse:
            metric = SparseCategoricalAccuracy(name=identifier)
        else:
            metric = CategoricalAccuracy(name=identifier)
        return metric
    metric = get(identifier)
    if isinstance(identifier, str):
        metric.name = identifier
    targets = "sparse" if loss.sparse else "dense"
    if metric.targets not in ("any", targets):
        takes = "whole numbers" if loss.sparse else "one number for each output"
        raise ConfigurationError(
            f"`{type(metric).__name__}` does not fit the loss `{type(loss).__name__}`, whose targets are {takes}. "
            f"Use {_counterpart(metric)!r}, or 'accuracy', which fits itself to the loss."
        )
    metric.check_outputs(outputs)
    return metric


def _counterpart(metric: Metric) -> str:
    """The name of the metric that measures the same from the other kind of targets."""
    if isinstance(metric, (TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy)):
        return "top_k_categorical_accuracy" if metric.targets == "sparse" else "sparse_top_k_categorical_accuracy"
    return "categorical_accuracy" if metric.targets == "sparse" else "sparse_categorical_accuracy"


serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
