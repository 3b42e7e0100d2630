"""From pixels of 0..255 to the range that a model was trained on: what a file with a uint8 input has in its graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError
from figurate.export import steps
from figurate.layers.rescaling import divides_bytes

if TYPE_CHECKING:
    from figurate.export.plan import Model, Plan


@dataclass(frozen=True)
class Scaling:
    """`pixel * scale + offset` is what the model's `predict` takes, for pixels of 0..255."""

    scale: float
    offset: float

    @property
    def ends(self) -> tuple[float, float]:
        """What 0 and 255 become: the range of the model's input."""
        return self.offset, 255 * self.scale + self.offset

    def figures(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Pixels in the range of the model."""
        return np.asarray(pixels * np.float64(self.scale) + self.offset, np.float32)

    def pixels(self, figures: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """The pixels that are nearest to figures in the range of the model."""
        return np.asarray(np.clip(np.rint((figures - self.offset) / self.scale), 0, 255), np.uint8)


def scaling_of(model: Model, plan: Plan) -> Scaling | None:
    """How pixels of 0..255 become the model's input, as `predict_pictures` has it; None where that is not known.

    It is known of a model that was trained, by the range of its figures, and of one that begins with a `Rescaling` of
    whole pixels.

    Args:
        model: Built.
        plan: The model's.

    Example:
        >>> Scaling(1 / 255, 0.0).ends
        (0.0, 1.0)
    """
    trained = model.input_range
    if trained is None:
        first = plan.steps[0] if plan.steps else None
        return Scaling(1.0, 0.0) if isinstance(first, steps.Rescaling) and divides_bytes(first.scale) else None
    low, high = trained.ends
    return Scaling((high - low) / 255, low)


def known_scaling(model: Model, plan: Plan) -> Scaling:
    """`scaling_of`, where there must be one.

    Raises:
        ConfigurationError: No scaling is known.
    """
    found = scaling_of(model, plan)
    if found is None:
        raise ConfigurationError(
            "`export(input='uint8')` expects a model that knows the range of its pixels, received one that did not "
            "learn here and does not begin with `Rescaling(1 / 255)`. Train it, call `model.learn_form(x_train)` with "
            "the figures that it learned from, or export it with `input='float32'`."
        )
    return found
