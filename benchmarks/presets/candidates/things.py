"""Candidates for the recipes of things, on Fashion-MNIST: how much garments are changed, and `fast`'s epochs.

Run with --data fashion_mnist.
"""

from __future__ import annotations

from typing import Any

from benchmarks.presets.candidates.best import PLAIN, STEADY, WIDE, averaged, five, pooled_first, smoothed
from benchmarks.presets.candidates.fast import two
from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

BEST = presets.get("best", kind="things")
FAST = presets.get("fast", kind="things")


def mirrored() -> list[Layer]:
    return [layers.Augment(shift=0.07, scale=0.06, mirror=True)]


def erased() -> list[Layer]:
    return [layers.Augment(shift=0.07, scale=0.06, mirror=True, erasing=0.25)]


def photographed() -> list[Layer]:
    """All that photographs of things vary in."""
    return [
        layers.Augment(
            shift=0.07,
            rotation=4,
            scale=0.08,
            stretch=0.06,
            contrast=0.15,
            brightness=0.05,
            erasing=0.25,
            mirror=True,
        )
    ]


def near() -> list[Layer]:
    """By a pixel or so."""
    return [layers.Augment(shift=0.04, mirror=True)]


def holes() -> list[Layer]:
    return [layers.Augment(mirror=True, erasing=0.25)]


def garments() -> list[Layer]:
    """Both."""
    return [layers.Augment.garments()]


def often() -> list[Layer]:
    return [layers.Augment.garments(erasing=0.5)]


def alone() -> list[Layer]:
    return [layers.Augment(mirror=True)]


# Epochs enough to tell candidates apart, and what was learned with them from.
SHORT: dict[str, Any] = {"epochs": 12, "loss": smoothed, **PLAIN}
MIDDLE: dict[str, Any] = {"epochs": 24, "loss": smoothed, **PLAIN}
MOVED: dict[str, Any] = MIDDLE | {"augmentation": garments}

CANDIDATES: list[Preset] = [
    *(
        variant(FAST, f"fast, {epochs} epochs", epochs=epochs, augmentation=None, learning_rate=0.009)
        for epochs in (5, 7)
    ),
    *(
        variant(FAST, f"fast, {epochs} epochs, mirrored", epochs=epochs, augmentation=alone, learning_rate=0.009)
        for epochs in (5, 7)
    ),
    variant(
        FAST,
        "fast, 7 epochs, 16-32-128",
        epochs=7,
        augmentation=None,
        learning_rate=0.009,
        layers=two(16, 5, 32, 128),
    ),
    *(
        variant(FAST, f"fast, {epochs} epochs, rate 0.006", epochs=epochs, augmentation=None, learning_rate=0.006)
        for epochs in (7, 9)
    ),
    variant(FAST, "fast, 9 epochs, rate 0.006, mirrored", epochs=9, augmentation=alone, learning_rate=0.006),
    variant(
        FAST,
        "fast, 9 epochs, rate 0.006, mirrored, no dropout",
        epochs=9,
        augmentation=alone,
        learning_rate=0.006,
        layers=two(8, 5, 24, 64, 0.0),
    ),
    variant(FAST, "fast, 9 epochs, rate 0.004", epochs=9, augmentation=None, learning_rate=0.004),
    variant(BEST, "mirrored", **SHORT, layers=WIDE, augmentation=mirrored),
    variant(BEST, "mirrored and erased", **SHORT, layers=WIDE, augmentation=erased),
    variant(BEST, "photographed", **SHORT, layers=WIDE, augmentation=photographed),
    variant(BEST, "mirrored alone", **SHORT, layers=WIDE, augmentation=alone),
    variant(BEST, "momentum 0.99, 24 epochs: mirrored alone", **MIDDLE, layers=STEADY, augmentation=alone),
    variant(BEST, "… moved by a pixel", **MIDDLE, layers=STEADY, augmentation=near),
    variant(BEST, "… erased", **MIDDLE, layers=STEADY, augmentation=holes),
    variant(
        BEST,
        "… channels dropped, every convolution normalized",
        **MIDDLE,
        layers=pooled_first(32, 64, 128, every=True, between=0.1, momentum=0.99),
        augmentation=alone,
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 40 epochs",
        **MOVED | {"epochs": 40},
        layers=STEADY,
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 24 epochs, 32-96-192",
        **MOVED,
        layers=pooled_first(32, 96, 192, momentum=0.99),
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 40 epochs, channels dropped, every convolution normalized",
        **MOVED | {"epochs": 40},
        layers=pooled_first(32, 64, 128, every=True, between=0.1, momentum=0.99),
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 24 epochs, 32-96-192, channels dropped, every convolution normalized",
        **MOVED,
        layers=pooled_first(32, 96, 192, every=True, between=0.1, momentum=0.99),
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 36 epochs, 32-96-192",
        **MOVED | {"epochs": 36},
        layers=pooled_first(32, 96, 192, momentum=0.99),
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 40 epochs, averaged for longer",
        **MOVED | {"epochs": 40},
        layers=STEADY,
        optimizer=averaged,
    ),
    variant(
        BEST,
        "moved by a pixel, erased, 32 epochs, 3x3 32-64-128",
        **MOVED | {"epochs": 32},
        layers=five(32, 64, 128, momentum=0.99),
    ),
    variant(
        BEST,
        "moved by a pixel, erased twice as often, 40 epochs",
        **MIDDLE | {"epochs": 40},
        layers=STEADY,
        augmentation=often,
    ),
]
