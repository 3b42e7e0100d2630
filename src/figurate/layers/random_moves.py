"""Figures moved by chance in training: shifted, turned, scaled, slanted, mirrored.

`RandomTranslation`, `RandomRotation`, `RandomZoom`, `RandomShear` and `RandomFlip` have Keras' names, arguments and
meanings. Each resamples its figure; `Augment` does all of it in one pass.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from figurate.layers.augmentation import RESAMPLING, SEED, Augmentation, Factor, around, resampling, times
from figurate.layers.base import EngineLayers
from figurate.parameters import Option, Range
from figurate.registry import Parameters

_SHARE = Range(low=-1, high=1)


class RandomTranslation(Augmentation):
    """Shifts each figure by chance, in training alone.

    Args:
        height_factor: How far up (below 0) or down, as a share of the height: 0.2 stands for -0.2 to 0.2, two numbers
            for themselves. From -1 to 1.
        width_factor: The same to the left (below 0) and right, of the width.
        fill_mode: What is beyond the edges: "reflect" (d c b a | a b c d | d c b a), the default; "constant",
            `fill_value`; "nearest", the last pixel; "wrap", the other edge.
        interpolation: "bilinear" (the default) between four pixels, or "nearest".
        seed: Which numbers are drawn, together with the seed of the fit. None (the default) goes by the layer's place
            in the network.
        fill_value: Beyond the edges for "constant".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong; or the layer stands behind one with weights.
        ShapeError: Figures have no height and width.
        UnsupportedError: `data_format="channels_first"`, `bounding_box_format`.

    Example:
        >>> RandomTranslation(0.1, (0.0, 0.2), fill_mode="constant").compute_output_shape((None, 28, 28))
        (None, 28, 28)
    """

    _parameters: ClassVar[Parameters] = {"height_factor": _SHARE, "width_factor": _SHARE, **RESAMPLING}

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = seed
        self.fill_value = fill_value
        self._check()

    def to_engine(self) -> EngineLayers:
        height, width = self.built_shape[:2]
        down, right = times(around(self.height_factor), height), times(around(self.width_factor), width)
        return self._engine_layer({"shift_y": down, "shift_x": right}, **resampling(self))


class RandomRotation(Augmentation):
    """Turns each figure by chance about its middle, in training alone.

    Args:
        factor: How far counter-clockwise (below 0: clockwise), as a share of a full turn: 0.1 stands for -36 to 36
            degrees, two numbers for themselves. From -1 to 1.
        fill_mode, interpolation, seed, fill_value: See `RandomTranslation`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomTranslation`.

    Example:
        >>> RandomRotation(15 / 360, fill_mode="constant").fill_mode
        'constant'
    """

    _parameters: ClassVar[Parameters] = {"factor": _SHARE, **RESAMPLING}

    def __init__(
        self,
        factor: Factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = seed
        self.fill_value = fill_value
        self._check()

    def to_engine(self) -> EngineLayers:
        return self._engine_layer({"rotation": times(around(self.factor), 2 * math.pi)}, **resampling(self))


class RandomZoom(Augmentation):
    """Makes each figure larger or smaller by chance, about its middle, in training alone.

    Args:
        height_factor: How much smaller (below 0: larger): at 0.25 one of the result's pixels covers 1.25 of the
            figure's. 0.25 stands for -0.25 to 0.25, two numbers for themselves. Above -1, up to 1.
        width_factor: The same for the width. None (the default): as drawn for the height, so that nothing is
            stretched.
        fill_mode, interpolation, seed, fill_value: See `RandomTranslation`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomTranslation`.

    Example:
        >>> RandomZoom((-0.2, 0.1)).height_factor
        (-0.2, 0.1)
    """

    _parameters: ClassVar[Parameters] = {
        "height_factor": Range(low=-1, high=1, low_open=True),
        "width_factor": Range(low=-1, high=1, low_open=True, optional=True),
        **RESAMPLING,
    }

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = seed
        self.fill_value = fill_value
        self._check()

    def to_engine(self) -> EngineLayers:
        zooms = {"zoom_y": around(self.height_factor, 1.0)}
        if self.width_factor is not None:
            zooms["zoom_x"] = around(self.width_factor, 1.0)
        return self._engine_layer(zooms, even_zoom=self.width_factor is None, **resampling(self))


class RandomShear(Augmentation):
    """Slants each figure by chance, in training alone; the first pixel stays where it is, as in Keras.

    Args:
        x_factor: Pixels to the side for each row: 0.3 stands for 0 to 0.3, to the left or to the right; two numbers
            for themselves. From 0 to 1.
        y_factor: Pixels up or down for each column, likewise.
        interpolation, fill_mode, fill_value, seed: See `RandomTranslation`.
        data_format: Only "channels_last".
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomTranslation`.

    Example:
        >>> RandomShear(0.2).x_factor
        0.2
    """

    _parameters: ClassVar[Parameters] = {
        "x_factor": Range(low=0, high=1),
        "y_factor": Range(low=0, high=1),
        **RESAMPLING,
    }

    def __init__(
        self,
        x_factor: Factor = 0.0,
        y_factor: Factor = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, data_format=data_format, **common)
        self.x_factor = x_factor
        self.y_factor = y_factor
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = seed
        self.fill_value = fill_value
        self._check()

    def to_engine(self) -> EngineLayers:
        slants = {"slant_x": around(self.x_factor), "slant_y": around(self.y_factor)}
        return self._engine_layer(slants, slant_either_way=True, about_corner=True, **resampling(self))


class RandomFlip(Augmentation):
    """Mirrors half of the figures, chosen by chance, in training alone.

    Not for characters: few of them mean the same in a mirror.

    Args:
        mode: "horizontal" (left and right), "vertical" (top and bottom), or "horizontal_and_vertical" (the default),
            both at once.
        seed: See `RandomTranslation`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomTranslation`.

    Example:
        >>> RandomFlip("horizontal").mode
        'horizontal'
    """

    _parameters: ClassVar[Parameters] = {
        "mode": Option(("horizontal", "vertical", "horizontal_and_vertical")),
        "seed": SEED,
    }

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.mode = mode
        self.seed = seed
        self._check()

    def to_engine(self) -> EngineLayers:
        return self._engine_layer({}, mirror_x="horizontal" in self.mode, mirror_y="vertical" in self.mode)
