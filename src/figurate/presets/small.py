"""`small`: the most that fits into a microcontroller of the better kind.

For 28 × 28 grey figures and 10 classes it has fewer than 35,000 parameters, and no two neighbouring layers' outputs are
more than 12,000 numbers, so 12 kB in int8 (budget.py counts them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.presets import parts
from figurate.presets.base import Preset, Recipe

if TYPE_CHECKING:
    from figurate.layers import Layer


def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
    """As `best`, with half the channels and no dropout."""
    # A first window of 5 leaves 24 × 24 pixels; after one of 3, 26 × 26 of 16 channels would be too many.
    return parts.normalized_groups(shape, classes, groups=[(16,), (32, 32), (56,)], first_window=5)


SMALL = Preset(
    name="small",
    description="under 35,000 parameters, 12 kB of activations: for microcontrollers",
    layers=network,
    recipe=Recipe(
        epochs=40,
        batch_size=64,
        learning_rate=0.004,
        optimizer=parts.averaged_adam,
        loss=parts.softened,
        augmentation=parts.bent,
        unchanged=1 / 16,
        least_steps=1000,
    ),
).with_things(augmentation=parts.mirrored)
