"""`best`: four convolutions with batch normalization, for the fewest mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from figurate.presets.base import Preset, Recipe, ema_momentum
from figurate.presets.sizes import Sizes

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.losses import Loss
    from figurate.optimizers import Optimizer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """A convolution, two and one more, 32, 64 and 128 channels wide, each group normalized."""
    from figurate.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten

    sizes = Sizes.of(shape)

    def convolution(filters: int, window: int = 3, strides: int = 1) -> Layer:
        return Conv2D(filters, window, strides=strides, padding=sizes.padding, activation="relu")

    def normalization() -> Layer:
        # Behind the pooling, where numbers are few and convolution, ReLU and pooling stay one step of the engine.
        return BatchNormalization()

    return [
        convolution(32, 5, sizes.strides),
        *sizes.pool(1),
        normalization(),
        convolution(64),
        convolution(64),
        *sizes.pool(2),
        normalization(),
        convolution(128),
        normalization(),
        Flatten(),
        Dropout(0.3),
        Dense(classes, activation="softmax"),
    ]


def augmentation() -> list[Layer]:
    """What handwriting varies in, by a little."""
    from figurate.layers import Augment

    return [Augment(shift=0.07, rotation=10, scale=0.1, shear=8, elastic=0.015)]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; the weights averaged over the last steps."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate), beta_2=0.99, use_ema=True, ema_momentum=ema_momentum(steps))


def loss() -> Loss:
    """A little less than certainty is asked for: single odd figures are not learned by heart."""
    from figurate.losses import SparseCategoricalCrossentropy

    return SparseCategoricalCrossentropy(label_smoothing=0.1)


def changes_of_things() -> list[Layer]:
    """All that pictures of things vary in."""
    from figurate.layers import Augment

    return [Augment.garments()]


RECIPE = Recipe(
    epochs=16,
    batch_size=64,
    learning_rate=0.004,
    optimizer=optimizer,
    loss=loss,
    augmentation=augmentation,
    unchanged=1 / 16,
    least_steps=1000,
)

BEST = Preset(
    name="best",
    description="the fewest mistakes, for minutes of training",
    layers=network,
    recipe=RECIPE,
    things=replace(RECIPE, augmentation=changes_of_things),
)
