"""What a window that slides over a figure leaves: the sizes after a convolution or a pooling.

Knows nothing of what is computed within the window.
"""

from __future__ import annotations

from figurate.errors import ConfigurationError, ShapeError
from figurate.parameters import Option

Two = tuple[int, int]

# Keras takes these in upper case too.
PADDING = Option(("valid", "same"), any_case=True)


def slid(owner: str, sizes: Two, window: Two, strides: Two, dilation: Two, padding: str) -> Two:
    """Height and width of what a window gives that slides over a figure.

    Args:
        owner: The layer's class, for messages.
        sizes: Height and width of the figure.
        window: Of the window.
        strides: Pixels from one place of the window to the next.
        dilation: Distance of neighbours within the window; 1: they touch.
        padding: "valid": the window stays within the figure; "same": zeros around it let strides of 1 keep its size.

    Raises:
        ShapeError: The window does not fit into the figure even once.

    Example:
        >>> slid("MaxPooling2D", (28, 28), (2, 2), (2, 2), (1, 1), "valid")
        (14, 14)
    """
    if padding == "same":
        return -(-sizes[0] // strides[0]), -(-sizes[1] // strides[1])
    extent = (window[0] - 1) * dilation[0] + 1, (window[1] - 1) * dilation[1] + 1
    if extent[0] > sizes[0] or extent[1] > sizes[1]:
        raise ShapeError(
            f"`{owner}` expects figures of at least {extent[0]} × {extent[1]} pixels, the extent of its window, "
            f"received {sizes[0]} × {sizes[1]}. Choose a smaller window, `padding='same'`, or less pooling before it."
        )
    return (sizes[0] - extent[0]) // strides[0] + 1, (sizes[1] - extent[1]) // strides[1] + 1


def check_strides(owner: str, strides: Two, dilation: Two) -> None:
    """Raise `ConfigurationError` where a window both skips places and has gaps, as Keras does."""
    if max(strides) > 1 and max(dilation) > 1:
        raise ConfigurationError(
            f"`{owner}` expects `strides` or `dilation_rate` of 1, received strides={strides} and "
            f"dilation_rate={dilation}. Choose one of the two."
        )
