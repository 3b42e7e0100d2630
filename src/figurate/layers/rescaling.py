"""`Rescaling`: raw pixels to the range a network learns well from."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.layers.base import EngineLayers, Layer
from figurate.parameters import Real
from figurate.registry import Parameters


class Rescaling(Layer):
    """`inputs * scale + offset`, in training and prediction alike.

    Args:
        scale: One number: 1/255 brings 0..255 to 0..1.
        offset: One number. Defaults to 0. `Rescaling(1/127.5, offset=-1)` brings 0..255 to -1..1.
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …).

    Output shape: the same.

    Example:
        >>> Rescaling(1 / 255, name="pixels").get_config()
        {'scale': 0.00392156862745098, 'offset': 0.0, 'name': 'pixels'}
    """

    _parameters: ClassVar[Parameters] = {"scale": Real(), "offset": Real()}

    def __init__(self, scale: float, offset: float = 0.0, *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        self.scale = scale
        self.offset = offset
        self._check()

    def to_engine(self) -> EngineLayers:
        return [("rescaling", {"scale": self.scale, "offset": self.offset})]


def divides_bytes(scale: float) -> bool:
    """Whether a network that begins by this scale was made for whole pixels of 0..255.

    Example:
        >>> divides_bytes(1 / 255), divides_bytes(-1 / 127.5), divides_bytes(2.0)
        (True, True, False)
    """
    return 1 / 256 <= abs(scale) <= 1 / 64
