"""Candidates for the recipes of things, on Fashion-MNIST: how much garments are changed, and `fast`'s epochs.

Run with --data fashion_mnist.
"""

from __future__ import annotations

from benchmarks.presets.candidates.best import WIDE
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


def alone() -> list[Layer]:
    return [layers.Augment(mirror=True)]


SHORT = 12  # epochs, enough to tell candidates apart

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
    variant(BEST, "mirrored", epochs=SHORT, layers=WIDE, augmentation=mirrored),
    variant(BEST, "mirrored and erased", epochs=SHORT, layers=WIDE, augmentation=erased),
    variant(BEST, "garments", epochs=SHORT, layers=WIDE),
    variant(BEST, "mirrored alone", epochs=SHORT, layers=WIDE, augmentation=alone),
]
