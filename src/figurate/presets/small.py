"""`small`: the most that fits into a microcontroller of the better kind.

For 28 × 28 grey figures and 10 classes it has fewer than 35,000 parameters, and no two neighbouring layers' outputs are
more than 12,000 numbers, so 12 kB in int8 (budget.py counts them).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from figurate.presets.base import Preset, Recipe, ema_momentum
from figurate.presets.sizes import Sizes

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.optimizers import Optimizer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Three convolutions and a dense layer."""
    from figurate.layers import Conv2D, Dense, Flatten

    sizes = Sizes.of(shape)
    return [
        # A window of 5 leaves 24 × 24 pixels; after one of 3, 26 × 26 of 16 channels would be too many.
        Conv2D(16, 5, strides=sizes.strides, padding=sizes.padding, activation="relu"),
        *sizes.pool(1),
        Conv2D(32, 3, padding=sizes.padding, activation="relu"),
        *sizes.pool(2),
        Conv2D(64, 3, padding=sizes.padding, activation="relu"),
        Flatten(),
        Dense(classes, activation="softmax"),
    ]


def augmentation() -> list[Layer]:
    """What a small network can still follow: place, turn and size."""
    from figurate.layers import Augment

    return [Augment(shift=0.07, rotation=8, scale=0.08)]


def changes_of_things() -> list[Layer]:
    """The same for pictures of things, which may be mirrored, too."""
    from figurate.layers import Augment

    return [Augment(shift=0.05, scale=0.05, mirror=True)]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; the weights averaged over the last steps."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate), beta_2=0.99, use_ema=True, ema_momentum=ema_momentum(steps))


RECIPE = Recipe(
    epochs=40,
    batch_size=64,
    learning_rate=0.004,
    optimizer=optimizer,
    augmentation=augmentation,
    least_steps=1000,
)

SMALL = Preset(
    name="small",
    description="under 35,000 parameters, 12 kB of activations: for microcontrollers",
    layers=network,
    recipe=RECIPE,
    things=replace(RECIPE, augmentation=changes_of_things),
)
