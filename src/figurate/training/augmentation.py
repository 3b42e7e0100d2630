"""Figures as a model meets them while it trains: changed by its layers of augmentation, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import ConfigurationError, DataError, ShapeError
from figurate.layers import Layer
from figurate.layers.augmentation import Augmentation
from figurate.training.data import as_array, as_rows, match_figures


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
