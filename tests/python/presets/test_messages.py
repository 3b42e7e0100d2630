"""What presets refuse, and that they say how to mend it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from figurate import layers, presets
from figurate.errors import ConfigurationError, DataError, ShapeError, UnsupportedError

X = np.arange(4 * 64, dtype=np.uint8).reshape(4, 8, 8)
Y = np.array([0, 1, 2, 1])
FAST = presets.get("fast")


def test_an_unknown_name() -> None:
    with pytest.raises(ConfigurationError, match=r"Unknown preset 'fats'\. Did you mean 'fast'\? Known: 'best', "):
        presets.get("fats")
    with pytest.raises(ConfigurationError, match="Unknown preset '3'"):
        presets.get(3)  # type: ignore[arg-type]


def test_an_unknown_kind() -> None:
    with pytest.raises(ConfigurationError, match=r"expects kind='characters' or 'things', received 'garments'"):
        presets.get("fast", "garments")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((784,), r"expects the shape of one figure, .* received \(784,\)\. .* `x\.reshape\(-1, 28, 28\)`"),
        ((1, 28, 28, 1), r"received \(1, 28, 28, 1\)"),
        (28, "received 28"),
        ("28", "received '28'"),
        ((28.0, 28), r"received \(28\.0, 28\)"),
        (
            (3, 32, 32),
            r"8 × 8 to 64 × 64 pixels, received 3 × 32 × 32\. Channels come last here: write `numpy\.moveaxis",
        ),
        ((7, 28), r"8 × 8 to 64 × 64 pixels, received 7 × 28\. Resize them"),
        ((28, 65), "received 28 × 65"),
        ((28, 28, 5), r"1 to 4 channels, the last axis, received 5: shape \(28, 28, 5\)"),
        ((28, 28, 0), "received 0"),
    ],
)
def test_shapes(shape: Any, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        FAST.build(shape, 10)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"classes": 1}, "classes=.*at least 2"),
        ({"classes": 2.0}, "classes=.*whole number"),
        ({"class_names": ["a", "b"]}, "expects 3 strings"),
        ({"augmentation": "digits"}, r"expects a list of layers, None or 'recipe', received 'digits'"),
        ({"augmentation": [layers.Augment]}, "expects a list of layers"),
        ({"seed": -1}, "seed"),
        ({"learning_rate": -1.0}, "max_learning_rate"),
    ],
)
def test_arguments_of_build(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        FAST.build((28, 28), **{"classes": 3, **arguments})


@pytest.mark.parametrize(
    ("x", "error", "said"),
    [
        (X.reshape(4, 64), ShapeError, r"\(n, height, width\) .* received \(4, 64\)\. .*`x\.reshape\(-1, 28, 28\)`"),
        (X[0], ShapeError, r"received \(8, 8\)"),
        (X[:, :7], ShapeError, "received 7 × 8"),
        (X[:0], DataError, r"at least one figure in x, received none"),
        (X.astype(np.float32), DataError, r"received float32 from 0 to 255\. Divide them by 255 first"),
        (X.astype(np.int16) * 4, DataError, r"received int16 from 0 to 1020\. Divide them by 1020 first"),
        (X.astype(np.int16) - 9, DataError, r"received int16 from -9 to 246\. .*\(x - -9\) / 255"),
        (X / 127.5 - 1, DataError, r"float64 from -1 to 1\. .* `build\(…, rescale=False\)`"),
        (np.where(X == 9, np.nan, 0.5), DataError, r"from nan to nan\. Replace what is not finite"),
        (iter(X), UnsupportedError, "as one array"),
        (np.array([["a"]]), DataError, "hold numbers"),
    ],
)
def test_figures(x: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        FAST.fit(x, Y, verbose=0)


@pytest.mark.parametrize(
    ("y", "error", "said"),
    [
        (Y[:3], ShapeError, r"one label a figure in y, \(4,\) or \(4, classes\), received \(3,\)"),
        (np.array(["a", "b", "a", "b"]), DataError, r"received array\(.* `names, y = numpy\.unique"),
        (None, DataError, "received None"),
        ([0, 1, -1, 2], DataError, "received -1 at figure 2 of y"),
        ([0, 1, 0.5, 2], DataError, r"received 0\.5 at figure 2 of y"),
        ([0, 1, np.nan, 2], DataError, "received nan at figure 2"),
        ([0, 0, 0, 0], DataError, r"at least 2 classes in y, received 0 alone"),
        ([0, 1, 2, 70_000], DataError, "below 65536"),
        (np.full((4, 3), 0.3), DataError, r"rows of 0 and one 1.*`y\.argmax\(axis=1\)`"),
        (np.zeros((4, 3)), DataError, "rows of 0 and one 1"),
    ],
)
def test_labels(y: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        FAST.fit(X, y, verbose=0)


@pytest.mark.parametrize(
    ("validation", "error", "said"),
    [
        (
            (X[:, :, :, None], Y),
            ShapeError,
            r"validation figures of the shape \(8, 8\) that x has, received \(8, 8, 1\)",
        ),
        ((X / 255, Y), DataError, r"pixels of 0\.\.255 in validation x, as x has them, received float64 up to 1"),
        ((X, Y[:2]), ShapeError, "validation y"),
        ((X, Y, np.ones(4)), ConfigurationError, "received weights"),
        (X, UnsupportedError, "expects"),
    ],
)
def test_validation(validation: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        FAST.fit(X, Y, validation_data=validation, verbose=0)
    if error is DataError:
        with pytest.raises(DataError, match=r"pixels of 0\.\.1 in validation x.*received uint8 up to 255"):
            FAST.fit(X / 255, Y, validation_data=(X, Y), verbose=0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"epochs": 0}, r"fit\(epochs=…\).*at least 1"),
        ({"batch_size": 0}, r"fit\(batch_size=…\).*at least 1"),
        ({"threads": 0}, "threads"),
        ({"verbose": 7}, "verbose"),
        ({"class_names": ["a", "b"]}, r"at least 3 classes, labels being up to 2, received 2"),
        ({"callbacks": [3]}, re.escape("callbacks")),
    ],
)
def test_arguments_of_fit(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        FAST.fit(X, Y, **{"verbose": 0, "epochs": 1, **arguments})
