"""Networks on planes of channels against Keras itself: convolutions, pooling, padding, normalization, residuals.

As test_parity_with_keras.py: 100 steps in both, without shuffling; Keras runs on JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from figurate import optimizers
from tests.parity import CLASSES, ONE_HOT, SIDE, Ours, X, Y, compare

keras = pytest.importorskip("keras")

# Keras' own arrays and saving of optimizer state, not ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]

PLANES = X[..., np.newaxis]

# What stands between the figures, (6, 6, 1), and the last layers. Smooth but for the greatest values of windows: see
# `build` in test_parity_with_keras.py.
STACKS: dict[str, Callable[[Any], list[Any]]] = {
    "Conv2D": lambda kinds: [kinds.Conv2D(4, 3, activation="tanh")],
    "Conv2D 1": lambda kinds: [kinds.Conv2D(4, 1, activation="tanh"), kinds.Conv2D(3, 1)],
    "Conv2D same": lambda kinds: [
        kinds.Conv2D(4, (2, 3), padding="same", activation="tanh"),
        kinds.Conv2D(3, 3, strides=2, padding="same", use_bias=False),
    ],
    "Conv2D strides": lambda kinds: [kinds.Conv2D(4, 3, strides=(1, 2), activation="sigmoid")],
    "Conv2D gaps": lambda kinds: [kinds.Conv2D(4, 2, activation="tanh"), kinds.Conv2D(3, 2, dilation_rate=(2, 1))],
    "Conv2D, ReLU and MaxPooling2D": lambda kinds: [
        kinds.Conv2D(4, 3, activation="relu"),
        kinds.MaxPooling2D(pool_size=(2, 2)),
    ],
    "MaxPooling2D": lambda kinds: [
        kinds.Conv2D(4, 2, activation="tanh"),
        kinds.MaxPooling2D((3, 2), strides=2, padding="same"),
        kinds.Conv2D(3, 1),
    ],
    "MaxPooling2D of figures": lambda kinds: [kinds.MaxPool2D(3, strides=1)],
    "AveragePooling2D": lambda kinds: [
        kinds.Conv2D(4, 2, activation="tanh"),
        kinds.AveragePooling2D(2),
        kinds.AvgPool2D((2, 1), strides=1, padding="same"),
    ],
    "GlobalAveragePooling2D": lambda kinds: [
        kinds.Conv2D(8, 3, activation="tanh"),
        kinds.GlobalAveragePooling2D(keepdims=True),
        kinds.Conv2D(6, 1),
    ],
    "GlobalMaxPooling2D": lambda kinds: [kinds.Conv2D(8, 3, activation="tanh"), kinds.GlobalMaxPooling2D()],
    "BatchNormalization": lambda kinds: [
        kinds.Conv2D(4, 3),
        kinds.BatchNormalization(momentum=0.9),
        kinds.Activation("tanh"),
    ],
    "BatchNormalization behind a bend": lambda kinds: [
        kinds.Conv2D(4, 3, use_bias=False, activation="tanh"),
        kinds.BatchNormalization(center=False, epsilon=0.01),
        kinds.MaxPooling2D(),
    ],
    "BatchNormalization of numbers": lambda kinds: [
        kinds.Flatten(),
        kinds.Dense(12),
        kinds.BatchNormalization(scale=False),
        kinds.Activation("tanh"),
    ],
    "LayerNormalization": lambda kinds: [
        kinds.Conv2D(8, 3),
        kinds.LayerNormalization(),
        kinds.Activation("tanh"),
        kinds.GlobalAveragePooling2D(),
        kinds.LayerNormalization(epsilon=0.01, center=False),
    ],
    "ZeroPadding2D": lambda kinds: [
        kinds.ZeroPadding2D(1),
        kinds.Conv2D(4, 3, activation="tanh"),
        kinds.ZeroPadding2D(((0, 1), (2, 0))),
        kinds.Conv2D(3, 2),
    ],
    "Conv2D groups": lambda kinds: [kinds.Conv2D(4, 2, activation="tanh"), kinds.Conv2D(6, 3, groups=2)],
    "DepthwiseConv2D": lambda kinds: [
        kinds.DepthwiseConv2D(2, depth_multiplier=3, activation="tanh"),
        kinds.DepthwiseConv2D((3, 2), padding="same", strides=2),
    ],
    "DepthwiseConv2D gaps": lambda kinds: [
        kinds.Conv2D(4, 1, activation="tanh"),
        kinds.DepthwiseConv2D((2, 3), dilation_rate=(3, 2), padding="same", depth_multiplier=2, use_bias=False),
    ],
    "SeparableConv2D": lambda kinds: [
        kinds.Conv2D(4, 2, activation="tanh"),
        kinds.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, activation="tanh"),
        kinds.SeparableConv2D(3, 2, use_bias=False),
    ],
}


def build(package: Any, stack: str) -> Any:
    kinds = package.layers
    between = STACKS[stack](kinds)
    return package.Sequential(
        [kinds.Input((SIDE, SIDE, 1)), *between, kinds.Flatten(), kinds.Dense(CLASSES, activation="softmax")]
    )


@pytest.mark.parametrize("stack", STACKS)
def test_stacks(stack: str) -> None:
    ours, theirs = build(Ours, stack), build(keras, stack)
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, x=PLANES)


class Around(keras.layers.Layer):  # type: ignore[name-defined,misc]
    """`Residual`, as Keras' layers make it."""

    def __init__(self, within: list[Any], shortcut: list[Any] | None = None) -> None:
        super().__init__()
        self.within, self.around = within, shortcut or []

    def build(self, shape: Any) -> None:
        for way in (self.within, self.around):
            current = shape
            for layer in way:
                layer.build(current)
                current = layer.compute_output_shape(current)
        super().build(shape)

    def compute_output_shape(self, shape: Any) -> Any:
        for layer in self.within:
            shape = layer.compute_output_shape(shape)
        return shape

    def call(self, inputs: Any, training: bool = False) -> Any:
        outcomes = []
        for way in (self.within, self.around):
            x = inputs
            for layer in way:
                x = (
                    layer(x, training=training)
                    if isinstance(layer, Around | keras.layers.BatchNormalization)
                    else layer(x)
                )
            outcomes.append(x)
        return outcomes[0] + outcomes[1]


