"""How a preset's network is fitted to the size of the figures: padding, a first stride, and how often it pools.

Networks are designed for figures of 28 × 28 pixels with two poolings, and others are brought near to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from figurate.layers import Layer

# Sides, the shorter one of a figure.
_HALVED_FROM = 40
_SAME_BELOW = 24
_ONE_POOLING_BELOW = 16


@dataclass(frozen=True)
class Sizes:
    """What a network for figures of some size does.

    Attributes:
        strides: Of the first convolution: 2 for figures whose shorter side has 40 pixels or more, which are halved so
            that they cost little more than others; else 1.
        padding: Of convolutions that would otherwise eat up a figure's border: "same" where the shorter side, halved
            if it is, has fewer than 24 pixels, so that something is left; else "valid".
        poolings: Halvings within the network: 1 where the shorter side has fewer than 16 pixels, else 2.

    Example:
        >>> Sizes.of((28, 28, 1))
        Sizes(strides=1, padding='valid', poolings=2)
        >>> Sizes.of((8, 8, 1))
        Sizes(strides=1, padding='same', poolings=1)
        >>> Sizes.of((64, 64, 3))
        Sizes(strides=2, padding='valid', poolings=2)
    """

    strides: int
    padding: Literal["same", "valid"]
    poolings: int

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> Sizes:
        """What fits figures of `shape`: (height, width, channels)."""
        side = min(shape[:2])
        strides = 2 if side >= _HALVED_FROM else 1
        return cls(strides, "same" if side // strides < _SAME_BELOW else "valid", 1 if side < _ONE_POOLING_BELOW else 2)

    def pool(self, number: int) -> list[Layer]:
        """The network's pooling of this number, counted from 1; no layer where figures are too small for it."""
        from figurate.layers import MaxPooling2D

        return [MaxPooling2D(2)] if number <= self.poolings else []
