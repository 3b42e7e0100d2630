"""The figures to be checked in one form, wherever they came from: rows of both splits, where each stands, its pixels.

A `Dataset`, a data set's name, a path and plain arrays all become a `Material`. Nothing is judged here, and mapped
figures are read a block at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.datasets.checking.report import Example
from figurate.errors import DataError, ShapeError, harmless, shown

__all__ = ["Material", "Part", "material_of"]

# Places and names stand on one line.
_plain = partial(harmless, kept="")

_BLOCK_BYTES = 16 << 20
_NAMES = ("train", "test")
_RANKS = (3, 4)
_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class Part:
    """One split.

    Args:
        name: "train" or "test".
        x: (n, h, w) or (n, h, w, channels), any number type; may be mapped.
        y: (n,) labels, int64, from 0.
        origins: Where each figure came from, one a row; None where figures are rows and nothing else.
    """

    name: str
    x: npt.NDArray[Any]
    y: npt.NDArray[np.int64]
    origins: Sequence[object] | None = None

    def file(self, row: int) -> Path | None:
        """The picture file that a row came from, where it came from one."""
        if self.origins is None:
            return None
        origin = self.origins[row]
        # Rows of archives and tables have origins, too, but none that can be opened as a picture.
        return Path(os.fspath(origin)) if isinstance(origin, (str, os.PathLike)) and os.path.isfile(origin) else None

    def place(self, row: int) -> str:
        """Where a row is, for people."""
        if self.origins is None or self.origins[row] is None:
            return f"{self.name}[{row}]"
        return str(self.origins[row])


@dataclass(frozen=True)
class Material:
    """All that is checked. A figure's number counts through the splits, from 0.

    Args:
        source: How the data were named.
        parts: Train, then test where there are any.
        class_names: By label.
        skipped: (file, reason) of what could not be read.
        remarks: What was noticed while loading.
        fitted: Whether loading has brought all figures to one polarity and box.
    """

    source: str
    parts: tuple[Part, ...]
    class_names: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    fitted: bool = False
    labels: npt.NDArray[np.int64] = field(init=False, repr=False)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        sizes = [len(part.y) for part in self.parts]
        object.__setattr__(self, "starts", tuple(int(start) for start in np.cumsum([0, *sizes])))
        object.__setattr__(self, "labels", np.concatenate([part.y for part in self.parts]))

    def __len__(self) -> int:
        return self.starts[-1]

    @property
    def figure_shape(self) -> tuple[int, ...]:
        """The shape of one figure."""
        return tuple(int(length) for length in self.parts[0].x.shape[1:])

    def part_of(self, figure: int) -> tuple[Part, int]:
        """The split of a figure and its row there."""
        number = int(np.searchsorted(self.starts, figure, side="right")) - 1
        return self.parts[number], figure - self.starts[number]

    def in_test(self, figures: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether each figure stands in the second split."""
        found: npt.NDArray[np.bool_] = np.asarray(figures) >= self.starts[1]
        return found

    def blocks(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """The figures as they are, a bounded block at a time, each with the number of its first."""
        for part, start in zip(self.parts, self.starts, strict=False):
            rows = max(1, _BLOCK_BYTES // max(1, part.x[:1].nbytes))
            for row in range(0, len(part.y), rows):
                yield start + row, np.asarray(part.x[row : row + rows])

    def take(self, figures: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Some figures, (n, pixels) float32, in the order asked for."""
        flat = np.empty((len(figures), int(np.prod(self.figure_shape))), np.float32)
        for number, part in enumerate(self.parts):
            here = (figures >= self.starts[number]) & (figures < self.starts[number + 1])
            flat[here] = part.x[figures[here] - self.starts[number]].reshape(-1, flat.shape[1])
        return flat

    def example(self, figure: int, text: str = "", pixels: npt.NDArray[np.uint8] | None = None) -> Example:
        """A figure as a finding shows it; its own pixels where no others are given."""
        part, row = self.part_of(int(figure))
        file = part.file(row)
        return Example(
            place=self.short(part.place(row)),
            split=part.name,
            row=row,
            file=None if file is None else _plain(str(file)),
            label=self.class_names[int(part.y[row])],
            pixels=to_bytes(np.asarray(part.x[row]), self._top) if pixels is None else pixels,
            text=text,
        )

    def short(self, place: str) -> str:
        """A place for people: below the folder that was named, without control characters."""
        below = self.source.rstrip(os.sep) + os.sep
        return _plain(place).removeprefix(below)

    @property
    def _top(self) -> float:
        return 1.0 if self.parts[0].x.dtype.kind == "f" and float(self.parts[0].x[:100].max(initial=0)) <= 1 else 255.0


def to_bytes(figure: npt.NDArray[Any], top: float = 255.0) -> npt.NDArray[np.uint8]:
    """One figure as bytes for the eye: (h, w) or (h, w, 3); `top` is the value that becomes 255."""
    if figure.ndim == 3:
        figure = figure[:, :, 0] if figure.shape[2] == 1 else figure[:, :, :3]
    if figure.dtype == np.uint8:
        return figure
    scaled = np.nan_to_num(figure.astype(np.float64)) * (255.0 / top)
    pixels: npt.NDArray[np.uint8] = np.rint(scaled.clip(0, 255)).astype(np.uint8)
    return pixels


def material_of(data: Any, *, strict: bool = False) -> Material:
    """Bring anything that holds labelled figures into the form above.

    Args:
        data: A `Dataset`; a set's name or a path, which is loaded; `(x, y)`; or `((x_train, y_train), (x_test,
            y_test))`.
        strict: Whether loading stops at the first file that can't be read.

    Raises:
        DataError, ShapeError: Figures and labels don't fit together.
        FigurateError: What `figurate.datasets.load` raises.
    """
    source = str(getattr(data, "name", "figures"))
    if isinstance(data, (str, os.PathLike)):
        from figurate.datasets.loading import load_to_check

        source = os.fspath(data)
        # Not split where they aren't: what stands twice would be said to stand in a test that nobody chose.
        data = load_to_check(source, strict=strict)
    names = getattr(data, "class_names", None)
    origins = getattr(data, "origins", None)
    splits = _splits(data)
    labels = [np.asarray(y) for _, y in splits]
    labels = [y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1) for y in labels]
    if names is None:
        names, labels = _named(labels, source)
    parts = []
    for index, ((x, _), y) in enumerate(zip(splits, labels, strict=True)):
        part = Part(_NAMES[index], _figures(x), y.astype(np.int64), _origins_of(origins, index, len(y)))
        _check(part, len(names))
        if index == 0 or len(y):
            parts.append(part)
    if len(parts) == 2 and parts[0].x.shape[1:] != parts[1].x.shape[1:]:
        raise ShapeError(
            f"Expected training and test figures of one shape, received {parts[0].x.shape[1:]} and "
            f"{parts[1].x.shape[1:]}. Bring them to one size."
        )
    return Material(
        _plain(source),
        tuple(parts),
        tuple(_plain(str(name)) for name in names),
        tuple((_plain(str(file)), _plain(str(reason))) for file, reason in getattr(data, "skipped", ())),
        tuple(_plain(str(note)) for note in getattr(data, "notes", ())),
        fitted=getattr(getattr(data, "preprocessing", None), "box", None) is not None,
    )


def _splits(data: Any) -> list[tuple[Any, Any]]:
    if hasattr(data, "train") and hasattr(data, "test"):
        return [tuple(data.train), tuple(data.test)]
    if isinstance(data, (tuple, list)) and len(data) == 2:
        if all(isinstance(split, (tuple, list)) and len(split) == 2 for split in data):
            return [tuple(split) for split in data]
        return [(data[0], data[1])]
    raise DataError(
        "Expected a data set, its name or path, (x, y), or ((x_train, y_train), (x_test, y_test)); received "
        f"{shown(data)}. Name what `figurate.datasets.load` takes, or give arrays."
    )


def _figures(x: Any) -> npt.NDArray[Any]:
    array = x if isinstance(x, np.ndarray) else np.asarray(x)
    if array.dtype.kind not in "buif":
        raise DataError(f"Expected figures of numbers, received {array.dtype}. Convert them with `x.astype(...)`.")
    if array.ndim not in _RANKS or 0 in array.shape[1:] or (array.ndim == 4 and array.shape[3] not in _CHANNELS):
        raise ShapeError(
            f"Expected figures of the shape (n, height, width) or (n, height, width, channels), received {array.shape}."
            " Reshape them."
        )
    return array


def _named(labels: list[npt.NDArray[Any]], source: str) -> tuple[list[str], list[npt.NDArray[Any]]]:
    """Names for labels that came without: known sets have theirs, else the labels name themselves."""
    from figurate import datasets

    if source in datasets.names():
        return list(getattr(datasets, source).class_names), labels
    values = np.unique(np.concatenate(labels))
    if values.dtype.kind in "ui" and len(values) and values[0] >= 0 and values[-1] < 1000:
        return [str(number) for number in range(int(values[-1]) + 1)], labels
    return [str(value) for value in values], [np.searchsorted(values, y) for y in labels]


def _origins_of(origins: Any, index: int, count: int) -> Sequence[object] | None:
    """A split's own origins out of a data set's, where it keeps any."""
    if origins is None:
        return None
    if hasattr(origins, "keys"):
        own = origins.get(_NAMES[index])
    elif len(origins) == len(_NAMES) and not isinstance(origins[0], (str, os.PathLike)):
        own = origins[index]
    else:
        own = None
    return own if own is not None and len(own) == count else None


def _check(part: Part, classes: int) -> None:
    if len(part.x) != len(part.y):
        raise DataError(
            f"Expected as many labels as figures in {part.name}, received {len(part.x):,} figures and "
            f"{len(part.y):,} labels."
        )
    if part.name == "train" and not len(part.y):
        raise DataError("Expected at least one figure to learn from, received none.")
    if len(part.y) and (part.y.min() < 0 or part.y.max() >= classes):
        raise DataError(
            f"Expected labels of {part.name} from 0 to {classes - 1}, received {part.y.min()} to {part.y.max()}."
        )
