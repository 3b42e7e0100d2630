"""`lesson`: the network of the lesson, 20 neurons, as docs/lesson.md trains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.presets.base import Preset, Recipe

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.optimizers import Optimizer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """784-20-10 for MNIST; the same for figures of any size."""
    from figurate.layers import Dense, Flatten

    return [Flatten(), Dense(20, activation="relu"), Dense(classes, activation="softmax")]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam as it comes."""
    from figurate.optimizers import Adam

    return Adam(rate)


LESSON = Preset(
    name="lesson",
    description="20 neurons, to see everything a network does",
    layers=network,
    recipe=Recipe(epochs=20, batch_size=32, learning_rate=0.001, optimizer=optimizer),
    planes=False,
)
