"""`best`: six convolutions with batch normalization, for the fewest mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.presets.base import Preset, Recipe, ema_momentum
from figurate.presets.sizes import Sizes

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.optimizers import Optimizer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """Three pairs of convolutions, 32, 64 and 128 channels wide."""
    from figurate.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, ReLU

    sizes = Sizes.of(shape)

    def convolution(filters: int, strides: int = 1) -> list[Layer]:
        # The bias would be taken away again by the normalization.
        return [
            Conv2D(filters, 3, strides=strides, padding="same", use_bias=False),
            BatchNormalization(momentum=0.9),
            ReLU(),
        ]

    return [
        *convolution(32, sizes.strides),
        *convolution(32),
        *sizes.pool(1),
        *convolution(64),
        *convolution(64),
        *sizes.pool(2),
        *convolution(128),
        *convolution(128),
        GlobalAveragePooling2D(),
        Dense(classes, activation="softmax"),
    ]


def augmentation() -> list[Layer]:
    """All that handwriting varies in."""
    from figurate.layers import Augment

    return [Augment.digits()]


def optimizer(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; the weights averaged over the last steps."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate), beta_2=0.99, use_ema=True, ema_momentum=ema_momentum(steps))


BEST = Preset(
    name="best",
    description="the fewest mistakes, for minutes of training",
    layers=network,
    recipe=Recipe(
        epochs=15,
        batch_size=64,
        learning_rate=0.004,
        optimizer=optimizer,
        augmentation=augmentation,
        least_steps=1000,
    ),
)
