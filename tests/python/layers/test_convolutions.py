"""Convolutions: settings, shapes, weights, and what they tell the engine."""

from __future__ import annotations

from typing import Any

import pytest

from figurate import initializers, layers
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError

WINDOW = {"kernel_size": [3, 3], "strides": [1, 1], "dilation_rate": [1, 1], "padding": "valid"}


def test_conv2d_defaults_are_keras() -> None:
    assert layers.Conv2D(32, 3, name="conv").get_config() == {
        "filters": 32,
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "padding": "valid",
        "dilation_rate": [1, 1],
        "activation": "linear",
        "use_bias": True,
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "groups": 1,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "name": "conv",
    }


def test_names_count_as_in_keras() -> None:
    from figurate import utils

    utils.clear_session()
    made = [layers.Conv2D(1, 1), layers.DepthwiseConv2D(1), layers.SeparableConv2D(1, 1), layers.MaxPool2D()]
    assert [layer.name for layer in made] == ["conv2d", "depthwise_conv2d", "separable_conv2d", "max_pooling2d"]


def test_conv2d_to_the_engine() -> None:
    assert layers.Conv2D(32, kernel_size=(3, 3), activation="relu").to_engine() == [
        ("conv2d", {"filters": 32, **WINDOW, "groups": 1, "use_bias": True}),
        ("activation", {"function": "relu"}),
    ]
    layer = layers.Conv2D(8, (5, 3), (2, 1), "SAME", groups=4, use_bias=False)
    assert layer.to_engine() == [
        (
            "conv2d",
            {
                "filters": 8,
                "kernel_size": [5, 3],
                "strides": [2, 1],
                "dilation_rate": [1, 1],
                "padding": "same",
                "groups": 4,
                "use_bias": False,
            },
        )
    ]


def test_depthwise_to_the_engine() -> None:
    assert layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu").to_engine() == [
        ("depthwise_conv2d", {"depth_multiplier": 2, **WINDOW, "use_bias": True}),
        ("activation", {"function": "relu"}),
    ]


def test_separable_is_composed_of_both() -> None:
    one_pixel = {"kernel_size": [1, 1], "strides": [1, 1], "dilation_rate": [1, 1], "padding": "valid"}
    layer = layers.SeparableConv2D(16, 3, strides=2, padding="same", depth_multiplier=2, activation="tanh")
    assert layer.to_engine() == [
        (
            "depthwise_conv2d",
            {"depth_multiplier": 2, **WINDOW, "strides": [2, 2], "padding": "same", "use_bias": False},
        ),
        ("conv2d", {"filters": 16, **one_pixel, "groups": 1, "use_bias": True}),
        ("activation", {"function": "tanh"}),
    ]


WEIGHTS: list[tuple[layers.Layer, tuple[int, int, int], dict[str, tuple[int, ...]]]] = [
    (layers.Conv2D(32, 3), (28, 28, 1), {"kernel": (3, 3, 1, 32), "bias": (32,)}),
    (layers.Conv2D(6, (3, 2), groups=3), (8, 8, 9), {"kernel": (3, 2, 3, 6), "bias": (6,)}),
    (layers.Conv2D(6, 1, use_bias=False), (8, 8, 9), {"kernel": (1, 1, 9, 6)}),
    (layers.DepthwiseConv2D(3, depth_multiplier=2), (8, 8, 4), {"kernel": (3, 3, 4, 2), "bias": (8,)}),
    (
        layers.SeparableConv2D(5, 3, depth_multiplier=2),
        (8, 8, 4),
        {"depthwise_kernel": (3, 3, 4, 2), "pointwise_kernel": (1, 1, 8, 5), "bias": (5,)},
    ),
]


@pytest.mark.parametrize(("layer", "shape", "expected"), WEIGHTS, ids=lambda value: type(value).__name__)
def test_weights(layer: layers.Layer, shape: tuple[int, int, int], expected: dict[str, tuple[int, ...]]) -> None:
    specs = layer.weight_specs(shape)
    assert {spec.name: spec.shape for spec in specs} == expected
    assert all(spec.trainable for spec in specs)


def test_initializers_go_to_their_weights() -> None:
    layer = layers.SeparableConv2D(
        5, 3, depthwise_initializer="he_normal", pointwise_initializer="ones", bias_initializer="ones"
    )
    kinds = [type(spec.initializer) for spec in layer.weight_specs((8, 8, 4))]
    assert kinds == [initializers.HeNormal, initializers.Ones, initializers.Ones]


