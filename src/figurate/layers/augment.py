"""`Augment`: everything that may happen to a figure by chance in training, in one pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from figurate.layers.augmentation import (
    RESAMPLING,
    VALUE_RANGE,
    Augmentation,
    Ends,
    Factor,
    around,
    degrees,
    resampling,
    times,
)
from figurate.layers.base import EngineLayers
from figurate.parameters import Boolean, Range, Real
from figurate.registry import Parameters

_SHARE = Range(low=-1, high=1)
_SIZE = Range(low=-0.9, high=0.9)


class Augment(Augmentation):
    """Changes each figure by chance, anew in every epoch, and in training alone: more figures than there are.

    All that moves pixels is put together and computed in one resampling: a microsecond or two for a figure of 28 × 28.
    Nothing happens by default; `Augment.digits()` and `Augment.garments()` are sets to begin with. Wherever two numbers
    may stand, they are the ends of a range, and one number `a` stands for -a to a.

    Args:
        shift: How far right and down, each, as a share of the width and height: 0.1 is up to 2.8 of 28 pixels.
        rotation: Degrees counter-clockwise, about the middle.
        scale: How much larger: 0.1 is 0.9 to 1.1 times the size. From -0.9 to 0.9.
        stretch: How much wider, on top of `scale`.
        shear: Degrees by which upright strokes lean to the right.
        elastic: How far pixels are displaced by a smooth random field, as in handwriting: standard deviation along each
            axis, as a share of the figure's longer side. 0.02 is about half of a pixel of 28; one number.
        smoothness: Distance of the points by which that field is drawn, as a share of the longer side. Defaults to 0.2;
            less makes figures wavy.
        stroke: How much thicker bright strokes become: at 1 by a pixel on each side, below 0 thinner. From -1 to 1.
        contrast: How much stronger, about the mean of each channel: 0.2 is 0.8 to 1.2 times. From -1 to 1.
        brightness: What is added, as a share of `value_range`. From -1 to 1.
        erasing: Probability that a patch is filled with `fill_value`.
        erasing_scale: Two numbers: the square of the patch's sides, as shares of the figure's. Defaults to (0.02, 0.2).
        invert: Probability of the negative, dark on bright.
        mirror: Whether half of the figures are mirrored, left and right. Not for characters. Defaults to False.
        fill_mode: What is beyond the edges: "constant" (the default), "nearest", "reflect" or "wrap"; see
            `RandomTranslation`.
        fill_value: Beyond the edges for "constant". Defaults to 0, the ground of bright figures on dark.
        interpolation: "bilinear" (the default) or "nearest".
        value_range: Least and greatest value of a figure, for contrast, brightness and invert. Defaults to (0, 1): as
            after `Rescaling(1 / 255)`. Write (0, 255) for pixels as they are.
        seed: Which numbers are drawn, together with the seed of the fit. None (the default) goes by the layer's place
            in the network.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong; or the layer stands behind one with weights.
        ShapeError: Figures have no height and width.

    Example:
        >>> Augment(shift=0.07, rotation=10, shear=(0, 20), name="more")
        Augment(shift=0.07, rotation=10.0, shear=(0.0, 20.0), name='more')

    Source: the elastic field after Simard, Steinkraus & Platt, "Best practices for convolutional neural networks
    applied to visual document analysis", ICDAR 2003, drawn by cubic B-splines; `erasing` after Zhong et al., arXiv
    1708.04896.
    """

    _parameters: ClassVar[Parameters] = {
        "shift": _SHARE,
        "rotation": Range(low=-180, high=180),
        "scale": _SIZE,
        "stretch": _SIZE,
        "shear": Range(low=-60, high=60),
        "elastic": Real(low=0, high=1),
        "smoothness": Real(low=0, high=1, low_open=True),
        "stroke": _SHARE,
        "contrast": _SHARE,
        "brightness": _SHARE,
        "erasing": Real(low=0, high=1),
        "erasing_scale": Range(low=0, high=1, pair=True),
        "invert": Real(low=0, high=1),
        "mirror": Boolean(),
        "value_range": VALUE_RANGE,
        **RESAMPLING,
    }
    erasing_scale: Ends
    value_range: Ends

    def __init__(
        self,
        shift: Factor = 0.0,
        rotation: Factor = 0.0,
        scale: Factor = 0.0,
        stretch: Factor = 0.0,
        shear: Factor = 0.0,
        elastic: float = 0.0,
        smoothness: float = 0.2,
        stroke: Factor = 0.0,
        contrast: Factor = 0.0,
        brightness: Factor = 0.0,
        erasing: float = 0.0,
        erasing_scale: Sequence[float] = (0.02, 0.2),
        invert: float = 0.0,
        mirror: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        interpolation: str = "bilinear",
        value_range: Sequence[float] = (0.0, 1.0),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.shift = shift
        self.rotation = rotation
        self.scale = scale
        self.stretch = stretch
        self.shear = shear
        self.elastic = elastic
        self.smoothness = smoothness
        self.stroke = stroke
        self.contrast = contrast
        self.brightness = brightness
        self.erasing = erasing
        self.erasing_scale = erasing_scale  # type: ignore[assignment]  # `_check` makes it a tuple
        self.invert = invert
        self.mirror = mirror
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.interpolation = interpolation
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    @classmethod
    def digits(cls, **changes: Any) -> Self:
        """What handwriting varies in: place, slant, turn, size, the pen and the hand's unrest.

        Args:
            changes: Arguments of `Augment` in place of this set's, or beside them.

        Example:
            >>> Augment.digits(rotation=5, name="hand").rotation
            5.0
        """
        return cls(
            **{
                "shift": 0.07,
                "rotation": 10.0,
                "scale": 0.1,
                "stretch": 0.1,
                "shear": 10.0,
                "elastic": 0.02,
                "stroke": 0.2,
                **changes,
            }
        )

    @classmethod
    def garments(cls, **changes: Any) -> Self:
        """What pictures of things vary in that fill their frames: left and right, a pixel or so, hidden parts.

        What was measured to help on Fashion-MNIST. Photographs vary in more: say `scale`, `brightness`, `contrast`.

        Args:
            changes: Arguments of `Augment` in place of this set's, or beside them.

        Example:
            >>> Augment.garments(mirror=False, name="things").mirror
            False
        """
        return cls(
            **{
                "shift": 0.04,
                "erasing": 0.25,
                "mirror": True,
                **changes,
            }
        )

    def tone_range(self) -> Ends | None:
        used = around(self.contrast) != (0.0, 0.0) or around(self.brightness) != (0.0, 0.0) or self.invert > 0
        return self.value_range if used else None

    def to_engine(self) -> EngineLayers:
        height, width = self.built_shape[:2]
        shift, slant = around(self.shift), around(self.shear)
        low, high = self.value_range
        ranges = {
            "shift_x": times(shift, width),
            "shift_y": times(shift, height),
            "rotation": degrees(around(self.rotation)),
            "zoom_y": _inverse(around(self.scale, 1.0)),
            "zoom_x": _inverse(around(self.stretch, 1.0)),
            "slant_x": (math.tan(math.radians(slant[0])), math.tan(math.radians(slant[1]))),
            "stroke": around(self.stroke),
            "contrast": around(self.contrast, 1.0),
            "brightness": around(self.brightness),
            "erase": (self.erasing, self.erasing),
            "erase_size": self.erasing_scale,
            "invert": (self.invert, self.invert),
        }
        longer = max(height, width)
        return self._engine_layer(
            ranges,
            even_zoom=True,
            bend=self.elastic * longer,
            smoothness=max(self.smoothness * longer, 1.0),
            mirror_x=self.mirror,
            low=low,
            high=high,
            invert_from=low + high,
            erase_value=self.fill_value,
            **resampling(self),
        )


def _inverse(ends: Ends) -> Ends:
    """How many of the figure's pixels each of the result's covers, for sizes from the first to the second."""
    return 1.0 / ends[1], 1.0 / ends[0]
