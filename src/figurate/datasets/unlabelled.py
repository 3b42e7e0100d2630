"""`load_figures`: figures without labels, for prediction, and what each of them is called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from figurate.datasets.array_names import as_figures, in_bytes, kind_of_name, turned
from figurate.datasets.dataset import Figures, Places, Skipped
from figurate.datasets.forming import array_parts, picture_parts
from figurate.datasets.found import Columns, Found, Part, joined
from figurate.datasets.idx_sets import is_idx_name, read_idx_images
from figurate.datasets.layouts import TABLES, find
from figurate.datasets.loading import printable
from figurate.datasets.npy import read_npy, read_npz
from figurate.datasets.parquet import read_parquet
from figurate.datasets.picture_csv import read_picture_csv
from figurate.datasets.pixel_csv import is_pixel_csv, read_pixel_csv
from figurate.datasets.survey import Wish
from figurate.datasets.table import head_of
from figurate.datasets.tree import PictureFiles, is_picture, listed
from figurate.errors import FileFormatError, shown

if TYPE_CHECKING:
    from figurate.figures import FigurePreprocessing

__all__ = ["load_figures"]


def load_figures(
    source: str | os.PathLike[str],
    *,
    size: int | Sequence[int] | None = None,
    channels: int | None = None,
    preprocessing: Literal["auto"] | FigurePreprocessing | None = "auto",
    transposed: bool | None = None,
    strict: bool = False,
    threads: int | None = None,
    image: str | None = None,
) -> Figures:
    """Load figures without labels, for prediction.

    Args:
        source: A path: a table of pixels as Kaggle's `test.csv`, a table that names pictures, a folder of pictures, one
            picture, an IDX file of figures, NPY, NPZ or Parquet.
        size, channels, preprocessing, transposed, strict, threads, image: See `load`.

    Returns:
        `Figures`: x and what each figure is called.

    Raises:
        FileFormatError: What lies at the path is of no known kind, or damaged.
        OSError: It cannot be read.

    Example:
        >>> figures = load_figures("test.csv", preprocessing=model.preprocessing)  # doctest: +SKIP
        >>> write_submission("submission.csv", figures.ids, model.predict(figures.x).argmax(1))  # doctest: +SKIP
    """
    wish = Wish.checked(size, channels, preprocessing)
    path = os.fspath(source)
    found = _found(path, Columns(image=image))
    [part] = found.parts.values()
    if transposed is not None:
        found.turned = transposed
    if strict and found.skipped:
        raise FileFormatError(f"`{found.skipped[0].file}`: {found.skipped[0].reason}.")
    if isinstance(part.figures, np.ndarray):
        x, notes = as_figures(part.figures, f"`{path}`")
        x, more = in_bytes(x, f"`{path}`")
        part.figures = turned(x) if found.turned else x
        found.notes += [*notes, *more]
        if found.turned:
            found.notes.append("Turned: rows and columns were exchanged, since the figures lie transposed.")
        form = array_parts(found, wish, threads)
    else:
        form = picture_parts(found, wish, strict, threads)
    [part] = found.parts.values()
    assert isinstance(part.figures, np.ndarray)
    assert part.places is not None
    return Figures(
        x=part.figures,
        ids=[_called(text) for text in part.places],
        preprocessing=form,
        skipped=[Skipped(printable(file), reason) for file, reason in found.skipped],
        notes=found.notes,
        brought_into_form=found.brought_into_form,
    )


def _called(text: str) -> str | int:
    """A number where it is written as one, as Kaggle's are; else the name."""
    return int(text) if text.isdecimal() and len(text) < 19 and str(int(text)) == text else printable(text)


def _found(path: str, columns: Columns) -> Found:
    if os.path.isdir(path):
        return _folder(path, columns)
    name = os.path.basename(path)
    lower = name.lower()
    if lower.endswith(TABLES):
        return _table(path, columns)
    if lower.endswith(".parquet"):
        found = read_parquet([path], columns, path, labels=False)
        return _numbered(found.parts and joined(list(found.parts.values())), path)
    if lower.endswith(".npy"):
        return _numbered(read_npy(path), path)
    if lower.endswith(".npz"):
        return _numbered(_one_array(path), path)
    if is_idx_name(name) or lower.endswith(".gz"):
        x, lies_turned = read_idx_images(path)
        found = _numbered(x, path)
        found.turned = lies_turned
        return found
    if is_picture(name):
        pictures = PictureFiles([path])
        return Found(path, {"all": Part(pictures, None, _named([name]))})
    return _numbered(joined(list(find(path, columns).parts.values())).figures, path)


def _numbered(figures: Any, path: str) -> Found:
    """Figures called 1, 2, 3 …, as Kaggle counts."""
    if isinstance(figures, Part):
        figures = figures.figures
    if isinstance(figures, np.ndarray) and figures.ndim < 2:
        raise FileFormatError(f"`{path}`: expected figures, received an array of shape {figures.shape}.")
    return Found(path, {"all": Part(figures, None, Places(str, range(1, len(figures) + 1)))})


def _named(names: Sequence[str]) -> Places:
    return Places(names.__getitem__, range(len(names)))


def _one_array(path: str) -> Any:
    arrays = read_npz(path)
    kinds = {name: kind_of_name(name) for name in arrays}
    chosen = [name for name, kind in kinds.items() if kind is not None and kind[1] == "figures"]
    if len(arrays) == 1:
        chosen = list(arrays)
    if len(chosen) > 1:  # of a whole set, its test figures
        chosen = [name for name in chosen if (kind := kinds[name]) is not None and kind[0] == "test"]
    if len(chosen) != 1:
        raise FileFormatError(
            f"`{path}`: expected one array of figures, or one called `x_test`, received "
            f"{shown(', '.join(arrays), 160)}. Name an NPY file, or rename one."
        )
    return arrays[chosen[0]]


def _table(path: str, columns: Columns) -> Found:
    head = head_of(path)
    if is_pixel_csv(head) and columns.image is None:
        part = read_pixel_csv(path, columns, need_labels=False)
        return _numbered(part.figures, path)
    return read_picture_csv(path, columns, labels=False)


def _folder(path: str, columns: Columns) -> Found:
    """A folder: its pictures, or the one table of pixels or file of figures that it holds."""
    skipped: list[Skipped] = []
    files = listed(path, skipped)
    if files:
        pictures = PictureFiles(files)
        return Found(
            path,
            {"all": Part(pictures, None, _named([os.path.relpath(file, path) for file in files]))},
            skipped=skipped,
        )
    files = [name for name in sorted(os.listdir(path)) if _has_figures(name)]
    tests = [name for name in files if "test" in name.lower() or "t10k" in name.lower()] or files
    if len(tests) == 1:
        return _found(os.path.join(path, tests[0]), columns)
    if tests:
        raise FileFormatError(
            f"`{path}`: expected pictures, or one file of figures, received {len(tests)} files: "
            f"{shown(', '.join(tests), 160)}. Name one."
        )
    raise FileFormatError(
        f"`{path}`: expected pictures, or a file of figures, received a folder without. Is it the right one?"
    )


def _has_figures(name: str) -> bool:
    """Whether a file is one of many figures, by its name."""
    if is_idx_name(name):
        return "label" not in name.lower()
    return name.lower().endswith((*TABLES, ".npy", ".npz", ".parquet")) and name[0] != "."
