"""Figures as a model meets them while it trains, changed by its layers of augmentation: to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from warnings import warn

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import ConfigurationError, DataError, FigurateWarning, ShapeError
from figurate.layers import Flatten, Layer, Rescaling, Reshape
from figurate.layers.augmentation import Augmentation
from figurate.training.data import as_array, as_rows, match_figures

_FAR_OFF = 32.0


def augmented(
    layers: Sequence[Layer],
    x: object,
    shape: tuple[int, ...] | None = None,
    *,
    seed: int = 0,
    epoch: int = 0,
) -> npt.NDArray[np.float32]:
    """What the layers up to the last of augmentation make of figures in one epoch.

    Args:
        layers: A model's layers, first to last, or some that belong to no model.
        x: Figures, (n, *shape), or one of them.
        shape: Of one figure, without the batch axis. None: `x` is (n, height, width) or (n, height, width, channels).
        seed, epoch: Whose random numbers; figure i of `x` draws those of figure i of the epoch.

    Returns:
        A new float32 array (n, *shape).

    Raises:
        ConfigurationError: There is no layer of augmentation.
        ShapeError, DataError: x does not fit; the message says how to mend it.
    """
    places = [place for place, layer in enumerate(layers) if isinstance(layer, Augmentation)]
    if not places:
        raise ConfigurationError(
            "To augment figures expects a layer of augmentation, received none. Put `Augment.digits()`, "
            "`RandomTranslation(0.1, 0.1)` or another before the first layer with weights."
        )
    array = as_array(x, "augment")
    if shape is None:
        if array.ndim not in (3, 4):
            raise ShapeError(
                f"`augment` expects figures (n, height, width) or (n, height, width, channels), received shape "
                f"{array.shape}. For a single figure write `x[numpy.newaxis]`."
            )
        shape = array.shape[1:]
    array = match_figures(array, shape, "augment", one=True)
    rows = as_rows(array).astype(np.float32)
    if not np.isfinite(rows).all():
        raise DataError("`augment` expects finite pixels, received NaN or infinity. Replace them first.")
    kinds, current = [], shape
    for layer in layers[: places[-1] + 1]:
        layer.build((None, *current))
        kinds += layer.to_engine()
        current = layer.output_shape_of(current)
    return _engine.apply_layers(rows, list(shape), kinds, seed, epoch).reshape(len(rows), *current)


def warn_of_ranges(layers: Sequence[Layer], low: float, high: float, caller: str, stacklevel: int = 2) -> None:
    """Warn where a layer of augmentation is meant for values of quite another size than the figures it will meet.

    Args:
        layers: A model's, first to last.
        low, high: Least and greatest pixel of the figures.
        caller: For the message.
        stacklevel: 2 is the line that called the function that calls this one.
    """
    for layer in layers:
        if isinstance(layer, Rescaling):
            low, high = sorted(value * layer.scale + layer.offset for value in (low, high))
        elif isinstance(layer, Augmentation):
            meant = layer.tone_range()
            width = high - low
            # 0..1 in place of 0..255, or the other way round; pictures may well be dark or pale.
            if meant is not None and width and not 1 / _FAR_OFF <= width / (meant[1] - meant[0]) <= _FAR_OFF:
                likely = f"({min(low, 0.0):g}, {1 if high <= 1 else 255 if high <= 255 else high:g})"
                warn(
                    f"`{caller}` passes figures of {low:g} to {high:g} to `{layer.name}`, which expects "
                    f"`value_range=({meant[0]:g}, {meant[1]:g})`. Write `value_range={likely}`, or put `Rescaling` "
                    "before it.",
                    FigurateWarning,
                    stacklevel=stacklevel + 1,
                )
        elif not isinstance(layer, (Flatten, Reshape)):
            return
