"""Some pictures decoded and made rows of one array: what one process does, `decoding.py` has many do.

Which form they get is chosen in `survey.py`. Nothing is raised for a picture that cannot be used: it is reported.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.quick_png import LARGEST, START, quick_png
from figurate.errors import FileFormatError

__all__ = ["Order", "Pixels", "Problem", "fill", "grey", "open_one", "reason_of"]

Pixels: TypeAlias = NDArray[np.uint8]
Item: TypeAlias = "str | bytes | None"
"""A path, an encoded picture, or None where there is nothing."""

_REASON = 200  # letters of a reason: answers of a worker have to fit into a pipe


class Problem(NamedTuple):
    """A picture that gave no row.

    Args:
        row: Its row.
        kind: "unreadable", or, where figures are to stay as they are, "size" or "colour": it differs from the others.
        reason: In words.
    """

    row: int
    kind: str
    reason: str


@dataclass(frozen=True)
class Order:
    """What is to be made of every picture.

    Args:
        shape: Of a row: (height, width) or (height, width, 3).
        form: The configuration of a `FigurePreprocessing`; None: the pictures have the shape and stay as they are.
    """

    shape: tuple[int, ...]
    form: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """As another process is told."""
        return asdict(self)


def open_one(item: Item) -> Pixels:
    """The pixels of one picture, (h, w) where it is grey in fact, else (h, w, 3).

    Args:
        item: A path, or the bytes of a picture file.

    Raises:
        FileFormatError: It is no picture, or a damaged one.
        OSError: The file cannot be read.
    """
    if item is None:
        raise FileFormatError("expected a picture, received nothing")
    data = item if isinstance(item, bytes) else _content(item)
    pixels = quick_png(data) if data is not None else None
    if pixels is None:
        from figurate.figures import open_picture

        pixels = open_picture(data if isinstance(item, bytes) else item)
    return grey(pixels)


def _content(path: str) -> bytes | None:
    """The bytes of a file that may take the short cut, else None. A pipe or a device is not waited for."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise FileFormatError(f"`{path}`: not a regular file")
        if status.st_size == 0:
            raise FileFormatError(f"`{path}`: an empty file")
        if status.st_size > LARGEST:
            return None
        data = os.read(fd, status.st_size)
        return data if data.startswith(START) else None
    finally:
        os.close(fd)


def grey(pixels: Pixels) -> Pixels:
    """A picture (h, w, 3) whose three channels are one and the same, as (h, w); any other as it is."""
    if pixels.ndim == 3:
        first = pixels[:, :, 0]
        if pixels.shape[2] == 1 or (
            # One row tells most coloured pictures.
            bool((pixels[0, :, 1:] == pixels[0, :, :1]).all()) and bool((pixels[:, :, 1:] == pixels[:, :, :1]).all())
        ):
            return np.ascontiguousarray(first)
    return pixels


def reason_of(error: Exception) -> str:
    """An error of a picture in a few words, without the file's name, which stands beside it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split()) or type(error).__name__
    if text.startswith("`") and "`: " in text:
        text = text.split("`: ", 1)[1]
    return text if len(text) <= _REASON else text[: _REASON - 1] + "…"


def fill(rows: Pixels, start: int, items: Sequence[Item], order: Order) -> list[Problem]:
    """Decode pictures into rows.

    Args:
        rows: The array of all figures, (n, *order.shape).
        start: The row of the first picture.
        items: The pictures.
        order: What is to be made of them.

    Returns:
        What could not be done; these rows are left as they were.
    """
    problems: list[Problem] = []
    waiting: list[tuple[int, Pixels]] = []
    held = 0
    for index, item in enumerate(items, start):
        try:
            pixels = open_one(item)
        except (FileFormatError, OSError, MemoryError) as error:
            problems.append(Problem(index, "unreadable", reason_of(error)))
            continue
        if order.form is not None:
            waiting.append((index, pixels))
            held += pixels.size
            if held > LARGEST:
                _form(rows, waiting, order.form)
                held = 0
        elif pixels.shape[:2] != order.shape[:2]:
            problems.append(Problem(index, "size", f"{pixels.shape[1]} × {pixels.shape[0]} pixels"))
        elif pixels.ndim > len(order.shape):
            problems.append(Problem(index, "colour", "coloured"))
        else:
            rows[index] = pixels[:, :, None] if pixels.ndim < len(order.shape) else pixels
    if order.form is not None:
        _form(rows, waiting, order.form)
    return problems


def _form(rows: Pixels, waiting: list[tuple[int, Pixels]], form: dict[str, Any]) -> None:
    from figurate.figures import FigurePreprocessing

    if waiting:
        made = FigurePreprocessing.from_config(form).all([pixels for _, pixels in waiting], threads=1)
        rows[[index for index, _ in waiting]] = made
        waiting.clear()
