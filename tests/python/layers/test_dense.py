"""`Dense`: settings, weights and the shapes it takes."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import activations, initializers, layers, nn
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError


def test_defaults_are_keras() -> None:
    layer = layers.Dense(20, name="dense")
    assert layer.get_config() == {
        "units": 20,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "name": "dense",
    }


@pytest.mark.parametrize("activation", ["relu", activations.relu, nn.relu])
def test_activations(activation: Any) -> None:
    layer = layers.Dense(20, activation=activation)
    assert layer.activation is activations.relu
    assert layer.to_engine() == [("dense", {"units": 20, "use_bias": True}), ("activation", {"function": "relu"})]


def test_weights() -> None:
    kernel, bias = layers.Dense(20, kernel_initializer="he_normal").weight_specs((784,))
    assert (kernel.name, kernel.shape, kernel.size, bias.name, bias.shape) == (
        "kernel",
        (784, 20),
        15_680,
        "bias",
        (20,),
    )
    assert isinstance(kernel.initializer, initializers.HeNormal)
    assert isinstance(bias.initializer, initializers.Zeros)


@pytest.mark.parametrize("units", [0, -3, 2.0, "20", None, True, 2**31])
def test_units_that_are_none(units: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"`Dense\(units=…\)` expects a whole number of at least 1, received"):
        layers.Dense(units)


def test_figures_of_several_axes() -> None:
    layer = layers.Dense(20)
    with pytest.raises(
        ShapeError,
        match=r"`Dense` expects figures of one axis, \(None, inputs\), received shape \(None, 28, 28\)\. Add `Flatten",
    ):
        layer.build((None, 28, 28))
    assert not layer.built
    with pytest.raises(ShapeError, match=r"received shape \(None,\)\. Add `Flatten\(\)`"):
        layer.build((None,))


def test_figures_of_another_size_than_before() -> None:
    layer = layers.Dense(20)
    layer.build((None, 784))
    with pytest.raises(
        ShapeError, match=r"expects 784 inputs \(set when it was built\), received shape \(None, 64\)\. Build a"
    ):
        layer.check_input((64,))
    with pytest.raises(
        ShapeError, match=r"expects 784 inputs .* received shape \(None, 28, 28\)\. Add `Flatten\(\)` before"
    ):
        layer.check_input((28, 28))


def test_more_weights_than_any_machine_holds() -> None:
    with pytest.raises(
        ConfigurationError, match=r"`big` would have 1000000000000 weights, more than 2147483647\. Lower"
    ):
        layers.Dense(10**6, name="big").weight_specs((10**6,))


def test_a_lambda_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"functions of one's own cannot run in the engine\. Choose among"):
        layers.Dense(20, activation=lambda x: x)
