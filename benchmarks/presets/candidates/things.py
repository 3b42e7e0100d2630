"""Candidates for the recipes of things, on Fashion-MNIST: how much garments are changed, and `fast`'s epochs.

Run with --data fashion_mnist.
"""

from __future__ import annotations

from benchmarks.presets.candidates.best import SHORT, pooled_first
from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

BEST = presets.get("best", kind="things")
FAST = presets.get("fast", kind="things")
WIDE = pooled_first(32, 64, 128)


def mirrored() -> list[Layer]:
    return [layers.Augment(shift=0.07, scale=0.06, mirror=True)]


def erased() -> list[Layer]:
    return [layers.Augment(shift=0.07, scale=0.06, mirror=True, erasing=0.25)]


def alone() -> list[Layer]:
    return [layers.Augment(mirror=True)]


CANDIDATES: list[Preset] = [
    *(variant(FAST, f"fast, {epochs} epochs", epochs=epochs) for epochs in (4, 5, 6)),
    variant(FAST, "fast, 6 epochs, mirrored", epochs=6, augmentation=alone),
    variant(BEST, "mirrored", epochs=SHORT, layers=WIDE, augmentation=mirrored),
    variant(BEST, "mirrored and erased", epochs=SHORT, layers=WIDE, augmentation=erased),
    variant(BEST, "garments", epochs=SHORT, layers=WIDE),
    variant(BEST, "mirrored alone", epochs=SHORT, layers=WIDE, augmentation=alone),
]
