"""Candidates for `fast`: widths, windows, rates and epochs beside the preset as it is."""

from __future__ import annotations

from collections.abc import Callable

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


CANDIDATES: list[Preset] = [
    FAST,
    *(variant(FAST, f"rate {rate}", learning_rate=rate) for rate in (0.004, 0.009)),
    variant(FAST, "slower moments", optimizer=slower),
    variant(FAST, "batches of 64", batch_size=64, learning_rate=0.004),
    variant(FAST, "batches of 256", batch_size=256, learning_rate=0.009),
    variant(FAST, "no dropout", layers=two(16, 5, 32, 128, 0.0)),
    variant(FAST, "dropout 0.3", layers=two(16, 5, 32, 128, 0.3)),
    variant(FAST, "64 dense", layers=two(16, 5, 32, 64)),
    variant(FAST, "no dense layer", layers=two(16, 5, 48, 0)),
    variant(FAST, "first window 3", layers=two(16, 3, 32, 128)),
    variant(FAST, "8 filters first", layers=two(8, 5, 32, 128)),
    variant(FAST, "three epochs", epochs=3),
    variant(FAST, "four epochs, dropout 0.3", epochs=4, layers=two(16, 5, 32, 128, 0.3)),
]
