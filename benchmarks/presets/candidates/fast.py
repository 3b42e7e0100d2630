"""Candidates for `fast`: widths, windows, rates and epochs beside the preset as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.optimizers import Adam, Optimizer
from figurate.optimizers.schedules import OneCycle
from figurate.presets import Preset

FAST = presets.get("fast")


def two(
    first: int, window: int, second: int, dense: int, dropout: float = 0.2
) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Two convolutions, the first with a window of its own, and a dense layer where `dense` isn't 0."""

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        return [
            layers.Conv2D(first, window, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(second, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(dropout),
            *([layers.Dense(dense, activation="relu")] if dense else []),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


def slower(rate: float, steps: int) -> Optimizer:
    """Moments nearer to Adam's own."""
    return Adam(OneCycle(rate, warmup_fraction=0.2), beta_2=0.99)


def moved() -> list[Layer]:
    """By a pixel either way."""
    return [layers.Augment(shift=0.036)]


def light(name: str, network: Callable[[tuple[int, ...], int], list[Layer]], **recipe: Any) -> Preset:
    """Without augmentation and at a rate of 0.006, unless told otherwise."""
    return variant(FAST, name, layers=network, **{"augmentation": None, "learning_rate": 0.006, **recipe})


CANDIDATES: list[Preset] = [
    light("16-32-128", two(16, 5, 32, 128)),
    light("8-16-64", two(8, 5, 16, 64)),
    light("8-24-64", two(8, 5, 24, 64)),
    light("8-32-64", two(8, 5, 32, 64)),
    light("8-24, no dense layer", two(8, 5, 24, 0)),
    light("8-32, no dense layer", two(8, 5, 32, 0)),
    light("16-24-64", two(16, 5, 24, 64)),
    light("16-32-64", two(16, 5, 32, 64)),
    *(light(f"8-24-64, rate {rate}", two(8, 5, 24, 64), learning_rate=rate) for rate in (0.004, 0.009)),
    light("8-24-64, no dropout", two(8, 5, 24, 64, 0.0)),
    light("8-24-64, slower moments", two(8, 5, 24, 64), optimizer=slower),
    light("8-24-64, batches of 64", two(8, 5, 24, 64), batch_size=64, learning_rate=0.004),
    light("8-24-64, moved", two(8, 5, 24, 64), augmentation=moved),
    light("8-24-64, first window 3", two(8, 3, 24, 64)),
    light("8-24-64, three epochs", two(8, 5, 24, 64), epochs=3),
    light("8-16-64, rate 0.009, moved", two(8, 5, 16, 64), learning_rate=0.009, augmentation=moved),
    light("8-24-64, rate 0.009, moved", two(8, 5, 24, 64), learning_rate=0.009, augmentation=moved),
    light("8-24-64, rate 0.013, moved", two(8, 5, 24, 64), learning_rate=0.013, augmentation=moved),
    light("8-32-64, rate 0.009, moved", two(8, 5, 32, 64), learning_rate=0.009, augmentation=moved),
    light("16-32-64, rate 0.009, moved", two(16, 5, 32, 64), learning_rate=0.009, augmentation=moved),
    light("8-24-64, rate 0.009, moved, 3 epochs", two(8, 5, 24, 64), learning_rate=0.009, augmentation=moved, epochs=3),
]
