"""Candidates for `fast`: widths, windows and rates beside the preset as it is."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.presets.search import variant
from figurate import layers, presets
from figurate.layers import Layer
from figurate.presets import Preset

FAST = presets.get("fast")


def two(first: int, window: int, second: int, dense: int) -> Callable[[tuple[int, ...], int], list[Layer]]:
    """Two convolutions, the first with a window of its own, and a dense layer where `dense` isn't 0."""

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        return [
            layers.Conv2D(first, window, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(second, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            *([layers.Dense(dense, activation="relu")] if dense else []),
            layers.Dense(classes, activation="softmax"),
        ]

    return network


CANDIDATES: list[Preset] = [
    FAST,
    *(variant(FAST, f"rate {rate}", learning_rate=rate) for rate in (0.004, 0.009)),
    variant(FAST, "three epochs", epochs=3, learning_rate=0.005),
    variant(FAST, "batches of 64", batch_size=64, learning_rate=0.004),
    variant(FAST, "first window 3", layers=two(16, 3, 32, 64)),
    variant(FAST, "no dense layer", layers=two(16, 5, 48, 0)),
]
