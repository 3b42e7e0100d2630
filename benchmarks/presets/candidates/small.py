"""Candidates for `small`: how much figures are changed, how long, and some shapes of the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.presets.candidates.best import PLAIN, bent, moved, smoothed
from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

SMALL = presets.get("small")


def convolution(filters: int, window: int = 3) -> Layer:
    return layers.Conv2D(filters, window, activation="relu")


def four(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Four convolutions, the second and third without pooling between."""
    return [
        convolution(12),
        layers.MaxPooling2D(2),
        convolution(24),
        convolution(32),
        layers.MaxPooling2D(2),
        convolution(56),
        layers.Flatten(),
        layers.Dense(classes, activation="softmax"),
    ]


def grouped(*groups: tuple[int, ...], window: int, normalized: bool) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Groups of convolutions, a pooling between each two; where `normalized`, what each group hands on.

    `groups`: the filters of each group's convolutions. `window`: of the first convolution; the others' is 3.
    """

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        stack: list[Layer] = []
        for number, group in enumerate(groups, 1):
            stack += [convolution(filters, 3 if stack or at else window) for at, filters in enumerate(group)]
            stack += [layers.MaxPooling2D(2)] if number < len(groups) else []
            stack += [layers.BatchNormalization()] if normalized else []
        return [*stack, layers.Flatten(), layers.Dense(classes, activation="softmax")]

    return network


THREE = (16,), (32,), (64,)
HALF = (16,), (32, 32), (56,)
PLAIN_THREE = grouped(*THREE, window=5, normalized=False)
HALF_OF_BEST = grouped(*HALF, window=5, normalized=True)
# Epochs enough to tell candidates apart, and what was learned with them from.
SHORT: dict[str, Any] = {"epochs": 12, "loss": "sparse_categorical_crossentropy", "unchanged": 0}
SOFT: dict[str, Any] = {"epochs": 24, "loss": smoothed, **PLAIN}

CANDIDATES: list[Preset] = [
    variant(SMALL, "three convolutions, moved", **SHORT, layers=PLAIN_THREE, augmentation=moved),
    variant(SMALL, "three, bent", **SHORT, layers=PLAIN_THREE, augmentation=bent),
    variant(SMALL, "four, bent", **SHORT, layers=four, augmentation=bent),
    variant(SMALL, "three, bent, 24 epochs", **SHORT | {"epochs": 24}, layers=PLAIN_THREE, augmentation=bent),
    variant(SMALL, "all soft, 24 epochs: three, moved", **SOFT, layers=PLAIN_THREE, augmentation=moved),
    variant(SMALL, "… three, bent", **SOFT, layers=PLAIN_THREE, augmentation=bent),
    variant(
        SMALL, "… three, normalized, bent", **SOFT, layers=grouped(*THREE, window=5, normalized=True), augmentation=bent
    ),
    variant(SMALL, "… half of best, bent", **SOFT, layers=HALF_OF_BEST, augmentation=bent),
    variant(
        SMALL,
        "… half of best, not normalized, bent",
        **SOFT,
        layers=grouped(*HALF, window=5, normalized=False),
        augmentation=bent,
    ),
    variant(SMALL, "… half of best, bent, 40 epochs", **SOFT | {"epochs": 40}, layers=HALF_OF_BEST, augmentation=bent),
    variant(SMALL, "… half of best, bent, 60 epochs", **SOFT | {"epochs": 60}, layers=HALF_OF_BEST, augmentation=bent),
]
