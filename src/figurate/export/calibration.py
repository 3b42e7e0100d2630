"""Figures on which the ranges of a network's numbers are found before they are written in int8."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, DataError
from figurate.export.metadata import picture_size
from figurate.export.pixels import Scaling, scaling_of
from figurate.export.plan import Model, Plan
from figurate.training.data import as_array, match_figures

FEWEST = 10
MOST = 500
"""More figures move the least and greatest values no further."""


def calibration_figures(model: Model, plan: Plan, given: Any = None) -> npt.NDArray[np.float32]:
    """The figures to find ranges on, in the range of the model.

    Args:
        model: Built.
        plan: The model's.
        given: Figures as `predict` takes them, (n, *input_shape), of which some hundred are used, evenly spread. None:
            MNIST's training figures, where they fit.

    Returns:
        float32 (at most `MOST`, *input_shape).

    Raises:
        ConfigurationError: None were given, and MNIST's do not fit.
        DataError, ShapeError: Those given are no figures of the model's.
    """
    if given is not None:
        figures = match_figures(as_array(given, "export", "calibration"), plan.input_shape, "export", "calibration")
        figures = _some(figures).reshape(-1, *plan.input_shape).astype(np.float32)
        if not np.isfinite(figures).all():
            raise DataError("`export(calibration=…)` expects finite numbers, received NaN or infinity. Remove them.")
        _check(figures, scaling_of(model, plan))
        return figures
    scaling = scaling_of(model, plan)
    fits = plan.input_shape == (784,) or picture_size(plan.input_shape) == (28, 28, 1)
    if scaling is None or not fits:
        raise ConfigurationError(
            "`export(precision='int8')` expects some hundred figures to find the ranges of numbers on, received none. "
            "Pass figures that the model was trained on: `calibration=x_train[:500]`, or `--calibration DATA`."
        )
    from figurate.datasets import mnist

    pixels = on_ground(model, _some(mnist.load_data()[0][0]).reshape(-1, *plan.input_shape))
    return scaling.figures(pixels)


def on_ground(model: Model, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """MNIST's pixels, light strokes on dark, as the model has its figures."""
    form = model.preprocessing
    return 255 - pixels if form is not None and form.ground == "light" else pixels


def _check(figures: npt.NDArray[np.float32], scaling: Scaling | None) -> None:
    """Refuse figures on which no range can be found: too few, all alike, or not in the range of the model's."""
    if len(figures) < FEWEST:
        raise DataError(
            f"`export(calibration=…)` expects some hundred figures, at least {FEWEST}, received {len(figures)}. Pass "
            "figures that the model was trained on."
        )
    low, high = float(figures.min()), float(figures.max())
    if low == high:
        raise DataError(
            f"`export(calibration=…)` expects figures with something in them, received {low:g} throughout. Pass "
            "figures that the model was trained on."
        )
    if scaling is None:
        return
    first, last = sorted(scaling.ends)
    span = last - first
    if first - span / 2 <= low and first + span / 4 <= high <= last + span / 2:
        return
    raise DataError(
        f"`export(calibration=…)` expects figures as `predict` takes them, {first:g}..{last:g}, received "
        f"{low:g}..{high:g}. Bring them into the range of the training figures."
    )


def _some(figures: npt.NDArray[Any]) -> npt.NDArray[Any]:
    rows = np.linspace(0, len(figures) - 1, min(MOST, len(figures))).astype(int)
    return np.asarray(figures[rows])
