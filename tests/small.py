"""Small figures and models that several tests share: 8×8 pixels, four classes, learned in milliseconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from figurate import layers
from figurate.models import Sequential

SIDE, CLASSES = 8, 4


def figures(count: int = 96, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Figures (count, 8, 8) of 0..1 with a bright band in the rows that their class (count,) names."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, count)
    x = rng.integers(0, 100, (count, SIDE, SIDE))
    for figure, label in zip(x, y, strict=True):
        figure[2 * label : 2 * label + 2] += 100
    return (x / 255).astype(np.float32), y


def network(*, hidden: int = 12, seed: int = 3, dropout: float = 0.0, last: str = "softmax") -> Sequential:
    """Flatten, Dense relu, Dense: not compiled."""
    found: list[layers.Layer] = [layers.Input((SIDE, SIDE)), layers.Flatten(), layers.Dense(hidden, activation="relu")]
    if dropout:
        found.append(layers.Dropout(dropout))
    return Sequential([*found, layers.Dense(CLASSES, activation=last)], seed=seed)


def model(optimizer: Any = "adam", metrics: Any = ("accuracy",), **options: Any) -> Sequential:
    """`network`, compiled for whole-number labels."""
    made = network(**options)
    made.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics))
    return made


def same_weights(first: Sequential, second: Sequential) -> bool:
    """Whether all weights are the same, bit for bit."""
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(a.view(np.uint32), b.view(np.uint32)) for a, b in pairs)
