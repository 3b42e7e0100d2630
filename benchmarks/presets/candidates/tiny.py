"""Candidates for `tiny`: how much figures are changed, and the shapes that 5,000 weights may have."""

from __future__ import annotations

from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

TINY = presets.get("tiny")


def convolution(filters: int, window: int = 3) -> Layer:
    return layers.Conv2D(filters, window, activation="relu")


def three(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Three convolutions, a pooling between each two."""
    return [
        convolution(6),
        layers.MaxPooling2D(2),
        convolution(12),
        layers.MaxPooling2D(2),
        convolution(20),
        layers.Flatten(),
        layers.Dense(classes, activation="softmax"),
    ]


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


def little() -> list[Layer]:
    return [layers.Augment(shift=0.05, rotation=5, scale=0.05)]


def much() -> list[Layer]:
    return [layers.Augment(shift=0.07, rotation=10, scale=0.1, shear=8)]


def bent() -> list[Layer]:
    return [layers.Augment(shift=0.05, rotation=8, scale=0.08, elastic=0.015)]


SHORT = 15  # epochs, enough to tell candidates apart
SLOW = 0.006

CANDIDATES: list[Preset] = [
    variant(TINY, "nothing changed", epochs=SHORT, learning_rate=SLOW, augmentation=None, layers=three),
    variant(TINY, "little", epochs=SHORT, learning_rate=SLOW, augmentation=little, layers=three),
    variant(TINY, "much", epochs=SHORT, learning_rate=SLOW, augmentation=much, layers=three),
    variant(TINY, "bent", epochs=SHORT, learning_rate=SLOW, augmentation=bent, layers=three),
    variant(TINY, "bent, rate 0.01", epochs=SHORT, learning_rate=0.01, augmentation=bent, layers=three),
    variant(TINY, "bent, averaged", epochs=SHORT, learning_rate=SLOW, augmentation=bent, layers=averaged),
    variant(TINY, "bent, four convolutions", epochs=SHORT, learning_rate=SLOW, augmentation=bent),
    variant(TINY, "bent, rate 0.01, 60 epochs", epochs=60, learning_rate=0.01, augmentation=bent, layers=three),
    TINY,
]
