"""Shapes of figures and weights, and names of weights, are Keras' own; skipped where Keras or JAX is not installed."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from figurate import layers

SHAPES = [(28, 28, 1), (9, 12, 4), (5, 5, 6)]

CASES: list[tuple[str, dict[str, Any]]] = [
    *(
        ("Conv2D", {"filters": 6, "kernel_size": kernel, "strides": strides, "padding": padding, **rest})
        for kernel, strides, padding in itertools.product((1, 3, (4, 5)), (1, 2, (1, 3)), ("valid", "same"))
        for rest in ({}, {"use_bias": False})
    ),
    *(
        ("Conv2D", {"filters": 6, "kernel_size": 3, "dilation_rate": (1, 2), "padding": padding})
        for padding in ("valid", "same")
    ),
    ("Conv2D", {"filters": 6, "kernel_size": 2, "groups": 2}),
    ("DepthwiseConv2D", {"kernel_size": 3}),
    ("DepthwiseConv2D", {"kernel_size": (3, 2), "strides": 2, "padding": "same", "depth_multiplier": 3}),
    ("DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}),
    *(
        (name, {"pool_size": pool, "strides": strides, "padding": padding})
        for name in ("MaxPooling2D", "AveragePooling2D")
        for pool, strides, padding in itertools.product((2, (3, 2)), (None, 1, (2, 3)), ("valid", "same"))
    ),
    *(
        (name, {"keepdims": keepdims})
        for name in ("GlobalAveragePooling2D", "GlobalMaxPooling2D")
        for keepdims in (False, True)
    ),
    ("BatchNormalization", {}),
    ("BatchNormalization", {"center": False, "scale": False}),
    ("LayerNormalization", {}),
    ("LayerNormalization", {"scale": False}),
    ("SpatialDropout2D", {"rate": 0.5}),
    *(("ZeroPadding2D", {"padding": padding}) for padding in (1, (2, 1), ((1, 2), (3, 4)))),
]


@pytest.fixture(scope="module")
def keras() -> Any:
    pytest.importorskip("jax", reason="the parity tests compare with Keras on JAX")
    return pytest.importorskip("keras", reason="the parity tests compare with Keras on JAX")


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
@pytest.mark.parametrize(("name", "settings"), CASES, ids=lambda value: value if isinstance(value, str) else str(value))
def test_shapes_and_weights(keras: Any, name: str, settings: dict[str, Any]) -> None:
    compared = 0
    for shape in SHAPES:
        if shape[2] % settings.get("groups", 1):
            continue
        ours, theirs = getattr(layers, name)(**settings), getattr(keras.layers, name)(**settings)
        assert ours.compute_output_shape((None, *shape)) == tuple(theirs.compute_output_shape((None, *shape)))
        compared += 1
        if compared > 1:  # building Keras' weights takes most of the time
            continue
        ours.build((None, *shape))
        theirs.build((None, *shape))
        weights = [weight for weight in theirs.weights if "seed" not in weight.name]
        specs = ours.weight_specs(shape)
        assert [(spec.name, spec.shape, spec.trainable) for spec in specs] == [
            (weight.name, tuple(weight.shape), weight.trainable) for weight in weights
        ]
        assert ours.count_params() == theirs.count_params()
    assert compared > 1


@pytest.mark.parametrize(("name", "settings"), CASES, ids=lambda value: value if isinstance(value, str) else str(value))
def test_settings_are_read_alike(keras: Any, name: str, settings: dict[str, Any]) -> None:
    ours = getattr(layers, name)(**settings).get_config()
    theirs = getattr(keras.layers, name)(**settings).get_config()
    assert set(ours) <= set(theirs)
    for key, value in ours.items():
        if key == "name" or isinstance(value, dict):
            continue
        given = theirs[key]
        assert np.asarray(given).tolist() == value, key
