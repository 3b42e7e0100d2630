"""Which kind of data lies at a path: recognised by names and first lines, then handed to the reader of its kind.

The order is that of certainty: IDX files, arrays, Parquet, tables, and folders of pictures last.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from functools import partial

from figurate.datasets.array_names import by_names, kind_of_name
from figurate.datasets.found import Columns, Found, joined, part_named
from figurate.datasets.idx_sets import is_emnist, is_idx_name, read_idx_set
from figurate.datasets.npy import read_npy, read_npz
from figurate.datasets.parquet import part_of_file, read_parquet
from figurate.datasets.picture_csv import NoPicturesError, is_picture_csv, read_picture_csv
from figurate.datasets.pixel_csv import is_pixel_csv, read_pixel_csv
from figurate.datasets.table import find_column, head_of
from figurate.datasets.tree import is_picture, read_tree, subfolders
from figurate.errors import FileFormatError, shown

__all__ = ["TABLES", "find"]

TABLES = (".csv", ".tsv")
"""How names of tables end."""

_ARRAYS = (".npz", ".npy")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".7z", ".rar", ".tar.bz2", ".tar.xz")


def find(path: str, columns: Columns) -> Found:
    """Recognise a set and read it, pictures excepted, which are decoded later.

    Args:
        path: Of a folder or a file.
        columns: What the caller says of a table's columns.

    Returns:
        The set as it was found.

    Raises:
        FileFormatError: It is of no known kind, or damaged; the message has the file's name.
        OSError: It cannot be read.
    """
    return _in_folder(path, columns) if os.path.isdir(path) else _in_file(path, columns)


def _in_file(path: str, columns: Columns) -> Found:
    folder, name = os.path.split(path)
    lower = name.lower()
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise FileFormatError(f"`{path}`: expected a file or a folder, received a pipe or a device.")
    if is_idx_name(name):
        return read_idx_set(folder, only=name)
    if lower.endswith(_ARRAYS):
        beside = _of(folder, (os.path.splitext(lower)[1],))
        return _arrays(folder, [name], path) or _arrays(folder, beside, path) or _no_labels(path)
    if lower.endswith(".parquet"):
        return read_parquet([path], columns, path)
    if lower.endswith(TABLES):
        return _table(path, columns)
    if lower.endswith(_ARCHIVES):
        raise FileFormatError(f"`{path}`: expected a data set, received an archive. Unpack it, and name the folder.")
    if is_picture(name):
        raise FileFormatError(
            f"`{path}`: expected a data set, received one picture. Name a folder with a folder for each class."
        )
    raise FileFormatError(
        f"`{path}`: expected a folder, or a file of IDX, NPZ, NPY, CSV or Parquet, received one that is called "
        "otherwise. Name it as its kind is named, or name another."
    )


def _no_labels(path: str) -> Found:
    raise FileFormatError(
        f"`{path}`: expected figures and labels, received one array. Put the labels beside it, as in `x_train.npy` and "
        "`y_train.npy`."
    )


def _in_folder(folder: str, columns: Columns) -> Found:
    names = sorted(os.listdir(folder))
    if any(is_idx_name(name) and os.path.isfile(os.path.join(folder, name)) for name in names):
        return read_idx_set(folder)
    found = _arrays(folder, _of(folder, _ARRAYS), folder)
    if found is not None:
        return found
    # Hugging Face's repositories keep them in `data`.
    for inner in (folder, os.path.join(folder, "data")):
        parquet = _of(inner, (".parquet",)) if os.path.isdir(inner) else []
        if parquet:
            return read_parquet([os.path.join(inner, name) for name in parquet], columns, folder)
    useless: list[NoPicturesError] = []
    found = _tables(folder, columns, useless)
    if found is not None:
        return found
    try:
        return read_tree(folder)
    except FileFormatError:
        if useless:  # then that is what is wrong
            raise useless[0] from None
        raise


def _of(folder: str, endings: tuple[str, ...]) -> list[str]:
    """The names of a folder's files of a kind, sorted; of the current folder's where it has no name."""
    with os.scandir(folder or ".") as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.name.lower().endswith(endings) and entry.name[0] != "." and entry.is_file()
        )


def _arrays(folder: str, names: Sequence[str], what: str) -> Found | None:
    """A set of NPZ and NPY files; None where there is no pair of figures and labels."""
    packed = [name for name in names if name.lower().endswith(".npz")]
    arrays = {}
    files = {}
    for name in names:
        path = os.path.join(folder, name)
        stem = os.path.splitext(name)[0]
        if name in packed:
            inside = read_npz(path)
            if len(inside) > 1:
                if len(packed) > 1 and what == folder:
                    raise FileFormatError(
                        f"`{folder}`: expected one NPZ file with a set in it, received {len(packed)}: "
                        f"{shown(', '.join(packed), 160)}. Name one of them."
                    )
                return _with_hint(by_names(inside, path, partial("{}:{}[{}]".format, path)), path)
            arrays[stem], files[stem] = next(iter(inside.values())), path
        elif kind_of_name(stem) is not None:
            arrays[stem], files[stem] = read_npy(path), path
    kinds = [kind for name in arrays if (kind := kind_of_name(name)) is not None]
    if not any((part, "labels") in kinds for part, kind in kinds if kind == "figures"):
        return None
    return _with_hint(by_names(arrays, what, lambda key, number: f"{files[key]}:{number}"), next(iter(files.values())))


def _with_hint(found: Found, path: str) -> Found:
    found.turned = is_emnist(path)
    return found


def _table(path: str, columns: Columns) -> Found:
    """A set in one table."""
    head = head_of(path)
    if is_pixel_csv(head) and columns.image is None:
        return _with_hint(Found(path, {"all": read_pixel_csv(path, columns)}), path)
    return read_picture_csv(path, columns)


def _tables(folder: str, columns: Columns, useless: list[NoPicturesError]) -> Found | None:
    """A set in tables of a folder: one, or one for each part; None where there is none.

    `sample_submission.csv` and the like name no pictures that are there: what is wrong with them is put into `useless`.
    """
    kinds: dict[str, Found | None] = {}  # tables of pixels are read when it is clear which
    notes: list[str] = []
    tables = [os.path.join(folder, name) for name in _of(folder, TABLES)]
    if not tables:
        for name in subfolders(folder):  # a table beside the pictures of each part
            if part_named(name):
                tables += [os.path.join(folder, name, one) for one in _of(os.path.join(folder, name), TABLES)]
    for path in tables:
        try:
            head = head_of(path)
        except FileFormatError:
            if len(tables) == 1 and not subfolders(folder):
                raise
            continue
        if is_pixel_csv(head):
            labelled = find_column(path, head.names, "label", None) is not None or columns.label in head.names
            headless = len(head.names) > 1 and all(name.lstrip("-").replace(".", "").isdigit() for name in head.names)
            if labelled or headless:
                kinds[path] = None
            else:
                notes.append(f"`{path}` has no labels and was left out.")
        elif is_picture_csv(path, head, columns):
            try:
                kinds[path] = read_picture_csv(path, columns)
            except NoPicturesError as error:
                useless.append(error)
    if not kinds:
        return None
    by_part: dict[str, list[str]] = {}
    for path in kinds:
        by_part.setdefault(_part_of_table(path, folder), []).append(path)
    if len(by_part) > 1:
        by_part.pop("all", None)
    for part, paths in by_part.items():
        if len(paths) > 1:
            raise FileFormatError(
                f"`{folder}`: expected one table {'for ' + part if part != 'all' else 'of figures'}, received "
                f"{len(paths)}: {shown(', '.join(map(os.path.basename, paths)), 160)}. Name one of them."
            )
    found = Found(folder, {}, notes=notes)
    for part, [path] in by_part.items():
        one = kinds[path] or _table(path, columns)
        found.skipped += one.skipped
        found.turned = found.turned or one.turned
        if part == "all":
            found.parts = one.parts
        else:
            found.parts[part] = joined(list(one.parts.values()))
    return found


def _part_of_table(path: str, folder: str) -> str:
    """The part that a table's name, or its folder's, stands for."""
    above = os.path.relpath(os.path.dirname(path), folder)
    stem = os.path.splitext(os.path.basename(path))[0]
    return part_of_file(stem) if above == "." else part_named(above) or "all"
