"""What layers ask of a figure's axes: height, width and channels in this order, or the last axis alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.parameters import LARGEST_SIZE
from figurate.registry import Refusal

if TYPE_CHECKING:
    from figurate.layers.base import FigureShape

CHANNELS_LAST = Refusal(
    "Colours lie on the last axis: (height, width, channels). Bring figures into this form by "
    "`numpy.moveaxis(x, 1, -1)`.",
    (None, "channels_last"),
)


def check_planes(owner: str, shape: FigureShape, built: FigureShape | None = None) -> None:
    """Raise `ShapeError` unless a figure has height, width and channels.

    Args:
        owner: The layer's class, for messages.
        shape: Of one figure, without the batch axis.
        built: What the layer was built for, where its weights depend on the channels.
    """
    if len(shape) == 2:
        grey = ", ".join(map(str, (*shape, 1)))
        raise ShapeError(
            f"`{owner}` expects figures of height, width and channels, received shape {(None, *shape)}, without "
            f"channels. For grey figures begin the model with `Input(shape=({grey}))`, add `Reshape(({grey}))` before "
            f"it, or pass `numpy.expand_dims(x, -1)`."
        )
    if len(shape) != 3:
        raise ShapeError(
            f"`{owner}` expects figures of height, width and channels, such as (None, 28, 28, 1), received shape "
            f"{(None, *shape)}. Put it before `Flatten()`, or add `Reshape((height, width, channels))` before it."
        )
    if built is not None and shape[-1] != built[-1]:
        raise channels_changed(owner, shape, built, "channels")


def channels_changed(owner: str, shape: FigureShape, built: FigureShape, what: str) -> ShapeError:
    """The error for figures whose last axis is not what the layer's weights were made for."""
    return ShapeError(
        f"`{owner}` expects {built[-1]} {what} (set when it was built), received shape {(None, *shape)}. Build a new "
        f"model for figures of another kind."
    )


def check_last_axis(owner: str, axis: object) -> None:
    """Raise `UnsupportedError` unless `axis` is -1, alone or in a list."""
    if axis != -1 and axis not in ([-1], (-1,)):
        raise UnsupportedError(
            f"`{owner}(axis=…)` supports -1 alone, the last axis, received {shown(axis)}. Leave it out."
        )


def check_count(name: str, count: int, what: str, advice: str) -> None:
    """Raise `ConfigurationError` for more weights or outputs than any network of small figures has."""
    if count > LARGEST_SIZE:
        raise ConfigurationError(f"`{name}` would have {count} {what}, more than {LARGEST_SIZE}. {advice}")
