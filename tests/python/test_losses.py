"""Losses: names, settings, the engine's form, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import Sequential, layers, losses, utils
from figurate.errors import ConfigurationError, UnsupportedError

NAMES: dict[str, type[losses.Loss]] = {
    "sparse_categorical_crossentropy": losses.SparseCategoricalCrossentropy,
    "SparseCategoricalCrossentropy": losses.SparseCategoricalCrossentropy,
    "categorical_crossentropy": losses.CategoricalCrossentropy,
    "binary_crossentropy": losses.BinaryCrossentropy,
    "bce": losses.BinaryCrossentropy,
    "BCE": losses.BinaryCrossentropy,
    "mean_squared_error": losses.MeanSquaredError,
    "mse": losses.MeanSquaredError,
    "MSE": losses.MeanSquaredError,
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    assert type(losses.get(name)) is NAMES[name]


@pytest.mark.parametrize(
    "name", ["sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error"]
)
def test_function_names_stand_for_their_classes(name: str) -> None:
    function = getattr(losses, name)
    loss = losses.get(function)
    assert loss.name == name
    assert loss.to_engine()[0] == name
    assert loss.sparse is (name == "sparse_categorical_crossentropy")
    with pytest.raises(UnsupportedError, match=f"`{name}` cannot be called: the engine computes it. Pass it to"):
        function([0.0], [1.0])
    assert name in repr(function)


def test_engine_form() -> None:
    assert losses.SparseCategoricalCrossentropy(from_logits=True).to_engine() == (
        "sparse_categorical_crossentropy",
        {"from_logits": True, "label_smoothing": 0.0},
    )
    assert losses.CategoricalCrossentropy(label_smoothing=0.1).to_engine() == (
        "categorical_crossentropy",
        {"from_logits": False, "label_smoothing": 0.1},
    )
    assert losses.BinaryCrossentropy(True, 0.2).to_engine() == (
        "binary_crossentropy",
        {"from_logits": True, "label_smoothing": 0.2},
    )
    assert losses.MeanSquaredError().to_engine() == ("mean_squared_error", {})


def test_keras_neutral_arguments_are_taken() -> None:
    loss = losses.CategoricalCrossentropy(axis=-1, reduction="sum_over_batch_size", dtype=None, name="mine")
    assert loss.get_config() == {"from_logits": False, "label_smoothing": 0.0, "name": "mine"}


REFUSED: dict[str, tuple[type[losses.Loss], dict[str, Any], type[Exception], str]] = {
    "smoothing above 1": (
        losses.CategoricalCrossentropy,
        {"label_smoothing": 1.5},
        ConfigurationError,
        r"`CategoricalCrossentropy\(label_smoothing=…\)` expects a finite number of at least 0 and at most 1, "
        "received 1.5",
    ),
    "logits that are no bool": (
        losses.BinaryCrossentropy,
        {"from_logits": "yes"},
        ConfigurationError,
        "expects True or False, received 'yes'",
    ),
    "reduction": (
        losses.MeanSquaredError,
        {"reduction": "sum"},
        UnsupportedError,
        r"`MeanSquaredError\(reduction=…\)` is not supported, received 'sum'\. The loss of a batch is the mean",
    ),
    "axis": (losses.BinaryCrossentropy, {"axis": 1}, UnsupportedError, "Classes lie on the last axis"),
    "ignore_class": (
        losses.SparseCategoricalCrossentropy,
        {"ignore_class": 0},
        UnsupportedError,
        "give them `sample_weight` 0",
    ),
    "smoothing of sparse labels below 0": (
        losses.SparseCategoricalCrossentropy,
        {"label_smoothing": -0.1},
        ConfigurationError,
        r"`SparseCategoricalCrossentropy\(label_smoothing=…\)` expects a finite number of at least 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    loss, arguments, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        loss(**arguments)


def test_smoothed_class_numbers_are_smoothed_rows() -> None:
    x, y = np.random.default_rng(1).normal(size=(40, 5)).astype(np.float32), np.arange(40) % 3
    steps = []
    for loss, labels in (
        (losses.SparseCategoricalCrossentropy(label_smoothing=0.2), y),
        (losses.CategoricalCrossentropy(label_smoothing=0.2), utils.to_categorical(y)),
    ):
        model = Sequential([layers.Input((5,)), layers.Dense(3, activation="softmax")], seed=1)
        model.compile("sgd", loss)
        steps.append([model.train_on_batch(x, labels) for _ in range(3)])
    assert steps[0] == steps[1]
    assert steps[0][0] > steps[0][2]


def test_unknown_and_ambiguous_names() -> None:
    with pytest.raises(
        ConfigurationError, match=r"Unknown loss 'categorical_crossentorpy'\. Did you mean 'categorical_"
    ):
        losses.get("categorical_crossentorpy")
    with pytest.raises(ConfigurationError, match="The loss 'crossentropy' could be one of three"):
        losses.get("crossentropy")