# Given the kinds of layers and the one for residual blocks.
RESIDUALS: dict[str, Callable[[Any, Any], list[Any]]] = {
    "identity": lambda kinds, residual: [
        kinds.Conv2D(4, 3, activation="tanh"),
        residual([kinds.Conv2D(4, 3, padding="same", activation="tanh"), kinds.Conv2D(4, 1)]),
        kinds.Activation("tanh"),
    ],
    "shortcut, first of all": lambda kinds, residual: [
        residual(
            [kinds.Conv2D(3, 3, strides=2, padding="same", activation="tanh")], shortcut=[kinds.Conv2D(3, 1, strides=2)]
        ),
    ],
    "normalized on both ways": lambda kinds, residual: [
        kinds.Conv2D(4, 3, activation="tanh"),
        residual(
            [kinds.BatchNormalization(momentum=0.9), kinds.Activation("tanh"), kinds.Conv2D(3, 2, padding="same")],
            shortcut=[kinds.Conv2D(3, 1), kinds.BatchNormalization(momentum=0.9)],
        ),
        kinds.Activation("tanh"),
    ],
    "within another": lambda kinds, residual: [
        kinds.Conv2D(4, 3),
        residual([kinds.LayerNormalization(), residual([kinds.Conv2D(4, 1, activation="tanh")])]),
        residual([kinds.AveragePooling2D(2), kinds.Conv2D(3, 1)], shortcut=[kinds.Conv2D(3, 2, strides=2)]),
    ],
    "numbers": lambda kinds, residual: [
        kinds.Flatten(),
        kinds.Dense(8),
        residual([kinds.Dense(8, activation="tanh")]),
        residual([kinds.Dense(6, activation="tanh")], shortcut=[kinds.Dense(6)]),
    ],
}


@pytest.mark.parametrize("stack", RESIDUALS)
def test_residuals(stack: str) -> None:
    made = []
    for package, residual in ((Ours, Ours.layers.Residual), (keras, Around)):
        kinds = package.layers
        between = RESIDUALS[stack](kinds, residual)
        made.append(
            package.Sequential(
                [kinds.Input((SIDE, SIDE, 1)), *between, kinds.Flatten(), kinds.Dense(CLASSES, activation="softmax")]
            )
        )
    ours, theirs = made
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, x=PLANES)


def test_figures_without_channels_are_the_same_figures() -> None:
    ours, theirs = build(Ours, "Conv2D"), build(keras, "Conv2D")
    ours.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    theirs.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, ONE_HOT, x=X, validation_split=0.1)


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
def test_clipped_and_averaged(limit: str) -> None:
    """Averages are of the weights that are trained: moving means stay what they are."""
    settings: dict[str, Any] = {"learning_rate": 0.05, limit: 0.5, "use_ema": True, "ema_momentum": 0.9}
    ours, theirs = build(Ours, "BatchNormalization"), build(keras, "BatchNormalization")
    ours.compile(optimizers.SGD(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, x=PLANES, validation_data=(PLANES[:40], Y[:40]))
