"""Pooling, padding, normalization and dropout of channels: settings, shapes, weights, and the engine's words."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import initializers, layers
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError


@pytest.mark.parametrize(
    ("layer", "kind"),
    [(layers.MaxPooling2D, "max_pooling2d"), (layers.AveragePooling2D, "average_pooling2d")],
)
def test_pooling(layer: Any, kind: str) -> None:
    assert layer((2, 3)).to_engine() == [(kind, {"pool_size": [2, 3], "strides": [2, 3], "padding": "valid"})]
    overlapping = layer(3, strides=(2, 1), padding="same")
    assert overlapping.to_engine() == [(kind, {"pool_size": [3, 3], "strides": [2, 1], "padding": "same"})]
    assert overlapping.output_shape_of((7, 7, 5)) == (4, 7, 5)
    assert layer(2).output_shape_of((7, 6, 5)) == (3, 3, 5)
    with pytest.raises(ShapeError, match=r"expects figures of at least 2 × 2 pixels.* received 1 × 4\. .*less pooling"):
        layer(2).build((None, 1, 4, 8))
    with pytest.raises(ShapeError, match=r"received shape \(None, 28, 28\), without channels"):
        layer(2).build((None, 28, 28))
    with pytest.raises(ConfigurationError, match=r"\(pool_size=…\)` expects a whole number of at least 1, or two"):
        layer(0)


def test_the_shorter_names_are_the_same_classes() -> None:
    assert layers.MaxPool2D is layers.MaxPooling2D
    assert layers.AvgPool2D is layers.AveragePooling2D
    assert layers.GlobalAvgPool2D is layers.GlobalAveragePooling2D
    assert layers.GlobalMaxPool2D is layers.GlobalMaxPooling2D


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (layers.GlobalAveragePooling2D, "global_average_pooling2d"),
        (layers.GlobalMaxPooling2D, "global_max_pooling2d"),
    ],
)
def test_global_pooling(layer: Any, kind: str) -> None:
    assert layer().to_engine() == [(kind, {})]
    assert layer().output_shape_of((7, 7, 64)) == (64,)
    kept = layer(keepdims=True)
    kept.build((None, 7, 7, 64))
    assert kept.output_shape_of((7, 7, 64)) == (1, 1, 64)
    assert kept.to_engine() == [(kind, {}), ("reshape", {"target_shape": [1, 1, 64]})]
    with pytest.raises(ShapeError, match=r"received shape \(None, 64\)\. Put it before `Flatten\(\)`"):
        layer().build((None, 64))


@pytest.mark.parametrize(
    ("padding", "kept"),
    [(2, [2, 2, 2, 2]), ((1, 2), [1, 1, 2, 2]), (((1, 2), (3, 4)), [1, 2, 3, 4]), ([0, [0, 5]], [0, 0, 0, 5])],
)
def test_zero_padding(padding: Any, kept: list[int]) -> None:
    layer = layers.ZeroPadding2D(padding)
    assert layer.to_engine() == [("zero_padding2d", {"padding": kept})]
    assert layer.output_shape_of((8, 9, 3)) == (8 + kept[0] + kept[1], 9 + kept[2] + kept[3], 3)
    assert layers.ZeroPadding2D.from_config(layer.get_config()).padding == layer.padding


@pytest.mark.parametrize("padding", [-1, (1, 2, 3), ((1, 2), (3, -4)), "same", 1.5, None])
def test_paddings_that_are_none(padding: Any) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"`ZeroPadding2D\(padding=…\)` expects whole numbers of at least 0: one for all sides, \(rows, columns\)",
    ):
        layers.ZeroPadding2D(padding)


def test_padding_beyond_all_measure() -> None:
    with pytest.raises(ConfigurationError, match=r"would have \d+ outputs, more than 2147483647\. Lower `padding`"):
        layers.ZeroPadding2D(10**5).build((None, 8, 8, 1))


def test_spatial_dropout() -> None:
    assert layers.SpatialDropout2D(0.2).to_engine() == [("spatial_dropout2d", {"rate": 0.2})]
    assert layers.SpatialDropout2D(0.2, seed=2**32 + 7).to_engine() == [
        ("spatial_dropout2d", {"rate": 0.2, "stream": 7})
    ]
    with pytest.raises(ConfigurationError, match=r"`SpatialDropout2D\(rate=…\)` expects a finite number of at least 0"):
        layers.SpatialDropout2D(1.0)
    with pytest.raises(ShapeError, match=r"`SpatialDropout2D` expects figures of height, width and channels"):
        layers.SpatialDropout2D(0.5).build((None, 10))


def test_batch_normalization() -> None:
    layer = layers.BatchNormalization(momentum=0.9, moving_mean_initializer="ones")
    assert layer.to_engine() == [
        ("batch_normalization", {"momentum": 0.9, "epsilon": 0.001, "center": True, "scale": True})
    ]
    specs = layer.weight_specs((13, 13, 32))
    assert [(spec.name, spec.shape, spec.trainable) for spec in specs] == [
        ("gamma", (32,), True),
        ("beta", (32,), True),
        ("moving_mean", (32,), False),
        ("moving_variance", (32,), False),
    ]
    zeros, ones = initializers.Zeros, initializers.Ones
    assert [type(spec.initializer) for spec in specs] == [ones, zeros, ones, ones]
    plain = layers.BatchNormalization(center=False, scale=False)
    assert [spec.name for spec in plain.weight_specs((20,))] == ["moving_mean", "moving_variance"]


def test_layer_normalization() -> None:
    layer = layers.LayerNormalization(epsilon=1e-6, scale=False)
    assert layer.to_engine() == [("layer_normalization", {"epsilon": 1e-6, "center": True, "scale": False})]
    assert [(spec.name, spec.shape) for spec in layer.weight_specs((7, 20))] == [("beta", (20,))]


@pytest.mark.parametrize("layer", [layers.BatchNormalization, layers.LayerNormalization])
def test_normalizations_go_by_the_last_axis(layer: Any) -> None:
    assert layer(axis=[-1]).output_shape_of((8, 8, 3)) == (8, 8, 3)
    with pytest.raises(UnsupportedError, match=rf"`{layer.__name__}\(axis=…\)` supports -1 alone, .* received 1"):
        layer(axis=1)
    with pytest.raises(ConfigurationError, match=r"\(epsilon=…\)` expects a finite number above 0, received 0"):
        layer(epsilon=0)
    built = layer()
    built.build((None, 8, 8, 3))
    with pytest.raises(ShapeError, match=r"expects 3 values on the last axis \(set when it was built\)"):
        built.build((None, 8, 8, 4))


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (layers.BatchNormalization, {"renorm": True}, "Choose larger batches"),
    (layers.BatchNormalization, {"synchronized": True}, "A batch is computed in one place"),
    (layers.BatchNormalization, {"gamma_regularizer": "l2"}, "`weight_decay=` of the optimizer"),
    (layers.LayerNormalization, {"rms_scaling": True}, "Means are taken away as well"),
    *(
        (layer, {**arguments, "data_format": "channels_first"}, "Colours lie on the last axis")
        for layer, arguments in (
            (layers.MaxPooling2D, {}),
            (layers.AveragePooling2D, {"pool_size": 2}),
            (layers.GlobalAveragePooling2D, {}),
            (layers.GlobalMaxPooling2D, {}),
            (layers.ZeroPadding2D, {}),
            (layers.SpatialDropout2D, {"rate": 0.5}),
        )
    ),
]


@pytest.mark.parametrize(("layer", "arguments", "message"), REFUSED)
def test_refused_by_name(layer: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        layer(**arguments)