@pytest.mark.parametrize("layer", [layers.Conv2D(4, 3), layers.DepthwiseConv2D(3), layers.SeparableConv2D(4, 3)])
def test_grey_figures_without_channels(layer: layers.Layer) -> None:
    with pytest.raises(
        ShapeError,
        match=r"expects figures of height, width and channels, received shape \(None, 28, 28\), without channels\. For "
        r"grey figures begin the model with `Input\(shape=\(28, 28, 1\)\)`, add `Reshape\(\(28, 28, 1\)\)` before it, "
        r"or pass `numpy\.expand_dims\(x, -1\)`\.",
    ):
        layer.build((None, 28, 28))
    with pytest.raises(ShapeError, match=r"received shape \(None, 784\)\. Put it before `Flatten\(\)`, or add"):
        layer.build((None, 784))


def test_other_channels_than_before() -> None:
    layer = layers.Conv2D(4, 3)
    layer.build((None, 28, 28, 3))
    assert layer.output_shape_of((14, 14, 3)) == (12, 12, 4)
    with pytest.raises(
        ShapeError, match=r"`Conv2D` expects 3 channels \(set when it was built\), received shape \(None, 28, 28, 1\)"
    ):
        layer.build((None, 28, 28, 1))


def test_windows_larger_than_the_figure() -> None:
    with pytest.raises(
        ShapeError, match=r"`Conv2D` expects figures of at least 5 × 3 pixels, the extent .* received 4 × 8\. Choose a"
    ):
        layers.Conv2D(4, (5, 3)).build((None, 4, 8, 1))
    with pytest.raises(ShapeError, match=r"at least 7 × 7 pixels"):  # 3 pixels with gaps of two between them
        layers.DepthwiseConv2D(3, dilation_rate=3).build((None, 6, 6, 1))
    assert layers.Conv2D(4, 7, padding="same").output_shape_of((4, 4, 1)) == (4, 4, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, r"`Conv2D\(filters=…\)` expects a whole number of at least 1, received 0"),
        ({"kernel_size": 0}, r"`Conv2D\(kernel_size=…\)` expects a whole number of at least 1, or two"),
        ({"kernel_size": (3, -9)}, r"or two of them, \(height, width\), received \(3, -9\)"),
        ({"kernel_size": (3, 3, 3)}, r"`Conv2D\(kernel_size=…\)` expects .* received \(3, 3, 3\)"),
        ({"kernel_size": 2.5}, r"`Conv2D\(kernel_size=…\)` expects .* received 2\.5"),
        ({"strides": (1, 0)}, r"`Conv2D\(strides=…\)` expects a whole number of at least 1, or two of them"),
        ({"padding": "full"}, r"Unknown `Conv2D\(padding=…\)` 'full'\. .*Known: 'same', 'valid'"),
        ({"padding": 1}, r"`Conv2D\(padding=…\)` expects one of 'valid', 'same', received 1"),
        ({"strides": 2, "dilation_rate": 2}, r"expects `strides` or `dilation_rate` of 1, received strides=\(2, 2\)"),
        ({"groups": 3}, r"expects `filters` to be a multiple of `groups`, received 4 filters and 3 groups\. Choose 3"),
        ({"filters": 10**9, "kernel_size": 1}, "nothing yet"),
    ],
)
def test_settings_that_are_wrong(arguments: dict[str, Any], message: str) -> None:
    if message == "nothing yet":
        with pytest.raises(ConfigurationError, match=r"would have 3000000000 weights, more than 2147483647\. Choose"):
            layers.Conv2D(**arguments).build((None, 4, 4, 3))
        with pytest.raises(ConfigurationError, match=r"would have 16000000000 outputs, more than 2147483647\. Choose"):
            layers.Conv2D(**arguments).output_shape_of((4, 4, 1))
        return
    with pytest.raises(ConfigurationError, match=message):
        layers.Conv2D(**{"filters": 4, "kernel_size": 3, **arguments})


def test_groups_that_do_not_divide_the_channels() -> None:
    with pytest.raises(ShapeError, match=r"`Conv2D\(groups=2\)` expects a number of channels that 2 divides, received"):
        layers.Conv2D(4, 3, groups=2).build((None, 8, 8, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_format": "channels_first"}, r"`Conv2D\(data_format=…\)` is not supported.*numpy\.moveaxis\(x, 1, -1\)"),
        ({"kernel_regularizer": "l2"}, "`weight_decay=` of the optimizer"),
        ({"activation": "softmax"}, r"of a figure, not of its pixels\. Leave it out, and add `GlobalAveragePooling2D"),
        ({"bias_constraint": "non_neg"}, "keeps weights small"),
    ],
)
def test_refused_by_name(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        layers.Conv2D(4, 3, **arguments)
    assert layers.Conv2D(4, 3, data_format="channels_last", kernel_regularizer=None).filters == 4
