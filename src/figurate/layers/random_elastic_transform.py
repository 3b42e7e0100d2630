"""`RandomElasticTransform`: figures bent by chance in training, as Keras bends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from figurate.layers.augmentation import RESAMPLING, VALUE_RANGE, Augmentation, Ends, Factor, resampling, up_to
from figurate.layers.base import EngineLayers
from figurate.parameters import Range
from figurate.registry import Parameters

_CHANCE = Range(low=0, high=1)


class RandomElasticTransform(Augmentation):
    """Displaces each figure's pixels by a smooth random field, by chance, in training alone.

    `Augment(elastic=…)` does much the same in a fifth of the time, and with turning and shifting in one resampling.

    Args:
        factor: The probability, itself drawn for each figure: 1.0 (the default) stands for 0 to 1, two numbers for
            themselves.
        scale: Of the field, drawn for each figure: of noise of the deviation 0.05 · scale · shorter side, blurred by a
            Gaussian of the same deviation, times 0.1 · scale · longer side. 1.0 (the default) stands for 0 to 1, two
            numbers for themselves. From 0 to 1.
        interpolation: "bilinear" (the default) between four pixels, or "nearest".
        fill_mode: What is beyond the edges; "reflect" by default, see `RandomTranslation`.
        fill_value: Beyond the edges for "constant".
        value_range: Least and greatest value, to which figures are bounded. Defaults to (0, 255); write (0, 1) where
            pixels were divided by 255 before.
        seed: Which numbers are drawn, together with the seed of the fit. None (the default) goes by the layer's place
            in the network.
        name, input_shape: See `Layer`.

    Input shape: (batch, height, width) or (batch, height, width, channels).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong; or the layer stands behind one with weights.
        ShapeError: Figures have no height and width.

    Example:
        >>> RandomElasticTransform((1.0, 1.0), scale=0.5, name="bend")
        RandomElasticTransform(factor=(1.0, 1.0), scale=0.5, name='bend')

    Deviation: Keras draws one scale for a whole batch.

    Source: Simard, Steinkraus & Platt, "Best practices for convolutional neural networks applied to visual document
    analysis", ICDAR 2003; Keras' `random_elastic_transform.py`.
    """

    _parameters: ClassVar[Parameters] = {
        "factor": _CHANCE,
        "scale": _CHANCE,
        "value_range": VALUE_RANGE,
        **RESAMPLING,
    }
    value_range: Ends

    def __init__(
        self,
        factor: Factor = 1.0,
        scale: Factor = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.factor = factor
        self.scale = scale
        self.interpolation = interpolation
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.value_range = value_range  # type: ignore[assignment]  # `_check` makes it a tuple
        self.seed = seed
        self._check()

    def tone_range(self) -> Ends | None:
        return self.value_range

    def to_engine(self) -> EngineLayers:
        low, high = self.value_range
        return self._engine_layer(
            {"wobble": up_to(self.factor), "wobble_scale": up_to(self.scale)},
            bounded=True,
            low=low,
            high=high,
            **resampling(self),
        )
