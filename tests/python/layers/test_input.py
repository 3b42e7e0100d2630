"""`Input`: one shape, in either form."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import layers
from figurate.errors import ConfigurationError, ShapeError


@pytest.mark.parametrize(
    "arguments",
    [
        {"shape": (28, 28)},
        {"shape": [28, 28]},
        {"batch_shape": (None, 28, 28)},
        {"shape": (28, 28), "dtype": "float32"},
    ],
)
def test_shapes(arguments: dict[str, Any]) -> None:
    layer = layers.Input(**arguments)
    assert layer.shape == (28, 28)
    assert layer.batch_shape == (None, 28, 28)
    assert layer.built
    assert layer.to_engine() == []


def test_the_class_takes_keras_older_name_too() -> None:
    assert layers.InputLayer(input_shape=(784,)).shape == (784,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, r"`InputLayer` expects one shape, received 0\. Write `Input\(shape=\(28, 28\)\)`"),
        ({"shape": (2,), "batch_shape": (None, 2)}, "expects one shape, received 2"),
        ({"shape": (None, 28)}, r"expects the sizes of a figure's axes .* received \(None, 28\)"),
        ({"shape": ()}, "expects the sizes of a figure's axes"),
    ],
)
def test_shapes_that_are_none(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        layers.Input(**arguments)
    with pytest.raises(ShapeError, match="expects the batch axis first"):
        layers.Input(batch_shape=(None, None))
