"""Every export is run against its model before it is given out: on real figures, where some fit, and on random ones.

Knows no format: it is handed what runs the file.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figurate.errors import FigurateError, FigurateWarning
from figurate.export.calibration import on_ground
from figurate.export.metadata import picture_size
from figurate.export.pixels import Scaling, scaling_of

if TYPE_CHECKING:
    from figurate.export.plan import Model, Plan

Run = Callable[[npt.NDArray[Any]], npt.NDArray[np.float32]]

REAL, RANDOM = 200, 56
LIMIT = 1e-4
"""The greatest difference that float32 in another order of sums can make of probabilities, with room."""
ROUGH_LIMIT = 0.1
"""Of int8: the mean, over figures, of a figure's greatest difference. Beyond it the numbers are another network's."""
LEAST_ALIKE = 0.95
"""Of int8: the share of real figures below which a warning says that the file reads them otherwise."""


class DisagreementError(FigurateError, RuntimeError):
    """An exported file does not give what its model gives; it was not written."""


@dataclass(frozen=True)
class Agreement:
    """How a file's outputs compare with its model's.

    Attributes:
        figures: How many were compared.
        real: How many of them are figures that the model was made for, or MNIST's; the others are random.
        largest: The greatest difference between any two outputs.
        mean: The mean, over figures, of a figure's greatest difference.
        same_class: The share of the real figures (of all, where none is) for which both have the same greatest output.
    """

    figures: int
    real: int
    largest: float
    mean: float
    same_class: float


def real_pixels(model: Model, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Some of MNIST's test figures, on the model's ground, where they fit; else none.

    Returns:
        (n, *shape) uint8.
    """
    if shape != (784,) and picture_size(shape) != (28, 28, 1):
        return np.empty((0, *shape), np.uint8)
    from figurate.datasets import mnist

    x = mnist.load_data()[1][0]
    return on_ground(model, x[:: len(x) // REAL][:REAL].reshape(-1, *shape))


def random_pixels(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Random figures, every other one mostly blank, as drawn figures are: (n, *shape) uint8.

    Example:
        >>> random_pixels((8, 8)).shape
        (56, 8, 8)
    """
    found = np.random.default_rng(0).integers(0, 256, (RANDOM, *shape), dtype=np.uint8)
    found[::2] *= found[::2] > 200
    return found


def agreed(
    model: Model,
    plan: Plan,
    run: Run,
    *,
    input: str = "float32",
    rough: bool = False,
    real: npt.NDArray[np.float32] | None = None,
) -> Agreement:
    """Compare a file with its model.

    Args:
        model: Built.
        plan: The model's.
        run: What the file gives for figures (n, *input_shape).
        input: "float32": the file takes figures as `predict` does; "uint8": pixels of 0..255.
        rough: Whether the file computes in int8, which cannot give the same numbers: then the real figures are judged,
            and in the mean.
        real: Figures in the range of the model in place of MNIST's, such as those of a calibration.

    Raises:
        DisagreementError: It gives something else.
    """
    # A model whose range is not known is asked about 0..1.
    scaling = scaling_of(model, plan) or Scaling(1 / 255, 0.0)
    known = scaling.figures(real_pixels(model, plan.input_shape)) if real is None else _some(real)
    figures = np.concatenate([known, scaling.figures(random_pixels(plan.input_shape))])
    given: npt.NDArray[Any] = figures
    if input == "uint8":
        given = scaling.pixels(figures)
        figures = scaling.figures(given)
    count = len(known)
    expected = model.predict(figures)
    received = run(given)
    if received.shape != expected.shape or not np.isfinite(received).all():
        raise DisagreementError(
            f"The exported file was not written: expected finite outputs of shape {expected.shape}, received shape "
            f"{received.shape}{'' if np.isfinite(received).all() else ' with NaN or infinity'}. Please report it with "
            "the model."
        )
    # Scores may be of any size: they are compared in units of the largest.
    unit = max(1.0, float(np.abs(expected).max()))
    n = len(expected)
    differences = np.abs(received.reshape(n, -1) - expected.reshape(n, -1)).max(axis=1) / unit
    judged = slice(count or None)
    same = _classes(received.reshape(n, -1)[judged]) == _classes(expected.reshape(n, -1)[judged])
    found = Agreement(n, count, float(differences.max()), float(differences[judged].mean()), float(same.mean()))
    measured, limit = (found.mean, ROUGH_LIMIT) if rough else (found.largest, LIMIT)
    if measured > limit:
        advice = "Pass more figures like those it will see as `calibration=`" if rough else "Please report it"
        raise DisagreementError(
            f"The exported file was not written: expected outputs within {limit:g} of the model's on {n} figures, "
            f"received a difference of {measured:.3g}. {advice}, or save the model with `model.save`."
        )
    if rough and count and expected.ndim == 2 and found.same_class < LEAST_ALIKE:
        # Numbers may be near each other and still differ in which is greatest, where a model is sure of nothing.
        warnings.warn(
            f"The exported file gives another class than the model for {1 - found.same_class:.0%} of {count} figures: "
            "outputs that are nearly alike fall to either side in int8. Train the model longer, or pass more figures "
            "like those it will see as `calibration=`, and measure the file with `figurate evaluate`.",
            FigurateWarning,
            stacklevel=2,
        )
    return found


def _classes(outputs: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The class of each figure; one output is the probability of the second of two."""
    found = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return found.astype(np.int64)


def _some(figures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return figures[:: -(-len(figures) // REAL)]
