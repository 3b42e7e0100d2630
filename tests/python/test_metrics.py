"""Metrics: how "accuracy" is resolved, names in logs, the engine's form, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import losses, metrics
from figurate.errors import ConfigurationError, UnsupportedError

SPARSE = losses.SparseCategoricalCrossentropy()
DENSE = losses.CategoricalCrossentropy()


@pytest.mark.parametrize(
    ("loss", "outputs", "expected"),
    [
        ("sparse_categorical_crossentropy", 10, metrics.SparseCategoricalAccuracy),
        ("categorical_crossentropy", 10, metrics.CategoricalAccuracy),
        ("binary_crossentropy", 1, metrics.BinaryAccuracy),
        ("binary_crossentropy", 3, metrics.CategoricalAccuracy),
        ("mse", 1, metrics.BinaryAccuracy),
        ("mse", 10, metrics.CategoricalAccuracy),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
def test_accuracy(loss: str, outputs: int, expected: type[metrics.Metric], name: str) -> None:
    metric = metrics.resolve(name, losses.get(loss), (outputs,))
    assert type(metric) is expected
    assert metric.name == name


def test_accuracy_alone_says_what_it_needs() -> None:
    with pytest.raises(ConfigurationError, match=r"'accuracy' depends on the loss\. Pass it to `compile"):
        metrics.get("accuracy")


def test_names_in_logs() -> None:
    # As in Keras: the string that was given, or the object's own name.
    assert metrics.resolve("SparseCategoricalAccuracy", SPARSE, (10,)).name == "SparseCategoricalAccuracy"
    assert metrics.resolve(metrics.SparseCategoricalAccuracy(), SPARSE, (10,)).name == "sparse_categorical_accuracy"
    assert metrics.resolve(metrics.sparse_categorical_accuracy, SPARSE, (10,)).name == "sparse_categorical_accuracy"
    assert metrics.resolve(metrics.Recall(class_id=3, name="threes"), SPARSE, (10,)).name == "threes"


FORMS: dict[str, tuple[metrics.Metric, tuple[str, dict[str, object]]]] = {
    "sparse": (metrics.SparseCategoricalAccuracy(), ("sparse_categorical_accuracy", {})),
    "dense": (metrics.CategoricalAccuracy(), ("categorical_accuracy", {})),
    "binary": (metrics.BinaryAccuracy(threshold=0.4), ("binary_accuracy", {"threshold": 0.4})),
    "sparse top k": (metrics.SparseTopKCategoricalAccuracy(), ("sparse_top_k_categorical_accuracy", {"k": 5})),
    "top k": (metrics.TopKCategoricalAccuracy(k=3), ("top_k_categorical_accuracy", {"k": 3})),
    "precision": (metrics.Precision(), ("precision", {"class_id": -1, "threshold": 0.5, "top_k": 0})),
    "of a class": (metrics.Precision(class_id=3), ("precision", {"class_id": 3, "threshold": 0.5, "top_k": 0})),
    "one threshold": (metrics.Recall([0.7]), ("recall", {"class_id": -1, "threshold": 0.7, "top_k": 0})),
    # Keras sets outputs that are not among the top k to -1e10, and takes that as the threshold.
    "among the top": (
        metrics.Recall(top_k=1, class_id=2),
        ("recall", {"class_id": 2, "threshold": -1e10, "top_k": 1}),
    ),
}


@pytest.mark.parametrize("case", FORMS)
def test_engine_form(case: str) -> None:
    metric, form = FORMS[case]
    assert metric.to_engine() == form


@pytest.mark.parametrize(
    ("metric", "loss", "message"),
    [
        (
            "categorical_accuracy",
            SPARSE,
            "`CategoricalAccuracy` does not fit the loss `SparseCategoricalCrossentropy`, whose targets are whole "
            "numbers. Use 'sparse_categorical_accuracy', or 'accuracy'",
        ),
        (
            "sparse_categorical_accuracy",
            DENSE,
            "whose targets are one number for each output. Use 'categorical_accuracy'",
        ),
        ("top_k_categorical_accuracy", SPARSE, "Use 'sparse_top_k_categorical_accuracy'"),
        ("sparse_top_k_categorical_accuracy", DENSE, "Use 'top_k_categorical_accuracy'"),
        ("binary_accuracy", SPARSE, "`BinaryAccuracy` does not fit the loss"),
        (
            metrics.Precision(class_id=10),
            SPARSE,
            r"expects a class from 0 to 9 \(the network has 10 outputs\), received 10",
        ),
        ("acuracy", SPARSE, r"Unknown metric 'acuracy'\. Did you mean 'accuracy'"),
        ("mse", DENSE, r"Unknown metric 'mse'\."),
    ],
)
def test_what_does_not_fit(metric: Any, loss: losses.Loss, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        metrics.resolve(metric, loss, (10,))


def test_precision_and_recall_fit_any_loss() -> None:
    for loss in (SPARSE, DENSE):
        assert metrics.resolve("precision", loss, (10,)).name == "precision"
        assert isinstance(metrics.resolve(metrics.Recall(class_id=9), loss, (10,)), metrics.Recall)


def test_refused() -> None:
    with pytest.raises(
        UnsupportedError, match=r"`Precision\(thresholds=…\)` supports one threshold, received \[0.3, 0.7\]"
    ):
        metrics.Precision(thresholds=[0.3, 0.7])
    with pytest.raises(ConfigurationError, match="at least 0 and at most 1 or None, received 2"):
        metrics.Recall(thresholds=2)
    with pytest.raises(ConfigurationError, match="expects a whole number of at least 1, received 0"):
        metrics.TopKCategoricalAccuracy(k=0)
    with pytest.raises(UnsupportedError, match=r"A metric must be a name, .* received <function"):
        metrics.get(lambda y, p: 0.0)
    with pytest.raises(UnsupportedError, match="`binary_accuracy` cannot be called: the engine computes it"):
        metrics.binary_accuracy([0], [1])
