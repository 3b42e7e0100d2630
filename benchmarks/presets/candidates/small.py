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


def as_best(
    first: int, second: int, third: int, normalized: bool = True
) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """The shape of `best`, with fewer channels and no dropout; where `normalized`, what each group hands on."""

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        def normalization() -> list[Layer]:
            return [layers.BatchNormalization()] if normalized else []

        return [
            convolution(first, 5),
            layers.MaxPooling2D(2),
            *normalization(),
            convolution(second),
            convolution(second),
            layers.MaxPooling2D(2),
            *normalization(),
            convolution(third),
            *normalization(),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


def three(normalized: bool) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Three convolutions; where `normalized`, what each group hands on."""

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        def normalization() -> list[Layer]:
            return [layers.BatchNormalization()] if normalized else []

        return [
            convolution(16, 5),
            layers.MaxPooling2D(2),
            *normalization(),
            convolution(32),
            layers.MaxPooling2D(2),
            *normalization(),
            convolution(64),
            *normalization(),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


PLAIN_THREE = three(normalized=False)
HALF_OF_BEST = as_best(16, 32, 56)
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
    variant(SMALL, "… three, normalized, bent", **SOFT, layers=three(normalized=True), augmentation=bent),
    variant(SMALL, "… half of best, bent", **SOFT, layers=HALF_OF_BEST, augmentation=bent),
    variant(
        SMALL,
        "… half of best, not normalized, bent",
        **SOFT,
        layers=as_best(16, 32, 56, normalized=False),
        augmentation=bent,
    ),
    variant(SMALL, "… half of best, bent, 40 epochs", **SOFT | {"epochs": 40}, layers=HALF_OF_BEST, augmentation=bent),
    variant(SMALL, "… half of best, bent, 60 epochs", **SOFT | {"epochs": 60}, layers=HALF_OF_BEST, augmentation=bent),
]
