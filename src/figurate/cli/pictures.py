"""Pictures on the way to a model: opened one by one, brought into form together, kept beside what the model sees.

Opening and forming are `figurate.figures`' matter; whole sets are read by `figurate.datasets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from figurate.cli.words import is_data_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.figures import FigurePreprocessing

_AT_ONCE = 256
_PIXELS_AT_ONCE = 50_000_000  # photographs are large
_KEPT = 256  # pixels of an original's longer side: enough to be drawn


@dataclass(frozen=True)
class Seen:
    """A picture, and what a model sees of it.

    Attributes:
        name: The file's path, or what a table calls the row.
        original: (h, w) or (h, w, 3) uint8, shrunk; None where it isn't drawn or the figure was in form already.
        figure: In the model's form, uint8.
    """

    name: str
    original: NDArray[np.uint8] | None
    figure: NDArray[np.uint8]


def is_set(path: Path) -> bool:
    """Whether a path is of many figures rather than of one picture."""
    return path.is_dir() or is_data_file(path)


def failure(path: Path, error: Exception) -> str:
    """What is said of a picture that can't be read: its name, then why, the name not said twice."""
    from figurate.datasets.loading import printable

    reason = getattr(error, "strerror", None) or str(error).removeprefix(f"`{path}`: ")
    return f"{printable(path)}: {reason}"


def seen(
    paths: Sequence[Path], form: FigurePreprocessing, *, invert: bool = False, kept: bool = False
) -> Iterator[list[Seen | Exception]]:
    """Picture files in a model's form, some at a time, in their order.

    Args:
        paths: Of picture files.
        form: The model's.
        invert: Whether to turn dark into light first.
        kept: Whether to keep the originals, to be drawn.

    Yields:
        An entry a path; an error in the place of one that can't be read.
    """
    from figurate.datasets.loading import printable
    from figurate.errors import FigurateError
    from figurate.figures import open_picture

    opened: list[NDArray[np.uint8] | Exception] = []
    names: list[str] = []
    pixels = 0
    for path in paths:
        try:
            picture = open_picture(path)
            opened.append(255 - picture if invert else picture)
            pixels += picture.size
        except (FigurateError, OSError) as error:
            opened.append(error)
        names.append(printable(path))
        if len(opened) == _AT_ONCE or pixels > _PIXELS_AT_ONCE or len(opened) == len(paths):
            yield _formed(names, opened, form, kept)
            opened, names, pixels = [], [], 0
    if opened:
        yield _formed(names, opened, form, kept)


def original(path: Path) -> NDArray[np.uint8] | None:
    """The picture that lies there, to be drawn; None where there is none any more."""
    from figurate.errors import FigurateError
    from figurate.figures import open_picture

    try:
        return _shrunk(open_picture(path))
    except (FigurateError, OSError):
        return None


def _formed(
    names: list[str], opened: list[NDArray[np.uint8] | Exception], form: FigurePreprocessing, kept: bool
) -> list[Seen | Exception]:
    figures = iter(form.all([picture for picture in opened if not isinstance(picture, Exception)]))
    return [
        picture
        if isinstance(picture, Exception)
        else Seen(name, _shrunk(picture) if kept else None, np.asarray(next(figures)))
        for name, picture in zip(names, opened, strict=True)
    ]


def _shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At most so many pixels high and wide as are drawn."""
    from PIL import Image

    if max(picture.shape[:2]) <= _KEPT:
        return picture
    image = Image.fromarray(np.ascontiguousarray(picture))
    image.thumbnail((_KEPT, _KEPT))
    return np.asarray(image)
