"""Labels and weights as users pass them: every form that is welcome, and a message for every other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import errors, layers, losses
from figurate.models import Sequential
from figurate.utils import to_categorical
from tests.small import figures, model, network, same_weights

X, Y = figures()
ONE_HOT = to_categorical(Y, 4)


def compiled(loss: Any, last: str = "softmax") -> Sequential:
    made = network(last=last)
    made.compile("sgd", loss)
    return made


@pytest.mark.parametrize(
    "given",
    [Y.astype(np.uint8), Y.astype(np.int16), Y.astype(np.float64), Y[:, np.newaxis], Y.tolist(), np.repeat(Y, 2)[::2]],
    ids=["uint8", "int16", "float64", "a column", "a list", "strided"],
)
def test_every_form_of_whole_numbers(given: Any) -> None:
    one, other = compiled("sparse_categorical_crossentropy"), compiled("sparse_categorical_crossentropy")
    one.fit(X, given, verbose=0)
    other.fit(X, Y, verbose=0)
    assert same_weights(one, other)


def test_one_hot_rows_and_whole_numbers_teach_the_same() -> None:
    sparse, rows = compiled("sparse_categorical_crossentropy"), compiled("categorical_crossentropy")
    sparse.fit(X, Y, verbose=0)
    rows.fit(X, ONE_HOT, verbose=0)
    for a, b in zip(sparse.get_weights(), rows.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    ("sparse_categorical_crossentropy", None, errors.DataError, r"`fit` expects labels in y, received None"),
    ("sparse_categorical_crossentropy", Y[:50], errors.ShapeError, "one label a figure, 96 of them, received 50 in y"),
    ("sparse_categorical_crossentropy", 3, errors.DataError, "`fit` expects y as an array, received 3"),
    (
        "sparse_categorical_crossentropy",
        Y + 1,
        errors.DataError,
        r"labels from 0 to 3, since the network has 4 outputs, received 4 at figure \d+ of y. Give the last layer 5 "
        r"units",
    ),
    ("sparse_categorical_crossentropy", Y - 1, errors.DataError, "received -1 at figure"),
    (
        "sparse_categorical_crossentropy",
        Y + 0.5,
        errors.DataError,
        r"expects whole numbers as labels, received .*\.5 at figure 0",
    ),
    (
        "sparse_categorical_crossentropy",
        np.where(Y == 1, np.nan, Y),
        errors.DataError,
        "whole numbers as labels, received nan",
    ),
    (
        "sparse_categorical_crossentropy",
        np.where(Y == 1, np.inf, Y),
        errors.DataError,
        "whole numbers as labels, received inf",
    ),
    (
        "sparse_categorical_crossentropy",
        ONE_HOT,
        errors.ShapeError,
        r"one whole number a figure, y of shape \(n,\), received \(96, 4\). These look like one row a figure: use the "
        r"loss 'categorical_crossentropy', or pass `y.argmax\(axis=1\)`",
    ),
    (
        "sparse_categorical_crossentropy",
        Y.astype(str),
        errors.DataError,
        "expects y to hold numbers, received an array of type <U",
    ),
    (
        "categorical_crossentropy",
        Y,
        errors.ShapeError,
        r"one number for each output, received \(96,\). These look like class numbers: use the loss "
        r"'sparse_categorical_crossentropy', or pass `utils.to_categorical\(y, 4\)`",
    ),
    (
        "categorical_crossentropy",
        ONE_HOT[:, :3],
        errors.ShapeError,
        r"y of shape \(n, 4\), one number for each output, received \(96, 3\)",
    ),
    (
        "categorical_crossentropy",
        ONE_HOT * 2,
        errors.DataError,
        r"expects numbers from 0 to 1 in y, received 2 at figure 0, output \d",
    ),
    (
        "categorical_crossentropy",
        np.where(ONE_HOT == 1, np.nan, 0),
        errors.DataError,
        "numbers from 0 to 1 in y, received nan",
    ),
    ("binary_crossentropy", ONE_HOT - 1, errors.DataError, "numbers from 0 to 1 in y, received -1"),
    ("binary_crossentropy", Y, errors.ShapeError, r"For class numbers pass `utils.to_categorical\(y, 4\)`"),
    (
        "mean_squared_error",
        np.where(ONE_HOT == 1, -np.inf, 0),
        errors.DataError,
        "expects finite numbers in y, received -inf",
    ),
]


@pytest.mark.parametrize(("loss", "given", "error", "message"), REFUSED, ids=[f"{r[0]}: {r[3][:40]}" for r in REFUSED])
def test_what_is_no_label(loss: str, given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        compiled(loss, "sigmoid" if loss == "binary_crossentropy" else "softmax").fit(X, given, verbose=0)


def test_free_numbers_for_mean_squared_error() -> None:
    made = compiled("mse", "linear")
    made.fit(X, ONE_HOT * 7 - 3, verbose=0)
    assert np.isfinite(made.evaluate(X, ONE_HOT * 7 - 3, verbose=0))


def test_weights_of_figures_and_classes_mean_the_same() -> None:
    by_class, by_figure = model("sgd"), model("sgd")
    by_class.fit(X, Y, class_weight={1: 2.0, 3: 0.0}, verbose=0)
    by_figure.fit(X, Y, sample_weight=np.array([1.0, 2.0, 1.0, 0.0])[Y], verbose=0)
    assert same_weights(by_class, by_figure)
    rows = compiled("categorical_crossentropy")
    rows.fit(X, ONE_HOT, class_weight={1: 2.0, 3: 0.0}, verbose=0)
    for a, b in zip(by_class.get_weights(), rows.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ones(5), r"expects sample_weight of shape \(96,\), a number a figure, received \(5,\)"),
        (np.ones((96, 2)), r"received \(96, 2\)"),
        (np.where(Y == 0, -1.0, 1.0), "finite numbers of at least 0 in sample_weight, received -1 at figure"),
        (np.where(Y == 0, np.nan, 1.0), "in sample_weight, received nan at figure"),
    ],
)
def test_what_is_no_sample_weight(given: Any, message: str) -> None:
    with pytest.raises((errors.ShapeError, errors.DataError), match=message):
        model().fit(X, Y, sample_weight=given, verbose=0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 2.0], r"expects a dictionary of class numbers and weights, received \[1.0, 2.0\]"),
        ({4: 1.0}, "expects classes from 0 to 3, received 4"),
        ({"0": 1.0}, "expects classes from 0 to 3, received '0'"),
        ({0: -1.0}, "expects finite weights of at least 0, received -1.0 for class 0"),
        ({0: "2"}, "expects finite weights of at least 0, received '2' for class 0"),
    ],
)
def test_what_is_no_class_weight(given: Any, message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=rf"`fit\(class_weight=…\)` {message}"):
        model().fit(X, Y, class_weight=given, verbose=0)


def test_both_weights_at_once() -> None:
    with pytest.raises(errors.ConfigurationError, match="expects `class_weight` or `sample_weight`, received both"):
        model().fit(X, Y, class_weight={0: 1.0}, sample_weight=np.ones(96), verbose=0)


def test_one_output_for_two_classes() -> None:
    made = Sequential([layers.Flatten(input_shape=(8, 8)), layers.Dense(1, "sigmoid")], seed=1)
    made.compile("adam", losses.BinaryCrossentropy(), metrics=["accuracy"])
    binary = (Y > 1).astype(np.int64)
    history = made.fit(X, binary, epochs=150, class_weight={0: 1.0, 1: 2.0}, verbose=0)
    assert history.history["accuracy"][-1] > 0.9
    assert made.predict(X).shape == (96, 1)


def test_validation_labels_are_named_as_such() -> None:
    with pytest.raises(errors.DataError, match="of validation y"):
        model().fit(X, Y, validation_data=(X, Y + 4), verbose=0)
    with pytest.raises(errors.ShapeError, match="`fit` expects validation x to hold figures"):
        model().fit(X, Y, validation_data=(X[:, :4], Y), verbose=0)
