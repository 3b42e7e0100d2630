"""A table that names picture files and their labels, `image,label` or words like these, beside the files or above.

Paths in a table lead nowhere but into the table's own folder.
"""

from __future__ import annotations

import os

from figurate.datasets.dataset import Skipped
from figurate.datasets.found import Columns, Found, Part, part_named
from figurate.datasets.labels import Labels
from figurate.datasets.table import Head, find_column, head_of, rows
from figurate.datasets.tree import PictureFiles, listed
from figurate.errors import FileFormatError, shown

__all__ = ["NoPicturesError", "is_picture_csv", "read_picture_csv"]

_UNUSED = frozenset({"", "nan", "none", "null"})


class NoPicturesError(FileFormatError):
    """A table that names no picture that is there."""


def is_picture_csv(path: str, head: Head, columns: Columns, *, labels: bool = True) -> bool:
    """Whether a table has columns for pictures and, unless they are not wanted, labels."""
    image = find_column(path, head.names, "image", columns.image)
    return image is not None and (
        not labels or find_column(path, head.names, "label", columns.label) not in (None, image)
    )


def read_picture_csv(path: str, columns: Columns, *, labels: bool = True) -> Found:
    """Read a table of pictures.

    Args:
        path: The table. Its pictures lie in its folder or below.
        columns: What the caller says of its columns.
        labels: Whether labels have to be there.

    Returns:
        The set; parts as a column `split` tells, if there is one, else "all".

    Raises:
        NoPicturesError: None of the pictures that it names is there.
        FileFormatError: It is no such table, or a path in it leads out of its folder; the message has the line.
        ConfigurationError: There is no column of a name that the caller gave.
        OSError: It cannot be read.
    """
    head = head_of(path)
    image = find_column(path, head.names, "image", columns.image)
    label = find_column(path, head.names, "label", columns.label)
    if image is None or (labels and label in (None, image)):
        raise FileFormatError(
            f"`{path}`: expected columns `image` and `label`, received {shown(', '.join(head.names[:50]), 200)}. "
            "Rename two, or name them: `image=…, label=…`."
        )
    split = find_column(path, head.names, "split", None) if labels else None
    groups = find_column(path, head.names, "groups", columns.groups)
    found = Found(path, {})
    files = _Files(os.path.dirname(path) or ".")
    parts: dict[str, _Rows] = {}
    for line, row in rows(path, head):
        what = f"{path}:{line}"
        text = row[label] if label is not None and labels else ""
        if labels and text.strip().lower() in _UNUSED:
            found.skipped.append(Skipped(what, "no label"))
            continue
        name = "all"
        if split is not None:
            word = part_named(row[split])
            if word is None:
                raise FileFormatError(
                    f"`{path}`: expected `train`, `validation` or `test` in column {head.names[split]!r}, received "
                    f"{shown(row[split])} in line {line:,}."
                )
            name = word
        file = files.find(row[image], what)
        if file is None:
            found.skipped.append(Skipped(what, f"names {shown(row[image])}, which is not there"))
            continue
        part = parts.setdefault(name, _Rows([], [], [], []))
        part.called.append(row[image].strip())
        part.paths.append(file)
        part.labels.append(text)
        part.groups.append(row[groups] if groups is not None else "")
    found.parts = {name: part.as_part(labels, groups is not None) for name, part in parts.items()}
    if not found.parts:
        first = f"{found.skipped[0].file} {found.skipped[0].reason}" if found.skipped else "it has no rows"
        raise NoPicturesError(
            f"`{path}`: expected rows that name pictures in `{files.folder}`, received none that does: {first}. "
            "Paths are taken from the table's folder."
        )
    return found


class _Rows:
    """What was read of one part."""

    def __init__(self, called: list[str], paths: list[str], labels: list[str], groups: list[str]) -> None:
        self.called = called
        self.paths = paths
        self.labels = labels
        self.groups = groups

    def as_part(self, labels: bool, groups: bool) -> Part:
        pictures = PictureFiles(self.paths)
        return Part(
            pictures,
            Labels.of_texts(self.labels) if labels else None,
            # Without labels they are for prediction, which goes by the table's own names.
            pictures.places() if labels else PictureFiles(self.called).places(),
            Labels.of_texts(self.groups) if groups else None,
        )


class _Files:
    """Finds the files that a table names: by path, without an ending, or by name wherever below the folder it lies."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._by_name: dict[str, str | None] | None = None

    def find(self, text: str, what: str) -> str | None:
        """The path of a file, None where there is none.

        Raises:
            FileFormatError: The path leads out of the folder.
        """
        value = text.strip().replace("\\", "/")
        if not value:
            return None
        if os.path.isabs(value):
            inside = os.path.relpath(value, os.path.abspath(self.folder))
        else:
            inside = os.path.normpath(value)
        if inside == ".." or inside.startswith("../") or os.path.isabs(inside):
            raise FileFormatError(
                f"`{what}`: expected a file in the table's folder `{self.folder}`, received {shown(text)}, which leads "
                "out of it. Put the pictures beside the table."
            )
        path = os.path.join(self.folder, inside)
        if os.path.isfile(path):
            return path
        return self._names().get(inside) or self._names().get(os.path.basename(inside))

    def _names(self) -> dict[str, str | None]:
        """Files by their path, name and stem, as far as these are unambiguous."""
        if self._by_name is None:
            self._by_name = {}
            for path in listed(self.folder, []):
                inside = os.path.relpath(path, self.folder)
                for key in {
                    os.path.splitext(inside)[0],
                    os.path.basename(path),
                    os.path.splitext(os.path.basename(path))[0],
                }:
                    self._by_name[key] = None if key in self._by_name else path
        return self._by_name
