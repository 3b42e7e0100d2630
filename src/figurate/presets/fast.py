"""`fast`: a small convolutional network that is trained in two epochs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from figurate.presets.base import Preset, Recipe
from figurate.presets.sizes import Sizes

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.optimizers import Optimizer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Two convolutions and a dense layer."""
    from figurate.layers import Conv2D, Dense, Dropout, Flatten

    sizes = Sizes.of(shape)
    return [
        Conv2D(16, 5, strides=sizes.strides, padding=sizes.padding, activation="relu"),
        *sizes.pool(1),
        Conv2D(32, 3, padding=sizes.padding, activation="relu"),
        *sizes.pool(2),
        Flatten(),
        Dropout(0.2),
        Dense(128, activation="relu"),
        Dense(classes, activation="softmax"),
    ]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; its moments keep up with so short a training."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate, warmup_fraction=0.2), beta_1=0.85, beta_2=0.95)


RECIPE = Recipe(epochs=2, batch_size=128, learning_rate=0.006, optimizer=optimizer, least_steps=500)

FAST = Preset(
    name="fast",
    description="a convolutional network in seconds",
    layers=network,
    recipe=RECIPE,
    # Things differ in more than a line drawn by a hand.
    things=replace(RECIPE, epochs=6),
)
