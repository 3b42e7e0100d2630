"""What a network needs on a small device: how many numbers neighbouring layers hold at the same time.

Computed from the layers' shapes alone: nothing is trained or built.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from figurate.layers import Layer

# Value by value, or another view of the same values: they need no room beside what comes in. A normalization is a
# factor and a shift for each channel, often a convolution's beside it; augmentation and dropout are not there in
# prediction.
_IN_PLACE = frozenset(
    {
        "Activation",
        "BatchNormalization",
        "Dropout",
        "Flatten",
        "ReLU",
        "Rescaling",
        "Reshape",
        "Softmax",
        "SpatialDropout2D",
    }
)


def neighbouring_activations(layers: Sequence[Layer], input_shape: Sequence[int]) -> int:
    """The most numbers that two neighbouring layers' outputs are together: bytes where they are int8.

    A layer reads one buffer and writes another; the figure that comes in is the first buffer. Poolings are layers of
    their own, though many a program takes them into the convolution before and needs less. Layers that work in place
    count for nothing; a `Residual` keeps what comes in until its sum is made.

    Args:
        layers: Of one network, first to last, without `Input`.
        input_shape: Of one figure, without the batch axis.

    Returns:
        The number, for one figure.

    Raises:
        ShapeError: A layer does not fit the one before it.

    Example:
        >>> from figurate.layers import Conv2D, Dense, Flatten, MaxPooling2D
        >>> layers = [Conv2D(6, 3), MaxPooling2D(2), Flatten(), Dense(10)]
        >>> neighbouring_activations(layers, (28, 28, 1)) == 26 * 26 * 6 + 13 * 13 * 6
        True
    """
    return _most(layers, tuple(input_shape), 0)[0]


def _most(layers: Sequence[Layer], shape: tuple[int, ...], kept: int) -> tuple[int, tuple[int, ...]]:
    """The most that is held at a time, `kept` numbers beside, and the shape that comes out."""
    from figurate.layers import Residual
    from figurate.layers.augmentation import Augmentation

    most = kept + math.prod(shape)
    for layer in layers:
        after = layer.output_shape_of(shape)
        if isinstance(layer, Residual):
            held = kept + math.prod(shape)
            most = max(most, _most(layer.layers, shape, held)[0], _most(layer.shortcut or (), shape, held)[0])
            most = max(most, held + math.prod(after))
        elif type(layer).__name__ not in _IN_PLACE and not isinstance(layer, Augmentation):
            most = max(most, kept + math.prod(shape) + math.prod(after))
        shape = after
    return most, shape
