"""Figures whose values are changed by chance in training: in tone, polarity, or patches of them left out.

`RandomBrightness`, `RandomContrast`, `RandomInvert` and `RandomErasing` have Keras' names, arguments and meanings, its
`value_range` among them: (0, 255) by default, for figures that were not scaled before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate.layers.augmentation import SEED, VALUE_RANGE, Augmentation, Ends, Factor, around, up_to
from figurate.layers.base import EngineLayers
from figurate.parameters import Range, Real
from figurate.registry import Parameters

_CHANCE = Range(low=0, high=1)


class RandomBrightness(Augmentation):
    """Makes each figure brighter or darker by chance, in training alone.

    Args:
        factor: What is added, as a share of the range of values: 0.2 stands for -0.2 to 0.2, two numbers for
            themselves. From -1 to 1.
        value_range: Least and greatest value of a figure, within which it stays. Defaults to (0, 255); write (0, 1)
            where pixels were divided by 255 before.
        seed: Which numbers are drawn, together with the seed of the fit. None (the default) goes by the layer's place
            in the network.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong; or the layer stands behind one with weights.
        ShapeError: Figures have no height and width.

    Example:
        >>> RandomBrightness(0.1, value_range=(0, 1)).value_range
        (0.0, 1.0)
    """

    _parameters: ClassVar[Parameters] = {
        "factor": Range(low=-1, high=1),
        "value_range": VALUE_RANGE,
        "seed": SEED,
    }
    value_range: Ends

    def __init__(
        self,
        factor: Factor,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    def tone_range(self) -> Ends | None:
        return self.value_range

    def to_engine(self) -> EngineLayers:
        low, high = self.value_range
        return self._engine_layer({"brightness": around(self.factor)}, low=low, high=high)


class RandomContrast(Augmentation):
    """Strengthens or weakens each figure's contrast by chance, about the mean of each channel, in training alone.

    Args:
        factor: 0.2 stands for 0.8 to 1.2 times the contrast, two numbers for 1 minus the first to 1 plus the second.
            From 0 to 1.
        value_range, seed: See `RandomBrightness`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomBrightness`.

    Example:
        >>> RandomContrast((0.5, 0.2)).factor
        (0.2, 0.5)

    Deviation: as Keras' documentation has it, one number makes contrast weaker as well as stronger; Keras 3.15 itself
    only makes it stronger.
    """

    _parameters: ClassVar[Parameters] = {"factor": _CHANCE, "value_range": VALUE_RANGE, "seed": SEED}
    value_range: Ends

    def __init__(
        self,
        factor: Factor,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    def tone_range(self) -> Ends | None:
        return self.value_range

    def to_engine(self) -> EngineLayers:
        low, high = self.value_range
        lower, upper = (self.factor, self.factor) if isinstance(self.factor, float) else self.factor
        return self._engine_layer({"contrast": (1.0 - lower, 1.0 + upper)}, low=low, high=high)


class RandomInvert(Augmentation):
    """Turns figures into their negatives by chance, in training alone.

    Args:
        factor: The probability, itself drawn for each figure: 1.0 (the default) stands for 0 to 1, so that half are
            inverted in the end; two numbers for themselves.
        value_range: The second is what 0 becomes. Defaults to (0, 255); write (0, 1) where pixels were divided by 255
            before.
        seed: See `RandomBrightness`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomBrightness`.

    Example:
        >>> RandomInvert((0.5, 0.5), value_range=(0, 1)).factor
        (0.5, 0.5)
    """

    _parameters: ClassVar[Parameters] = {"factor": _CHANCE, "value_range": VALUE_RANGE, "seed": SEED}
    value_range: Ends

    def __init__(
        self,
        factor: Factor = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    def tone_range(self) -> Ends | None:
        return self.value_range

    def to_engine(self) -> EngineLayers:
        return self._engine_layer({"invert": up_to(self.factor)}, invert_from=self.value_range[1])


class RandomErasing(Augmentation):
    """Fills a patch of each figure with a value or with noise, by chance, in training alone.

    Args:
        factor: The probability, itself drawn for each figure: 1.0 (the default) stands for 0 to 1, two numbers for
            themselves.
        scale: Of each side of the patch the square, as a share of the figure's side; drawn for height and width.
            Defaults to (0.02, 0.33): 14 to 57 per cent of the side. One number stands for 0 to it. From 0 to 1.
        fill_value: What fills the patch. None (the default): normal numbers times the greatest value, bounded to the
            range of values.
        value_range: Least and greatest value of a figure. Defaults to (0, 255); write (0, 1) where pixels were divided
            by 255 before.
        seed: See `RandomBrightness`.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        See `RandomBrightness`.

    Example:
        >>> RandomErasing((0.25, 0.25), fill_value=0.0).fill_value
        0.0

    Source: Zhong, Zheng, Kang, Li & Yang, "Random erasing data augmentation", arXiv 1708.04896, 2017.
    """

    _parameters: ClassVar[Parameters] = {
        "factor": _CHANCE,
        "scale": Range(low=0, high=1),
        "fill_value": Real(optional=True),
        "value_range": VALUE_RANGE,
        "seed": SEED,
    }
    value_range: Ends

    def __init__(
        self,
        factor: Factor = 1.0,
        scale: Factor = (0.02, 0.33),
        fill_value: float | None = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.scale = scale
        self.fill_value = fill_value
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    def tone_range(self) -> Ends | None:
        return self.value_range

    def to_engine(self) -> EngineLayers:
        low, high = self.value_range
        # Keras bounds the value, too.
        fill = {} if self.fill_value is None else {"erase_value": min(max(self.fill_value, low), high)}
        return self._engine_layer(
            {"erase": up_to(self.factor), "erase_size": up_to(self.scale)},
            erase_with_noise=self.fill_value is None,
            low=low,
            high=high,
            **fill,
        )
