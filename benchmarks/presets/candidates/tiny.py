"""Candidates for `tiny`: how much figures are changed, and the shapes that 5,000 weights may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.presets.candidates.best import PLAIN, smoothed
from benchmarks.presets.candidates.small import grouped
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


def four(normalized: bool) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Four convolutions, the second and third without pooling between; where `normalized`, what each group hands on."""
    return grouped((6,), (10, 14), (16,), window=3, normalized=normalized)


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


# Epochs enough to tell candidates apart, and what was learned with them from.
SHORT: dict[str, Any] = {
    "epochs": 15,
    "learning_rate": 0.006,
    "loss": "sparse_categorical_crossentropy",
    "unchanged": 0,
}
LONG = SHORT | {"epochs": 60, "learning_rate": 0.008, "augmentation": bent}

CANDIDATES: list[Preset] = [
    variant(TINY, "nothing changed", **SHORT, augmentation=None, layers=three),
    variant(TINY, "little", **SHORT, augmentation=little, layers=three),
    variant(TINY, "much", **SHORT, augmentation=much, layers=three),
    variant(TINY, "bent", **SHORT, augmentation=bent, layers=three),
    variant(TINY, "bent, rate 0.01", **SHORT | {"learning_rate": 0.01}, augmentation=bent, layers=three),
    variant(TINY, "bent, averaged", **SHORT, augmentation=bent, layers=averaged),
    variant(TINY, "bent, four convolutions", **SHORT, augmentation=bent, layers=four(normalized=False)),
    variant(TINY, "bent, rate 0.01, 60 epochs", **LONG | {"learning_rate": 0.01}, layers=three),
    variant(TINY, "bent, four convolutions, 60 epochs", **LONG, layers=four(normalized=False)),
    variant(TINY, "… soft", **LONG | {"loss": smoothed} | PLAIN, layers=four(normalized=False)),
    variant(TINY, "… normalized", **LONG | PLAIN, layers=four(normalized=True)),
    variant(TINY, "… soft, normalized", **LONG | {"loss": smoothed} | PLAIN, layers=four(normalized=True)),
]
