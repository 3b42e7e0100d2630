"""What the neurons of the first layer learned: each neuron's weights as a picture of what it looks for."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figurate.errors import ShapeError
from figurate.plots._canvas import DIVERGING, Plot, own_style, plain_axes
from figurate.plots._model import first_weights
from figurate.plots._pixels import signed_colours

if TYPE_CHECKING:
    from figurate.models import Sequential

_COLUMNS = 10
_MOST = 100


@own_style()
def weights(of: Sequential | ArrayLike) -> Plot:
    """Draw the weights of the first `Dense` layer, a picture a neuron, or of the first convolution, a picture a filter.

    Red pixels speak for it, blue ones against it, white ones are nothing to it. Of colour figures a picture has the
    colours that speak for it, on grey. The scale is one for all pictures: its ends are the 99.5th percentile of the
    magnitudes, so that a single weight doesn't pale the rest.

    Args:
        of: a model whose first `Dense` layer or convolution sees the pixels of one grey or colour figure, or pictures
            of (units, height, width) or (units, height, width, 3). The first 100 are drawn.

    Raises:
        ShapeError: where the weights make no pictures.
        ConfigurationError: where the model doesn't know its input's shape yet, or is neither a `Sequential` nor
            pictures.

    Example:
        >>> weights(model).save("weights.png")        # doctest: +SKIP
    """
    what, pictures = _pictures(of)
    in_colour = pictures.ndim == 4 and pictures.shape[3] == 3
    if len(pictures) == 0 or not (pictures.ndim == 3 or in_colour):
        raise ShapeError(
            f"Expected weights as pictures, (units, height, width) or (units, height, width, 3), received "
            f"{pictures.shape}. Reshape them, or pass the model."
        )
    shown = pictures[:_MOST]
    limit = float(np.quantile(np.abs(shown), 0.995)) or 1.0
    columns = min(_COLUMNS, len(shown))
    rows = math.ceil(len(shown) / columns)
    plot = Plot(columns * 0.95 + (0.1 if in_colour else 1.0), rows * 1.2 + 0.1)
    cells = plot.subplots(rows, columns, squeeze=False)
    for axes in cells.reshape(-1):
        plain_axes(axes)
    for number, (axes, picture) in enumerate(zip(cells.reshape(-1), shown, strict=False)):
        drawn = signed_colours(picture, limit) if in_colour else picture
        image = axes.imshow(drawn, cmap=DIVERGING, vmin=-limit, vmax=limit, interpolation="nearest")
        axes.set_title(f"{what} {number}", fontsize=8, pad=3)
    if in_colour:  # no bar says what three colours together mean
        return plot
    bar = plot.colorbar(image, ax=list(cells.reshape(-1)), fraction=0.05, pad=0.01, aspect=12 * rows)
    bar.set_label("weight")
    return plot


def _pictures(of: Any) -> tuple[str, NDArray[np.float32]]:
    """What the pictures are of, and the pictures as they are, or a model's."""
    from figurate.models import Ensemble, Sequential as Model  # here, so that importing this doesn't load the engine

    if not isinstance(of, (Model, Ensemble)):
        with suppress(TypeError, ValueError):  # what makes no array is refused as no model
            return "neuron", np.asarray(of, dtype=np.float32)
    return first_weights(of)
