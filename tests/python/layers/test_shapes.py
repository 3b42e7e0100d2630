"""The layers that take some shapes and refuse others: Reshape, Softmax, Activation('softmax'), Dropout, Rescaling."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import layers
from figurate.errors import ConfigurationError, ShapeError


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [((28, 28), (784,), (28, 28)), ((-1,), (8, 8, 3), (192,)), ((4, -1, 2), (24,), (4, 3, 2)), ((1, -1), (1,), (1, 1))],
)
def test_reshape(target: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> None:
    layer = layers.Reshape(target)
    assert layer.output_shape_of(before) == after
    layer.build((None, *before))
    assert layer.to_engine() == [("reshape", {"target_shape": list(after)})]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ((28, 27), r"`Reshape\(\(28, 27\)\)` expects figures of 756 values, received shape \(None, 784\), 784 values"),
        ((5, -1), r"`Reshape\(\(5, -1\)\)` expects figures of a multiple of 5 values, received shape \(None, 784\)"),
    ],
)
def test_reshape_to_what_does_not_fit(target: tuple[int, ...], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        layers.Reshape(target).build((None, 784))


@pytest.mark.parametrize("target", [(-1, -1), (0,), (), "28", None, (2.5,)])
def test_target_shapes_that_are_none(target: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"`Reshape\(target_shape=…\)` expects .* with at most one -1, received"
    ):
        layers.Reshape(target)


@pytest.mark.parametrize("layer", [layers.Softmax(), layers.Activation("softmax")])
def test_softmax_wants_one_axis(layer: layers.Layer) -> None:
    with pytest.raises(
        ShapeError, match=r"expects one score a class, \(None, classes\), received shape \(None, 5, 5\)"
    ):
        layer.build((None, 5, 5))


def test_dense_with_softmax_gives_one_axis() -> None:
    assert layers.Dense(10, "softmax").output_shape_of((20,)) == (10,)


@pytest.mark.parametrize("rate", [-0.1, 1.0, "half", None])
def test_rates_that_are_none(rate: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"`Dropout\(rate=…\)` expects a finite number of at least 0 and below 1"
    ):
        layers.Dropout(rate)


def test_scales_that_are_none() -> None:
    with pytest.raises(
        ConfigurationError, match=r"`Rescaling\(scale=…\)` expects a finite number, received \[0\.1, 0\.2\]"
    ):
        layers.Rescaling([0.1, 0.2])  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"`Rescaling\(offset=…\)` expects a finite number, received inf"):
        layers.Rescaling(1.0, float("inf"))


def test_slopes_that_are_none() -> None:
    with pytest.raises(ConfigurationError, match=r"`ReLU\(negative_slope=…\)` expects a finite number of at least 0"):
        layers.ReLU(negative_slope=-0.1)
