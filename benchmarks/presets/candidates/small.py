"""Candidates for `small`: how much figures are changed, how long, and two shapes of the network."""

from __future__ import annotations

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


def bent() -> list[Layer]:
    return [layers.Augment(shift=0.07, rotation=10, scale=0.1, shear=8, elastic=0.015)]


SHORT = 12  # epochs, enough to tell candidates apart

CANDIDATES: list[Preset] = [
    variant(SMALL, "as it is", epochs=SHORT),
    variant(SMALL, "bent", epochs=SHORT, augmentation=bent),
    variant(SMALL, "bent, four convolutions", epochs=SHORT, augmentation=bent, layers=four),
    variant(SMALL, "40 epochs", epochs=40),
    variant(SMALL, "bent, 40 epochs", epochs=40, augmentation=bent),
]
