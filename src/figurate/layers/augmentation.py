"""What layers of augmentation share: figures changed by chance in training, and left alone otherwise.

The numbers drawn depend on the seed, the epoch, the figure and the layer alone: never on the batch or the threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.layers.axes import CHANNELS_LAST
from figurate.layers.base import EngineLayers, FigureShape, Layer, WeightSpec
from figurate.parameters import LARGEST_SEED, Integer, Option, Range, Real
from figurate.registry import Parameters, Refusal, Refusals

Factor = float | Sequence[float]
Ends = tuple[float, float]

SEED = Integer(high=LARGEST_SEED, optional=True)
VALUE_RANGE = Range(pair=True)
# Of everything that resamples a figure.
RESAMPLING: Parameters = {
    "fill_mode": Option(("constant", "nearest", "reflect", "wrap")),
    "interpolation": Option(("bilinear", "nearest")),
    "seed": SEED,
    "fill_value": Real(),
}
_REFUSED: Refusals = {
    "data_format": CHANNELS_LAST,
    "bounding_box_format": Refusal("Figures come without boxes; leave it out."),
}


class Augmentation(Layer):
    """The abstract base of layers that change figures by chance while a model trains."""

    seed: int | None

    def __init_subclass__(cls, **kwargs: object) -> None:
        cls._refused = {**_REFUSED, **cls._refused}
        super().__init_subclass__(**kwargs)

    _parameters: ClassVar[Parameters] = {}

    def check_input(self, shape: FigureShape) -> None:
        if len(shape) not in (2, 3):
            raise ShapeError(
                f"`{type(self).__name__}` expects figures of height and width, with channels or without, such as "
                f"(None, 28, 28), received shape {(None, *shape)}. Put it before `Flatten()`."
            )

    def tone_range(self) -> Ends | None:
        """Least and greatest value of the figures that this layer is meant for; None where it does not matter."""
        return None

    def __call__(self, *arguments: object, **named: object) -> NoReturn:
        received = shown(arguments[0]) if arguments else "nothing"
        raise UnsupportedError(
            f"`{type(self).__name__}` was called on {received}: layers are no functions here. To see what it does "
            f"write `plots.augmented(layer, x)`, or `model.augment(x)` for the figures themselves."
        )

    def _engine_layer(self, ranges: Mapping[str, Ends], **options: object) -> EngineLayers:
        """The engine's one layer for all of these: `ranges` by name, and further options."""
        found: dict[str, object] = {"fill_mode": "constant", **options}
        for name, (low, high) in ranges.items():
            found[f"{name}_low"], found[f"{name}_high"] = float(low), float(high)
        if self.seed is not None:
            found["stream"] = self.seed % 2**32  # of a stream's number the engine has 32 bits
        return [("augment", found)]


def around(value: Factor, neutral: float = 0.0) -> Ends:
    """A number stands for a range as far to both sides of `neutral`, two for themselves, counted from `neutral`.

    Example:
        >>> around(0.25, 1.0), around((-0.5, 0.25))
        ((0.75, 1.25), (-0.5, 0.25))
    """
    low, high = (-abs(value), abs(value)) if isinstance(value, (int, float)) else value
    return neutral + low, neutral + high


def up_to(value: Factor) -> Ends:
    """A number stands for everything from 0 up to it, two for themselves."""
    low, high = (0.0, value) if isinstance(value, (int, float)) else value
    return low, high


def times(ends: Ends, factor: float) -> Ends:
    """Both ends, so many times."""
    return ends[0] * factor, ends[1] * factor


def resampling(layer: Any) -> dict[str, object]:
    """The engine's options for a layer that has the settings of `RESAMPLING`."""
    return {
        "fill_mode": layer.fill_mode,
        "fill_value": layer.fill_value,
        "nearest": layer.interpolation == "nearest",
    }


def check_places(layers: Iterable[tuple[Layer, Sequence[WeightSpec]]]) -> None:
    """Raise `ConfigurationError` for augmentation behind a layer with weights, where no gradient could pass it.

    Args:
        layers: A model's, first to last, each with its weights.
    """
    weighted: str | None = None
    for layer, weights in layers:
        if isinstance(layer, Augmentation) and weighted is not None:
            raise ConfigurationError(
                f"`{type(layer).__name__}` changes figures before the network sees them: expected before the first "
                f"layer with weights, received {layer.name!r} after `{weighted}`. Move it to the front."
            )
        if weights and weighted is None:
            weighted = layer.name


def degrees(ends: Ends) -> Ends:
    """Degrees in radians."""
    return times(ends, math.pi / 180.0)
