"""Where windows lie along an axis: figurate's "same" beside PyTorch's numbers of pixels and its `ceil_mode`."""

from __future__ import annotations

import math


def same_padding(size: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """How far windows reach over the near and the far edge with padding "same".

    Example:
        >>> same_padding(28, 3, 2)
        (0, 1)
    """
    over = max((-(-size // stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return over // 2, over - over // 2


def count(size: int, window: int, stride: int, padding: int, ceil: bool) -> int:
    """How many windows PyTorch's pooling has.

    Example:
        >>> count(5, 2, 2, 0, False), count(5, 2, 2, 0, True)
        (2, 3)
    """
    room = size + 2 * padding - window
    found = (math.ceil(room / stride) if ceil else room // stride) + 1
    # The last window begins within the figure or the near padding.
    return found - 1 if ceil and (found - 1) * stride >= size + padding else found
