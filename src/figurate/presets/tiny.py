"""`tiny`: what fits into the smallest microcontrollers.

For 28 × 28 grey figures and 10 classes it has fewer than 5,000 parameters, and no two neighbouring layers' outputs are
more than 6,000 numbers, so 6 kB in int8 (budget.py counts them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.presets import parts
from figurate.presets.base import Preset, Recipe

if TYPE_CHECKING:
    from figurate.layers import Layer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """As `small`, much thinner, with a first window of 3."""
    return parts.normalized_groups(shape, classes, groups=[(6,), (10, 14), (16,)], first_window=3)


def augmentation() -> list[Layer]:
    """A little of what handwriting varies in: so few weights are busy with the figures as they are."""
    from figurate.layers import Augment

    return [Augment(shift=0.05, rotation=8, scale=0.08, elastic=0.015)]


TINY = Preset(
    name="tiny",
    description="under 5,000 parameters, 6 kB of activations: for the smallest devices",
    layers=network,
    recipe=Recipe(
        epochs=60,
        batch_size=64,
        learning_rate=0.008,
        optimizer=parts.averaged_adam,
        augmentation=augmentation,
        unchanged=1 / 16,
        least_steps=1000,
    ),
).with_things(augmentation=parts.mirrored)
