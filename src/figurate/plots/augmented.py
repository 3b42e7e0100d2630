"""Figures beside what augmentation makes of them, many times over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import ShapeError
from figurate.layers import Layer
from figurate.models import Sequential
from figurate.plots._canvas import TEXT, Plot
from figurate.plots.grid import grid
from figurate.training.augmentation import augmented as augment


def augmented(
    source: Sequential | Layer | Sequence[Layer], x: ArrayLike, *, count: int = 11, seed: int | None = None
) -> Plot:
    """Draw each figure in a row of its own: first as it is, then as training meets it in some epochs.

    Args:
        source: A model with layers of augmentation, or such layers themselves.
        x: (n, height, width) or (n, height, width, channels), as passed to `fit`; or one figure of a model. At most
            400 in all, with their changed ones.
        count: Times that each is shown changed.
        seed: Of the random numbers. None: a model's own, or 0.

    Raises:
        ConfigurationError: There is no layer of augmentation.
        ShapeError, DataError: `x` does not fit.

    Example:
        >>> augmented(Augment.digits(), x_train[:3]).save("augmented.png")        # doctest: +SKIP
    """
    if count < 1:
        raise ShapeError(f"`augmented(count=…)` expects at least 1, received {count}.")
    figures, shape = np.asarray(x), None
    if isinstance(source, Sequential):
        if not source.built:
            source.build((None, *figures.shape[1:]))
        layers, shape = source.layers, source.network.input_shape
        seed = source.seed if seed is None else seed
        if figures.ndim == len(shape):
            figures = figures[np.newaxis]
    else:
        layers = [source] if isinstance(source, Layer) else list(source)
    changed = augment(layers, np.repeat(figures, count, axis=0), shape, seed=seed or 0)
    rows = changed.reshape(len(figures), count, *changed.shape[1:])
    pictures = [picture for figure, row in zip(figures, rows, strict=True) for picture in (figure, *row)]
    captions = [caption for _ in figures for caption in ("as it is", *[""] * count)]
    return grid(pictures, captions, TEXT, count + 1, headed=True)
