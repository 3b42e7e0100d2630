"""`ExportedModel`: an exported file asked as a model is: figures and pictures in, probabilities out."""

from __future__ import annotations

from os import PathLike
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from figurate.errors import DataError
from figurate.export.running import ExportedFile, open_exported
from figurate.figures import FigurePreprocessing
from figurate.models.probabilities import LINKS, Link
from figurate.models.reader import PictureReader
from figurate.training import data
from figurate.training.data import InputRange

# Few enough that a runtime's scratch memory stays small.
_AT_ONCE = 256


class ExportedModel(PictureReader):
    """What `model.export` wrote as ONNX or for LiteRT, run by that format's own runtime.

    So accuracy is that of the file that is shipped.

    Args:
        filepath: Ends in ".onnx" or ".tflite".

    Raises:
        FileFormatError: The file is damaged, or another program's.
        UnsupportedError: The library that runs it is not installed.
        OSError: It cannot be read.
    """

    _how_to_learn_the_form = "Call `model.learn_form(x_train)` before `model.export`."

    def __init__(self, filepath: str | PathLike[str]) -> None:
        self._file: ExportedFile = open_exported(filepath)

    def __repr__(self) -> str:
        return f"<ExportedModel {self._file.path!r}: {self.input_shape} to {self.output_shape}>"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes in: (None, 28, 28)."""
        return (None, *self._file.input_shape)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes out: (None, 10)."""
        return (None, *self._file.output_shape)

    @property
    def class_names(self) -> list[str] | None:
        """A name for each output, or None."""
        return self._file.class_names

    @property
    def preprocessing(self) -> FigurePreprocessing | None:
        """The form of the figures that the model was trained on, or None."""
        return self._file.preprocessing

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: str | int = "auto", *, threads: int | None = None
    ) -> npt.NDArray[np.float32]:
        """The file's outputs for figures.

        Args:
            x: Figures, (n, *shape), or one of them: as the model's `predict` takes them, or pixels of 0..255 where the
                file takes those.
            batch_size, verbose, threads: Without effect: the runtime takes one thread.

        Returns:
            float32 (n, outputs).

        Raises:
            ShapeError, DataError: x does not fit.
        """
        figures = data.match_figures(data.as_array(x, "predict"), self._file.input_shape, "predict", one=True)
        figures = figures.reshape(-1, *self._file.input_shape)
        _check(figures, self._file.takes_pixels)
        kind = np.uint8 if self._file.takes_pixels else np.float32
        parts = [
            self._file.run(figures[first : first + _AT_ONCE].astype(kind)) for first in range(0, len(figures), _AT_ONCE)
        ]
        return np.concatenate(parts)

    @property
    def link(self) -> Link:
        """What makes probabilities of the outputs; see `probabilities.link_of`."""
        found = self._file.facts.get("link")
        return cast(Link, found) if found in LINKS else "unknown"

    def _get_input_range(self) -> InputRange | None:
        ends = self._file.pixel_range
        return None if ends is None else InputRange(*ends, "float32")


def _check(figures: npt.NDArray[Any], pixels: bool) -> None:
    """Refuse numbers that the file's type does not hold."""
    if not figures.size or figures.dtype == np.uint8:
        return
    if not np.isfinite(figures).all():
        raise DataError("`predict` expects finite numbers, received NaN or infinity. Remove or replace these figures.")
    low, high = float(figures.min()), float(figures.max())
    if pixels and not (low >= 0 and high <= 255 and (figures == np.floor(figures)).all()):
        raise DataError(
            f"`predict` expects pixels, whole numbers of 0..255, which this file scales itself, received numbers of "
            f"{low:g}..{high:g} in {figures.dtype}. Pass pixels as they are, or export with `input='float32'`."
        )
