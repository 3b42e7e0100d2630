"""Candidates for `tiny`: how much figures are changed, and the shapes that 5,000 weights may have."""

from __future__ import annotations

from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

TINY = presets.get("tiny")


def convolution(filters: int, window: int = 3) -> Layer:
    return layers.Conv2D(filters, window, activation="relu")


def averaged(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """The mean of each channel instead of a dense layer over all places."""
    return [
        convolution(6),
        layers.MaxPooling2D(2),
        convolution(14),
        layers.MaxPooling2D(2),
        convolution(24),
        layers.GlobalAveragePooling2D(),
        layers.Dense(classes, activation="softmax"),
    ]


def four(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Four convolutions, the second and third without pooling between."""
    return [
        convolution(6),
        layers.MaxPooling2D(2),
        convolution(10),
        convolution(14),
        layers.MaxPooling2D(2),
        convolution(16),
        layers.Flatten(),
        layers.Dense(classes, activation="softmax"),
    ]


def much() -> list[Layer]:
    return [layers.Augment(shift=0.07, rotation=10, scale=0.1, shear=8)]


def bent() -> list[Layer]:
    return [layers.Augment(shift=0.05, rotation=8, scale=0.08, elastic=0.015)]


SHORT = 15  # epochs, enough to tell candidates apart

CANDIDATES: list[Preset] = [
    variant(TINY, "nothing changed", epochs=SHORT, augmentation=None),
    variant(TINY, "as it is", epochs=SHORT),
    variant(TINY, "much", epochs=SHORT, augmentation=much),
    variant(TINY, "bent", epochs=SHORT, augmentation=bent),
    variant(TINY, "bent, rate 0.01", epochs=SHORT, augmentation=bent, learning_rate=0.01),
    variant(TINY, "bent, averaged", epochs=SHORT, augmentation=bent, layers=averaged),
    variant(TINY, "bent, four convolutions", epochs=SHORT, augmentation=bent, layers=four),
    variant(TINY, "bent, rate 0.01, 60 epochs", epochs=60, augmentation=bent, learning_rate=0.01),
]
