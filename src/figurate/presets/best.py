"""`best`: four convolutions with batch normalization, for the fewest mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.presets import parts
from figurate.presets.base import Preset, Recipe

if TYPE_CHECKING:
    from figurate.layers import Layer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """A convolution, two and one more, 32, 64 and 128 channels wide, each group normalized."""
    return parts.normalized_groups(shape, classes, groups=[(32,), (64, 64), (128,)], first_window=5, dropout=0.3)


def finer(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """As `network`, but looks at all pixels twice before it pools them: things have seams, not an outline alone."""
    return parts.normalized_groups(shape, classes, groups=[(32, 32), (64, 64), (128,)], first_window=3, dropout=0.3)


def garments() -> list[Layer]:
    """What pictures of things vary in."""
    from figurate.layers import Augment

    return [Augment.garments()]


BEST = Preset(
    name="best",
    description="the fewest mistakes, for minutes of training",
    layers=network,
    recipe=Recipe(
        epochs=16,
        batch_size=64,
        learning_rate=0.004,
        optimizer=parts.averaged_adam,
        loss=parts.softened,
        augmentation=parts.bent,
        unchanged=1 / 16,
        least_steps=1000,
    ),
).with_things(finer, epochs=32, augmentation=garments)
