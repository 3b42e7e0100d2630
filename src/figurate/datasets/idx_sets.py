"""Sets of IDX files in a folder, found by their names: MNIST's and its relatives', EMNIST's, which lie transposed.

How such a file is read is told in `idx.py`.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from numpy.typing import NDArray

from figurate.datasets import idx
from figurate.datasets.dataset import Places
from figurate.datasets.found import Found, Part, part_named
from figurate.datasets.labels import Labels
from figurate.datasets.npy import MAPPED_FROM
from figurate.errors import FileFormatError, shown

__all__ = ["is_emnist", "is_idx_name", "read_idx_images", "read_idx_set"]

_NAME = re.compile(
    r"(?P<set>.*?)[-_.]?(?P<part>train|training|t10k|test|val|valid|validation)?[-_.]"
    r"(?P<kind>images|labels)[-_.]idx[13][-_.]ubyte(?P<packed>\.gz)?",
    re.IGNORECASE,
)
_MAPPING_BYTES = 1 << 16

# The classes' characters, in the order of the labels, as the set's paper has them (arXiv 1702.05373); upper case stands
# for both where the two were merged.
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MERGED = "0123456789" + _CAPITALS + "abdefghnqrt"
_EMNIST = {
    "digits": (0, "0123456789"),
    "mnist": (0, "0123456789"),
    "letters": (1, _CAPITALS),
    "balanced": (0, _MERGED),
    "bymerge": (0, _MERGED),
    "byclass": (0, "0123456789" + _CAPITALS + _CAPITALS.lower()),
}


def is_idx_name(name: str) -> bool:
    """Whether a file is called as sets of IDX files call theirs."""
    return _NAME.fullmatch(name) is not None or name.endswith((".idx", ".idx.gz"))


def is_emnist(name: str) -> bool:
    """Whether a file is EMNIST's, by its name: its figures lie transposed."""
    return os.path.basename(name).lower().startswith("emnist-")


def read_idx_set(folder: str, only: str | None = None) -> Found:
    """Read the set that a folder holds.

    Args:
        folder: Where the files are.
        only: The name of one of the set's files; needed where there are several sets.

    Returns:
        The set; raw files are mapped where they are large.

    Raises:
        FileFormatError: A file is missing or damaged, or there are several sets.
        OSError: One cannot be read.
    """
    what = os.path.join(folder, only) if only else folder
    sets: dict[str, dict[tuple[str, str], str]] = {}
    # Turned round, so that raw files come after gzipped ones, and go before.
    for name in sorted(os.listdir(folder or "."), reverse=True):
        match = _NAME.fullmatch(name)
        if match is not None:
            part = part_named(match["part"]) if match["part"] else "all"
            sets.setdefault(match["set"].lower(), {})[part or "all", match["kind"].lower()] = name
    if only is not None:
        match = _NAME.fullmatch(only)
        if match is None:
            raise FileFormatError(
                f"`{what}`: expected an IDX file called as MNIST's are, "
                "`train-images-idx3-ubyte`, so that its labels are found. Rename it, or name the folder."
            )
        sets = {match["set"].lower(): sets[match["set"].lower()]}
    if len(sets) > 1:
        raise FileFormatError(
            f"`{what}`: expected one set of IDX files, received {len(sets)}: {shown(', '.join(sorted(sets)), 160)}. "
            "Name one of the files, for instance "
            f"`{os.path.join(folder, next(iter(sets[min(sets)].values())))}`."
        )
    [(name, files)] = sets.items()
    found = Found(what, {})
    shapes: dict[str, tuple[int, ...]] = {}
    for part in ("train", "validation", "test", "all"):
        images, labels = files.get((part, "images")), files.get((part, "labels"))
        if images is None and labels is None:
            continue
        if images is None or labels is None:
            there = images or labels or ""
            raise FileFormatError(
                f"`{what}`: expected figures and labels, received `{there}` without its "
                f"{'labels' if images else 'figures'}. Put the file beside it."
            )
        x, y = _read(folder, images), _read(folder, labels)
        if x.ndim < 2 or y.ndim != 1 or y.dtype.kind not in "iu" or len(x) != len(y):
            raise FileFormatError(
                f"`{what}`: expected figures with as many whole-number labels, received {x.dtype} {x.shape} in "
                f"`{images}` and {y.dtype} {y.shape} in `{labels}`. Are the files of one set, or mixed up?"
            )
        shapes[images] = x.shape[1:]
        found.parts[part] = Part(x, Labels.of(y, f"`{labels}`"), _places(os.path.join(folder, images), len(x)))
    if len(set(shapes.values())) > 1:
        text = " and ".join(f"{shape} in `{file}`" for file, shape in shapes.items())
        raise FileFormatError(f"`{what}`: expected figures of one size, received {text}. Are they of one set?")
    if is_emnist(next(iter(files.values()))):
        found.turned = True
    found.class_names = _class_names(folder, name)
    return found


def read_idx_images(path: str) -> tuple[NDArray[Any], bool]:
    """Read figures without labels, and whether they lie transposed."""
    return _read(*os.path.split(path)), is_emnist(path)


def _read(folder: str, name: str) -> NDArray[Any]:
    path = os.path.join(folder, name)
    return idx.read(path, mapped=os.stat(path).st_size >= MAPPED_FROM)


def _places(path: str, count: int) -> Places:
    return Places(lambda number: f"{path}:{number}", range(count))


def _class_names(folder: str, name: str) -> dict[str, str]:
    """The characters that labels stand for: from EMNIST's mapping file, else as its paper has them."""
    path = os.path.join(folder, f"{name}-mapping.txt")
    if os.path.isfile(path):
        with open(path, "rb") as file:
            content = file.read(_MAPPING_BYTES)
        names: dict[str, str] = {}
        for number, line in enumerate(content.splitlines(), 1):
            fields = line.split()
            if not fields:
                continue
            # A label, and the code points of the characters that it stands for.
            if len(fields) < 2 or not all(field.isdigit() and len(field) < 8 for field in fields):
                raise FileFormatError(
                    f"`{path}`: expected a label and code points, as in `0 48`, received "
                    f"{shown(line.decode('utf-8', 'replace'))} in line {number}. Mend it, or move the file away."
                )
            code = int(fields[1])
            if code > sys.maxunicode or 0xD800 <= code < 0xE000:
                raise FileFormatError(
                    f"`{path}`: expected code points of characters, received {code} in line {number}."
                )
            names[str(int(fields[0]))] = chr(code)
        return names
    first, characters = _EMNIST.get(name.lower().removeprefix("emnist-"), (0, "")) if is_emnist(name) else (0, "")
    return {str(first + at): character for at, character in enumerate(characters)}
