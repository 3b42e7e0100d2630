"""The contract that every layer keeps inside a model: shapes, batches, files, configuration, gradients, repr."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import layers, optimizers
from figurate.layers import Layer
from figurate.models import Sequential, load_model

# Each case makes fresh layers, since a layer belongs to one model.
CASES: dict[str, tuple[tuple[int, ...], Any]] = {
    "Dense": ((5,), lambda: [layers.Dense(3)]),
    "Dense without bias": ((5,), lambda: [layers.Dense(3, use_bias=False)]),
    **{
        f"Dense {name}": ((5,), lambda name=name: [layers.Dense(4, activation=name)])
        for name in ("relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax")
    },
    "Conv2D": ((7, 6, 2), lambda: [layers.Conv2D(3, 3)]),
    "Conv2D with strides and zeros around": (
        (7, 6, 2),
        lambda: [layers.Conv2D(3, (3, 2), strides=(2, 1), padding="same", activation="tanh")],
    ),
    "Conv2D with gaps": ((7, 6, 2), lambda: [layers.Conv2D(3, (3, 2), dilation_rate=2, use_bias=False)]),
    "Conv2D in groups": ((7, 6, 4), lambda: [layers.Conv2D(6, 3, groups=2)]),
    "Conv2D twice": ((7, 6, 1), lambda: [layers.Conv2D(4, 3, activation="gelu"), layers.Conv2D(3, 2)]),
    "Conv2D, ReLU and pooling": ((8, 8, 1), lambda: [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D()]),
    "DepthwiseConv2D": ((7, 6, 2), lambda: [layers.DepthwiseConv2D(3)]),
    "DepthwiseConv2D with strides and zeros around": (
        (7, 6, 2),
        lambda: [layers.DepthwiseConv2D((3, 2), strides=2, padding="same", depth_multiplier=3, activation="tanh")],
    ),
    "DepthwiseConv2D with gaps": (
        (7, 6, 1),
        lambda: [layers.Conv2D(5, 2), layers.DepthwiseConv2D(2, dilation_rate=(3, 1), use_bias=False)],
    ),
    "SeparableConv2D": ((7, 6, 2), lambda: [layers.SeparableConv2D(3, 3, activation="relu")]),
    "SeparableConv2D with strides and zeros around": (
        (7, 6, 1),
        lambda: [
            layers.Conv2D(4, 2),
            layers.SeparableConv2D(3, 3, strides=2, padding="same", depth_multiplier=2, use_bias=False),
        ],
    ),
    "MaxPooling2D": ((7, 6, 2), lambda: [layers.MaxPooling2D((2, 3))]),
    "MaxPooling2D behind a layer": (
        (7, 6, 2),
        lambda: [layers.Conv2D(3, 2, activation="tanh"), layers.MaxPooling2D(3, strides=2, padding="same")],
    ),
    "AveragePooling2D": (
        (7, 6, 2),
        lambda: [layers.Conv2D(3, 2, activation="tanh"), layers.AveragePooling2D((2, 3), strides=1, padding="same")],
    ),
    "GlobalAveragePooling2D": ((4, 5, 2), lambda: [layers.Conv2D(3, 2), layers.GlobalAveragePooling2D()]),
    "GlobalMaxPooling2D": (
        (4, 5, 2),
        lambda: [layers.Conv2D(3, 2), layers.GlobalMaxPooling2D(keepdims=True), layers.Conv2D(2, 1)],
    ),
    "BatchNormalization": ((4, 4, 2), lambda: [layers.Conv2D(3, 2), layers.BatchNormalization()]),
    "BatchNormalization of numbers": (
        (5,),
        lambda: [layers.Dense(4, "tanh"), layers.BatchNormalization(scale=False), layers.Activation("tanh")],
    ),
    "LayerNormalization": ((4, 4, 3), lambda: [layers.Conv2D(5, 2), layers.LayerNormalization()]),
    "LayerNormalization of numbers": (
        (5,),
        lambda: [layers.Dense(4), layers.LayerNormalization(center=False, epsilon=0.1), layers.Activation("tanh")],
    ),
    "SpatialDropout2D": ((4, 4, 2), lambda: [layers.Conv2D(3, 2), layers.SpatialDropout2D(0.5)]),
    "ZeroPadding2D": ((4, 3, 2), lambda: [layers.ZeroPadding2D(((1, 2), (0, 3))), layers.Conv2D(3, 2)]),
    "ZeroPadding2D behind a layer": (
        (4, 4, 2),
        lambda: [layers.Conv2D(3, 2, activation="tanh"), layers.ZeroPadding2D((0, 1)), layers.Conv2D(2, 3)],
    ),
    "Activation": ((5,), lambda: [layers.Dense(4), layers.Activation("tanh")]),
    "Dropout": ((5,), lambda: [layers.Dense(4), layers.Dropout(0.5)]),
    "Flatten": ((3, 4, 2), lambda: [layers.Flatten()]),
    "ReLU": ((5,), lambda: [layers.Dense(4), layers.ReLU(negative_slope=0.2)]),
    "Residual of a row of numbers": (
        (5,),
        lambda: [layers.Dense(4), layers.Residual([layers.Dense(4, "tanh"), layers.Dense(4)])],
    ),
    "Residual first, with a shortcut": (
        (6, 6, 2),
        lambda: [
            layers.Residual(
                [
                    layers.Conv2D(3, 3, strides=2, padding="same", activation="tanh"),
                    layers.Conv2D(3, 3, padding="same"),
                ],
                shortcut=[layers.Conv2D(3, 1, strides=2)],
            ),
            layers.Activation("tanh"),
        ],
    ),
    "Residual, normalized": (
        (4, 4, 2),
        lambda: [
            layers.Conv2D(3, 2),
            layers.Residual(
                [layers.BatchNormalization(), layers.Activation("tanh"), layers.Conv2D(4, 1)],
                shortcut=[layers.Conv2D(4, 1), layers.BatchNormalization()],
            ),
        ],
    ),
    "Residual within another": (
        (4, 4, 3),
        lambda: [
            layers.Conv2D(3, 2),
            layers.Residual(
                [layers.LayerNormalization(), layers.Residual([layers.Conv2D(3, 1), layers.Activation("tanh")])]
            ),
            layers.Activation("tanh"),
        ],
    ),
    "Residual of numbers": (
        (6,),
        lambda: [
            layers.Residual(
                [
                    layers.Dense(4, "tanh"),
                    layers.Residual([layers.Dense(4, "tanh")]),
                    layers.Residual([layers.Dense(3, "tanh")], shortcut=[layers.Dense(3)]),
                ],
                shortcut=[layers.Dense(3, use_bias=False)],
            ),
            layers.Activation("tanh"),
        ],
    ),
    "Residual with changes of shape": (
        (4, 4, 1),
        lambda: [
            layers.Residual(
                [layers.Flatten(), layers.Dense(8, "tanh"), layers.Reshape((2, 2, 2))],
                shortcut=[layers.MaxPooling2D(), layers.Conv2D(2, 1)],
            )
        ],
    ),
    "Rescaling": ((3, 4), lambda: [layers.Rescaling(1 / 255, offset=-0.5)]),
    "Reshape": ((12,), lambda: [layers.Reshape((3, -1)), layers.Flatten()]),
    "Softmax": ((5,), lambda: [layers.Dense(4), layers.Softmax()]),
    "Augment": ((9, 8), lambda: [layers.Augment.digits(contrast=0.2, erasing=0.5)]),
    "RandomBrightness": ((9, 8, 2), lambda: [layers.RandomBrightness(0.2)]),
    "RandomContrast": ((9, 8, 2), lambda: [layers.RandomContrast(0.2)]),
    "RandomElasticTransform": ((9, 8, 2), lambda: [layers.RandomElasticTransform(scale=(0.5, 1.0))]),
    "RandomErasing": ((9, 8, 2), lambda: [layers.RandomErasing()]),
    "RandomFlip": ((9, 8), lambda: [layers.RandomFlip()]),
    "RandomInvert": ((9, 8), lambda: [layers.RandomInvert()]),
    "RandomRotation": ((9, 8), lambda: [layers.RandomRotation(0.1)]),
    "RandomShear": ((9, 8, 3), lambda: [layers.RandomShear(0.2)]),
    "RandomTranslation": ((9, 8), lambda: [layers.RandomTranslation(0.2, 0.2)]),
    "RandomZoom": ((9, 8), lambda: [layers.RandomZoom(0.2)]),
}
# What happens to figures by chance in training has another gradient than prediction's.
BY_CHANCE = {case for case in CASES if "Dropout" in case or case == "Augment" or case.startswith("Random")}
COUNT = 70  # more than the engine takes at once


def stack(case: str) -> tuple[Sequential, np.ndarray]:
    """The case's layers and one `Dense(2)` after them, with figures for them."""
    shape, make = CASES[case]
    found: list[Layer] = [layers.Input(shape), *make()]
    model = Sequential([*found, layers.Flatten(), layers.Dense(2)], seed=4)
    rng = np.random.default_rng(1)
    specs = [spec for layer in model.layers for spec in layer.weight_specs(layer.built_shape)]
    # Smaller where more inputs meet, as initial weights are: losses near 1 leave their differences some digits.
    drawn = [rng.normal(scale=min(0.5, math.prod(spec.shape[:-1]) ** -0.5), size=spec.shape) for spec in specs]
    # Means and variances that follow the figures: a variance is above 0.
    model.set_weights([w if spec.trainable else 0.5 + np.abs(w) for w, spec in zip(drawn, specs, strict=True)])
    return model, rng.normal(size=(COUNT, *shape)).astype(np.float32)


