"""Folders of pictures: which files there are, and class-per-folder trees.

Links that lead round in a circle are not followed. Nothing is opened here; `decoding.py` does that.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from figurate.datasets.dataset import Places, Skipped
from figurate.datasets.found import Found, Part, joined, part_named
from figurate.datasets.labels import Labels, class_name
from figurate.errors import FileFormatError, shown

__all__ = ["ENDINGS", "PictureFiles", "is_picture", "listed", "read_tree", "subfolders"]

_ENDINGS = "png jpg jpeg jpe jfif bmp dib gif webp tif tiff pgm ppm pbm pnm"
ENDINGS = frozenset(f".{ending}" for ending in _ENDINGS.split())
"""How names of picture files end, in lower case."""

_DEEPEST = 32  # folders within folders
_NO_CLASSES = frozenset({"__macosx", "__pycache__"})


@dataclass(frozen=True)
class PictureFiles:
    """Pictures in files, as `decoding.py` takes them.

    Args:
        paths: Of the files, in order.
    """

    paths: Sequence[str]

    def __len__(self) -> int:
        return len(self.paths)

    def items(self) -> Iterator[str]:
        """The paths in order."""
        return iter(self.paths)

    def sample(self, indices: Sequence[int]) -> Iterator[str]:
        """Some of the paths."""
        return (self.paths[index] for index in indices)

    def places(self) -> Places:
        """The paths as places."""
        return Places(self.paths.__getitem__, range(len(self.paths)))


def is_picture(name: str) -> bool:
    """Whether a file is taken for a picture, by its name."""
    return os.path.splitext(name)[1].lower() in ENDINGS and not name.startswith(".")


def subfolders(folder: str) -> list[str]:
    """The names of a folder's folders, sorted; hidden ones and what systems leave behind are none."""
    with os.scandir(folder) as entries:
        found = [entry.name for entry in entries if _is_folder(entry)]
    return sorted(name for name in found if name[0] != "." and name.lower() not in _NO_CLASSES)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def listed(folder: str, skipped: list[Skipped], above: Sequence[str] = ()) -> list[str]:
    """The picture files in a folder and its subfolders, sorted by path.

    Args:
        folder: Where to look.
        skipped: Gets what is called like a picture and is no file: a pipe, a device, a link to nothing; and folders
            that cannot be read, or are links to one above them.
        above: The folders of the set that lie above.

    Returns:
        Their paths.

    Raises:
        OSError: The folder itself cannot be read, and there is none above.
    """
    found: list[str] = []
    _list(folder, found, skipped, tuple(_identity(one) for one in above))
    return found


def _identity(folder: str) -> tuple[int, int]:
    """What is the same for a folder and every link to it."""
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _list(folder: str, found: list[str], skipped: list[Skipped], above: tuple[tuple[int, int], ...]) -> None:
    try:
        identity = _identity(folder)
        with os.scandir(folder) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not above:
            raise
        skipped.append(Skipped(folder, error.strerror or "cannot be read"))
        return
    if identity in above:
        skipped.append(Skipped(folder, "a link that leads back to a folder above it"))
        return
    if len(above) >= _DEEPEST:
        skipped.append(Skipped(folder, f"more than {_DEEPEST} folders deep"))
        return
    for entry in here:
        if _is_folder(entry):
            if entry.name[0] != "." and entry.name.lower() not in _NO_CLASSES:
                _list(entry.path, found, skipped, (*above, identity))
        elif is_picture(entry.name):
            reason = _no_file(entry)
            if reason is None:
                found.append(entry.path)
            else:
                skipped.append(Skipped(entry.path, reason))


def _no_file(entry: os.DirEntry[str]) -> str | None:
    """Why an entry cannot be read, if it cannot."""
    try:
        if entry.is_file():
            return None
        mode = entry.stat().st_mode
    except OSError as error:
        return error.strerror or "cannot be read"
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return f"{kinds.get(stat.S_IFMT(mode), 'something else')}, no file"


def read_tree(folder: str) -> Found:
    """Read a tree of a folder a class, with or without folders for training, validation and test above them.

    Args:
        folder: Its path.

    Returns:
        The set; its figures are files.

    Raises:
        FileFormatError: There are no pictures, or pictures without classes; the message says what was found.
        OSError: The folder cannot be read.
    """
    inner = _unwrapped(folder)
    names = subfolders(inner)
    found = Found(folder, {})
    by_part: dict[str, list[Part]] = {}
    named = {name: part_named(name) for name in names}
    if any(named.values()) and _are_parts(inner, [name for name in names if named[name]]):
        for name in names:
            part = named[name]
            if part is None:
                found.notes.append(f"Beside the parts lies a folder `{name}`, which was left out.")
            else:
                by_part.setdefault(part, []).append(_classes(os.path.join(inner, name), found.skipped, (folder, inner)))
    elif names:
        by_part["all"] = [_classes(inner, found.skipped, (folder,))]
    found.parts = {part: one for part, parts in by_part.items() if len(one := joined(parts))}
    if not found.parts:
        raise _nothing(folder, inner, found.skipped)
    return found


def _unwrapped(folder: str) -> str:
    """The folder within folders that hold nothing else, as archives make them."""
    for _ in range(_DEEPEST):
        names = subfolders(folder)
        if len(names) != 1 or part_named(names[0]) or any(map(is_picture, os.listdir(folder))):
            break
        inner = os.path.join(folder, names[0])
        if not subfolders(inner):
            break
        folder = inner
    return folder


def _are_parts(folder: str, names: Sequence[str]) -> bool:
    """Whether folders called like parts hold folders, rather than being classes themselves."""
    return any(subfolders(os.path.join(folder, name)) for name in names)


def _classes(folder: str, skipped: list[Skipped], above: tuple[str, ...]) -> Part:
    """One part: a folder whose folders are classes, below the set's own."""
    paths: list[str] = []
    codes: list[Any] = []
    names: dict[str, int] = {}
    for name in subfolders(folder):
        files = listed(os.path.join(folder, name), skipped, (*above, folder))
        if files:
            code = names.setdefault(class_name(name), len(names))
            paths += files
            codes.append(np.full(len(files), code, np.int32))
    with os.scandir(folder) as entries:
        loose = sorted(entry.path for entry in entries if is_picture(entry.name) and not _is_folder(entry))
    skipped += [Skipped(path, "lies beside the classes' folders, so that it has no class") for path in loose]
    pictures = PictureFiles(paths)
    return Part(pictures, Labels(list(names), np.concatenate([*codes, np.empty(0, np.int32)])), pictures.places())


def _nothing(folder: str, inner: str, skipped: Sequence[Skipped]) -> FileFormatError:
    fix = (
        "Make a folder for each class, named as the class is, and put its pictures there; or a table `labels.csv` with "
        "the columns `image,label`."
    )
    flat = [name for name in sorted(os.listdir(inner)) if is_picture(name)]
    if flat:
        return FileFormatError(
            f"`{folder}`: expected pictures with their classes, received {len(flat):,} pictures without: "
            f"{shown(', '.join(flat[:5]), 100)}. {fix}"
        )
    names = sorted(os.listdir(folder))
    if not names:
        return FileFormatError(f"`{folder}`: expected a data set, received an empty folder. {fix}")
    received = f"{len(skipped):,} of no use ({skipped[0].file}: {skipped[0].reason})" if skipped else "none"
    return FileFormatError(
        f"`{folder}`: expected pictures ({', '.join(sorted(ENDINGS)[:6])}, …) or files of a data set, received "
        f"{received}; there are: {shown(', '.join(names[:20]), 160)}. {fix}"
    )
