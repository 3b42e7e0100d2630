"""What several presets' networks and recipes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figurate.presets.base import ema_momentum
from figurate.presets.sizes import Sizes

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.losses import Loss
    from figurate.optimizers import Optimizer


def normalized_groups(
    shape: tuple[int, ...], classes: int, groups: Sequence[Sequence[int]], first_window: int, dropout: float = 0.0
) -> list[Layer]:
    """Groups of convolutions, a pooling behind each but the last, each group normalized; and a dense layer.

    Normalizations are behind the poolings, where numbers are few, and convolution, ReLU and pooling stay one step of
    the engine.

    Args:
        shape: Of a figure: (height, width, channels).
        classes: How many there are.
        groups: The filters of each group's convolutions.
        first_window: Width and height of the first one's window; the others' is 3.
        dropout: Before the dense layer; 0, the default: none.
    """
    from figurate.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten

    sizes = Sizes.of(shape)
    layers: list[Layer] = []
    for number, group in enumerate(groups, 1):
        for filters in group:
            window, strides = (3, 1) if layers else (first_window, sizes.strides)
            layers.append(Conv2D(filters, window, strides=strides, padding=sizes.padding, activation="relu"))
        if number < len(groups):
            layers += sizes.pool(number)
        layers.append(BatchNormalization())
    return [
        *layers,
        Flatten(),
        *([Dropout(dropout)] if dropout else []),
        Dense(classes, activation="softmax"),
    ]


def bent() -> list[Layer]:
    """What handwriting varies in, by a little."""
    from figurate.layers import Augment

    return [Augment(shift=0.07, rotation=10, scale=0.1, shear=8, elastic=0.015)]


def mirrored() -> list[Layer]:
    """What pictures of things vary in that few weights can follow: left and right, and a pixel of 28."""
    from figurate.layers import Augment

    return [Augment(shift=0.04, mirror=True)]


def averaged_adam(rate: float, steps: int) -> Optimizer:
    """Adam, up to a high rate and down again; the weights averaged over the last steps."""
    from figurate.optimizers import Adam
    from figurate.optimizers.schedules import OneCycle

    return Adam(OneCycle(rate), beta_2=0.99, use_ema=True, ema_momentum=ema_momentum(steps))


def softened() -> Loss:
    """A little less than certainty is asked for: single odd figures are not learned by heart."""
    from figurate.losses import SparseCategoricalCrossentropy

    return SparseCategoricalCrossentropy(label_smoothing=0.1)