def test_every_layer_has_a_case() -> None:
    known = {kind.__name__ for kind in layers._REGISTRY.classes}
    tested = {type(layer).__name__ for _, make in CASES.values() for layer in make()}
    assert known - {"InputLayer"} == tested


@pytest.mark.parametrize("case", CASES)
def test_shapes_and_batches(case: str) -> None:
    model, x = stack(case)
    shape: tuple[int | None, ...] = (None, *x.shape[1:])
    for layer in model.layers:
        assert layer.count_params() == sum(w.size for w in layer.get_weights())
        shape = layer.compute_output_shape(shape)
    assert shape == model.output_shape == (None, 2)
    whole = model.predict(x)
    assert whole.shape == (COUNT, 2)
    assert whole.dtype == np.float32
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(
        np.concatenate([model.predict(x[:33]), model.predict(x[33:])]), whole, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(model.predict(x[7])[0], whole[7], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_files_configuration_and_repr(case: str, tmp_path: Path) -> None:
    model, x = stack(case)
    model.save(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(load_model(tmp_path / "a.safetensors").predict(x), model.predict(x))
    again = Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    for layer in model.layers:
        assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()
        assert repr(layer).startswith(type(layer).__name__)


@pytest.mark.parametrize("case", [case for case in CASES if case not in BY_CHANCE])
def test_a_step_follows_the_gradient(case: str) -> None:
    """One plain step at rate 1 changes the weights by minus the gradient, which central differences give."""
    model, x = stack(case)
    x, y = x[:6], np.random.default_rng(2).normal(size=(6, 2)).astype(np.float32)
    model.compile(optimizers.SGD(1.0), "mse")
    before = model.get_weights()
    model.train_on_batch(x, y)
    gradients = [a - b for a, b in zip(before, model.get_weights(), strict=True)]

    specs = [spec for layer in model.layers for spec in layer.weight_specs(layer.built_shape)]
    by_batch = not all(spec.trainable for spec in specs)
    model.optimizer.learning_rate = 0.0

    def loss(weights: list[np.ndarray]) -> float:
        model.set_weights(weights)
        if by_batch:  # what is learned from is not what is predicted
            return float(model.train_on_batch(x, y))
        # The network's outputs are float32; from there on the loss is computed in float64.
        return float(np.mean((model.predict(x).astype(np.float64) - y) ** 2))

    # Float32 has 7 digits, of which this step leaves about 3 in a difference; a greater one would meet the corners of
    # ReLU and of max-pooling.
    step = np.float32(0.0005)
    for i, weight in enumerate(before):
        if not specs[i].trainable:
            continue
        places = list(itertools.islice(np.ndindex(weight.shape), 0, None, max(1, weight.size // 12)))
        for place in places:
            changed = [w.copy() for w in before]
            changed[i][place] += step
            above = loss(changed)
            changed[i][place] -= 2 * step
            slope = (above - loss(changed)) / (2 * float(step))
            assert gradients[i][place] == pytest.approx(slope, rel=0.02, abs=2e-3), (i, place)


@pytest.mark.parametrize("case", sorted(BY_CHANCE))
def test_chance_changes_training_alone(case: str) -> None:
    model, x = stack(case)
    kept = [type(layer).from_config(layer.get_config()) for layer in model.layers if type(layer).__name__ != case]
    without = Sequential([layers.Input(x.shape[1:]), *kept])
    without.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(x), without.predict(x))
    y = np.zeros((COUNT, 2))
    for one in (model, without):
        one.compile(optimizers.SGD(0.1), "mse")
    assert model.evaluate(x, y, verbose=0) == without.evaluate(x, y, verbose=0)
    assert model.train_on_batch(x, y) != without.train_on_batch(x, y)
