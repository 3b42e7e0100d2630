"""What a model makes of pieces of ink: brought into its form, many at once, read with probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, ShapeError

Pixels = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float64]

_DIGITS = "0123456789"
_SPOT = np.pad(np.full((4, 4), 255, np.uint8), 2)  # shown to a model to see how many classes it has


class Form(Protocol):
    """What figures look like that a model takes: `figurate.figures.FigurePreprocessing`."""

    @property
    def box(self) -> tuple[float, float] | None: ...

    def all_from_ink(self, pieces: Sequence[Pixels]) -> Pixels: ...


class Classes(Protocol):
    """What was read in some figures: (n, classes), and a name for each class."""

    @property
    def probabilities(self) -> npt.NDArray[np.floating]: ...

    @property
    def class_names(self) -> Sequence[str]: ...


class Model(Protocol):
    """Whatever reads figures."""

    @property
    def preprocessing(self) -> Form | None: ...

    def classify_form(self, figures: Pixels) -> Classes: ...


class Judge:
    """A model that is shown pieces of ink.

    Args:
        model: Has `preprocessing`, and `classify_form`, which takes figures (n, …) uint8 in the model's form and gives
            `probabilities` (n, classes) with `class_names`.

    Raises:
        ConfigurationError: The model's record has no form that ink can be brought into.
    """

    def __init__(self, model: Model) -> None:
        form = getattr(model, "preprocessing", None)
        if form is None:
            raise ConfigurationError(
                "Reading a whole picture takes a model that knows what its figures look like; this one's "
                "`preprocessing` is None. Train it with `fit` on figures, or call `model.learn_form(x_train)` with "
                "those that it learned from."
            )
        if form.box is None:
            raise ConfigurationError(
                "Reading a whole picture takes a model whose figures are strokes on a ground, cropped and centred, as "
                "MNIST's are; this one was trained on pictures that fill their frame (its preprocessing has no `box`). "
                "Use `model.predict_pictures` for such."
            )
        self._model = model
        self._form: Form = form

    def name(self, number: int) -> str:
        """The name of a class; its number where the model knows none."""
        return self._names[number]

    @cached_property
    def digits_alone(self) -> bool:
        """Whether all classes are digits; ten or fewer without names count as such."""
        return all(len(name) == 1 and name in _DIGITS for name in self._names)

    @cached_property
    def _names(self) -> Sequence[str]:
        return self._model.classify_form(self._form.all_from_ink([_SPOT])).class_names

    def probabilities(self, inks: Sequence[Pixels]) -> Probabilities:
        """(n, classes) for n pieces of ink, light strokes on black, of any size.

        Raises:
            ShapeError: The model's output is no row of probabilities a figure.
        """
        if not inks:
            return np.zeros((0, 1))
        figures = self._form.all_from_ink(list(inks))
        found = np.asarray(self._model.classify_form(figures).probabilities, np.float64)
        if found.ndim != 2 or len(found) != len(inks):
            raise ShapeError(
                f"Expected the model to return probabilities of the shape ({len(inks)}, classes), received "
                f"{found.shape}. Give it a last layer with one output a class."
            )
        return found


def sureness(probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """How sure a model is of what it reads, (n,), comparable between models.

    Args:
        probabilities: (n, classes). Models trained on smoothed labels never say more than about 0.9: what they leave
            to every class, however unlikely, is taken off.
    """
    if not probabilities.size:
        return np.zeros(len(probabilities))
    classes = probabilities.shape[1]
    floor = min(float(np.median(np.quantile(probabilities, 0.25, axis=1))), 0.3 / classes)
    sure: npt.NDArray[np.float64] = np.clip((probabilities.max(1) - floor) / (1 - classes * floor), 0.0, 1.0)
    return sure
