"""`fast`: a small convolutional network that is trained in two epochs."""

from __future__ import annotations

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
        Conv2D(8, 5, strides=sizes.strides, padding=sizes.padding, activation="relu"),
        *sizes.pool(1),
        Conv2D(24, 3, padding=sizes.padding, activation="relu"),
        *sizes.pool(2),
        Flatten(),
        Dropout(0.2),
        Dense(64, activation="relu"),
        Dense(classes, activation="softmax"),
    ]


def augmentation() -> list[Layer]:
    """A pixel of 28 either way: all that so short a training can follow."""
    from figurate.layers import Augment

    return [Augment(shift=0.036)]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; its moments keep up with so short a training."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate, warmup_fraction=0.2), beta_1=0.85, beta_2=0.95)


# Things differ in more than a line drawn by a hand, and so small a network can't follow them when they move, too.
FAST = Preset(
    name="fast",
    description="a convolutional network in seconds",
    layers=network,
    recipe=Recipe(
        epochs=2,
        batch_size=128,
        learning_rate=0.009,
        optimizer=optimizer,
        augmentation=augmentation,
        least_steps=500,
    ),
).with_things(epochs=7, learning_rate=0.006, augmentation=None)
