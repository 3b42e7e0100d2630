"""`PictureReader`: what models of every kind do with pictures that are not in their form yet.

What the form is, is `figurate.figures`' matter; what a network makes of figures, `predict`'s.
"""

from __future__ import annotations

import math
import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, DataError, FigurateWarning, ShapeError, user_level
from figurate.figures import FigurePreprocessing
from figurate.models.predictions import Predictions, as_bytes, of_classes
from figurate.models.probabilities import Link, probabilities
from figurate.models.saving import without_batch
from figurate.training.data import InputRange, as_array


class PictureReader(ABC):
    """The abstract base of what reads pictures: `Sequential` and `Ensemble`."""

    _how_to_learn_the_form = "Call `model.learn_form(x_train)` with the figures that it learned from, and save it."

    @property
    @abstractmethod
    def preprocessing(self) -> FigurePreprocessing | None:
        """The form of the figures that the model was trained on, or None."""

    @property
    @abstractmethod
    def class_names(self) -> list[str] | None:
        """A name for each output, or None."""

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes in."""

    @property
    @abstractmethod
    def link(self) -> Link:
        """What makes probabilities of the outputs; see `probabilities.link_of`."""

    @abstractmethod
    def _get_input_range(self) -> InputRange | None:
        """The range of the pixels that the model learned from; None: nobody knows."""

    @abstractmethod
    def predict(
        self, x: Any, batch_size: int | None = None, verbose: str | int = "auto", *, threads: int | None = None
    ) -> npt.NDArray[np.float32]:
        """The outputs for figures in the model's shape and range."""

    def picture_form(self, *, as_is: bool = False) -> FigurePreprocessing:
        """The form that `predict_pictures` brings pictures into.

        Args:
            as_is: Whether pictures are only fitted to the model's size.

        Raises:
            ShapeError: The model's figures are no pictures of 1 or 3 channels.
            ConfigurationError: `preprocessing` makes figures of another size than the model takes.
        """
        form = self.preprocessing
        shape = without_batch(self.input_shape)
        if form is None:
            return plain_form(shape)
        if math.prod(form.figure_shape) != math.prod(shape):
            raise ConfigurationError(
                f"The model takes figures of shape {shape}, its `preprocessing` makes {form.figure_shape}. Set "
                "`model.preprocessing` again."
            )
        return replace(form, box=None, stroke_width=None, deskew=False) if as_is else form

    def predict_form(self, figures: npt.NDArray[np.uint8], *, threads: int | None = None) -> npt.NDArray[np.float32]:
        """The outputs for figures that are in the model's form already, whatever range of pixels it was trained on.

        Args:
            figures: (n, *figure) uint8, 0..255, as `preprocessing.all` makes them.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            float32 (n, outputs).

        Example:
            >>> model.predict_form(model.preprocessing.all(["seven.png"]))  # doctest: +SKIP
        """
        return self.predict(self.as_input(figures), threads=threads)

    def classify_form(self, figures: npt.NDArray[np.uint8], *, threads: int | None = None) -> Predictions:
        """The most probable class of each figure that is in the model's form already: `classify` after `predict_form`.

        Args:
            figures, threads: See `predict_form`.
        """
        return self._classes(self.predict_form(figures, threads=threads), figures)

    def as_input(self, figures: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        """Figures in the model's form as `predict` and `evaluate` take them: in its shape and range of pixels.

        Where nobody knows the range, as of a network of another library, it is taken for 0..1, with a warning.

        Args:
            figures: See `predict_form`.

        Raises:
            ShapeError: They are of another size.
        """
        figures, shape = np.asarray(figures), without_batch(self.input_shape)
        if math.prod(figures.shape[1:]) != math.prod(shape) or figures.ndim < 2:
            raise ShapeError(
                f"`predict_form` expects figures of shape {shape}, received {figures.shape}. Bring pictures into form "
                "with `model.preprocessing.all(pictures)`."
            )
        trained = self._get_input_range()
        if trained is None:
            self._warn_of_unknown()
            trained = InputRange(0.0, 1.0, "float32")
        return in_range(figures, trained).reshape(-1, *shape)

    def predict_pictures(
        self, pictures: Any, *, as_is: bool = False, threads: int | None = None
    ) -> npt.NDArray[np.float32]:
        """The outputs for pictures of any size and kind: each is brought into the form of the training figures first.

        Args:
            pictures: A list of paths of picture files, Pillow images, or arrays (h, w) or (h, w, 3); or one of these.
                An array of three axes is one picture where the last is 3 or 4 long, else many.
            as_is: Whether pictures are only made grey or colour and fitted to the model's size.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            float32 (n, outputs), a row a picture.

        Raises:
            FileFormatError: A file is no picture, or a damaged one; the message has its name.
            DataError: An entry is nothing that a picture comes as, or there is none.
            ShapeError: The model's figures are no pictures.
            OSError: A file cannot be read.

        Example:
            >>> probabilities = model.predict_pictures(["seven.png", "four.jpg"])  # doctest: +SKIP
            >>> [model.class_names[number] for number in probabilities.argmax(axis=1)]  # doctest: +SKIP
        """
        form = self.picture_form(as_is=as_is)
        found = listed(pictures)
        if not found:
            raise DataError("`predict_pictures` expects at least one picture, received none.")
        return self.predict_form(form.all(found, threads=threads), threads=threads)

    def classify(self, x: Any, *, threads: int | None = None) -> Predictions:
        """The most probable class of each figure, with its name and probability: `predict` for people.

        Args:
            x: Figures as `predict` takes them; or paths of picture files and Pillow images, one or a list, as
                `predict_pictures` does.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            The `Predictions`: a sequence of labels with their probabilities, which a notebook shows with the figures.

        Raises:
            ConfigurationError: The model's outputs are no probabilities of classes, and no scores either.
            ShapeError, DataError, FileFormatError, OSError: See `predict` and `predict_pictures`.

        Example:
            >>> model.classify("seven.png")  # doctest: +SKIP
            <Predictions of 1 figure: 7 (99.8 %)>
            >>> pandas.DataFrame(model.classify(x_test))  # doctest: +SKIP
        """
        if _are_pictures(x):
            return self.classify_form(self.picture_form().all(listed(x), threads=threads), threads=threads)
        figures: npt.NDArray[np.uint8] | None = None
        x = as_array(x, "classify")
        if x.shape[:1] == (0,):
            raise DataError(f"`classify` expects at least one figure in x, received none: shape {x.shape}.")
        outputs = self.predict(x, threads=threads)
        shape = picture_shape(without_batch(self.input_shape))
        if shape is not None:
            figures = as_bytes(x.reshape(-1, *(shape if shape[2] > 1 else shape[:2])))
        return self._classes(outputs, figures)

    def _warn_of_unknown(self) -> None:
        missing, done = "not the range of its figures' pixels", "brought into its form"
        if self.preprocessing is None:
            missing, done = "neither the form of its figures nor the range of their pixels", "only fitted to its size"
        warnings.warn(
            f"The model knows {missing}: pictures are {done}, in 0..1. {self._how_to_learn_the_form}",
            FigurateWarning,
            stacklevel=user_level(),
        )

    def _classes(self, outputs: npt.NDArray[np.float32], figures: npt.NDArray[np.uint8] | None) -> Predictions:
        """What outputs say of classes, by way of the model's `link`.

        Raises:
            ConfigurationError: They say nothing of classes.
        """
        link = self.link
        if outputs.ndim == 2:
            found, names = of_classes(outputs, self.class_names)
            if link == "probabilities" or (link == "unknown" and outputs.shape[1] > 1 and _sum_to_one(found)):
                return Predictions(found, names, figures)
            if link != "unknown" or self.class_names is not None:
                return Predictions(probabilities(outputs, link).astype(np.float32), names, figures)
        raise ConfigurationError(
            "`classify` expects a model that gives each figure probabilities or scores of classes, received outputs "
            f"{outputs.shape} that are neither, or nobody says so. Name the classes by `model.class_names = […]`, or "
            "use `predict`."
        )


def _are_pictures(x: Any) -> bool:
    """Whether these are files of pictures or Pillow images, rather than arrays of figures."""
    if isinstance(x, (list, tuple)):
        return bool(x) and _are_pictures(x[0])
    return _is_file(x)


def _is_file(x: Any) -> bool:
    return isinstance(x, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(x, "getbands")


def _sum_to_one(probabilities: npt.NDArray[np.float32]) -> bool:
    return bool((probabilities >= 0).all() and np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-3))


def listed(pictures: Any) -> list[Any]:
    """One picture or many as a list; see `predict_pictures`."""
    one = _is_file(pictures)
    if isinstance(pictures, np.ndarray):
        one = pictures.ndim == 2 or (pictures.ndim == 3 and pictures.shape[2] in (3, 4))
    # What cannot be gone through is no picture either, and is refused as one.
    return [pictures] if one or not isinstance(pictures, Iterable) else list(pictures)


def in_range(pixels: npt.NDArray[np.uint8], trained: InputRange) -> npt.NDArray[Any]:
    """Pixels of 0..255 in the range that a model was trained on, see `InputRange.ends`.

    Args:
        pixels: uint8, of any shape.
        trained: The range.
    """
    if trained.ends == (0.0, 255.0):
        return pixels
    low, high = trained.ends
    return low + pixels * (high - low) / 255.0  # in this order: of 0..1 it is `pixels / 255.0` to the last bit


def plain_form(shape: tuple[int, ...]) -> FigurePreprocessing:
    """The form that only fits pictures to figures of this shape; flat squares count as grey pictures.

    Raises:
        ShapeError: They are no pictures of 1 or 3 channels.
    """
    found = picture_shape(shape)
    if found is None:
        raise ShapeError(
            f"The model takes figures of the shape {shape}, which is no picture of grey or colour. Use `predict` with "
            "arrays."
        )
    return FigurePreprocessing(height=found[0], width=found[1], channels=found[2])


def picture_shape(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """(height, width, channels) of figures of this shape; None where they are no pictures."""
    if len(shape) == 1 and math.isqrt(shape[0]) ** 2 == shape[0] and shape[0] >= 64:
        return math.isqrt(shape[0]), math.isqrt(shape[0]), 1
    if len(shape) == 2 and min(shape) > 1:
        return shape[0], shape[1], 1
    if len(shape) == 3 and shape[2] in (1, 3):
        return shape[0], shape[1], shape[2]
    return None
