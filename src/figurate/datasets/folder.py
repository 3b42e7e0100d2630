"""A data set as a folder of four IDX files, named as MNIST's are: found, read and held against each other.

What the values mean, and which folder to look into, is told in `sources.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from figurate.datasets import idx
from figurate.errors import FileFormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Split: TypeAlias = tuple[NDArray[Any], NDArray[Any]]
    Data: TypeAlias = tuple[Split, Split]

__all__ = ["FILES", "find", "read"]

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
"""The four files: training figures and labels, test figures and labels; each may also end in `.gz`."""


def find(folder: Path) -> tuple[list[Path], list[str]]:
    """Look for the four files.

    Args:
        folder: Where to look; it need not exist.

    Returns:
        The files found, raw before gzipped, in the order of `FILES`; and the names of those that are missing.
    """
    found: list[Path] = []
    missing: list[str] = []
    for name in FILES:
        # Some distributors write the dimensions as an ending: `train-images.idx3-ubyte`.
        stems = (name, name.replace("-idx", ".idx"))
        candidates = [folder / f"{stem}{ending}" for ending in ("", ".gz") for stem in stems]
        path = next((candidate for candidate in candidates if candidate.is_file()), None)
        if path is None:
            missing.append(name)
        else:
            found.append(path)
    return found, missing


def read(folder: Path, *, mapped: bool = False) -> Data:
    """Read a folder's four IDX files, raw or gzipped.

    Args:
        folder: The folder.
        mapped: Map the raw files (see `idx.read`).

    Returns:
        `((x_train, y_train), (x_test, y_test))`: x (n, …) as the files have it, usually (n, 28, 28) uint8; y (n,).

    Raises:
        FileFormatError: A file is missing or damaged, or the four do not fit together.
        OSError: A file cannot be opened.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = folder.read(Path("my-set"))  # doctest: +SKIP
    """
    paths, missing = find(folder)
    if missing:
        raise FileFormatError(
            f"`{folder}`: expected the four IDX files {', '.join(FILES)} (or the same with .gz), "
            f"missing: {', '.join(missing)}. Put them there."
        )
    arrays = [idx.read(path, mapped=mapped) for path in paths]
    for images, labels in ((0, 1), (2, 3)):
        x, y = arrays[images], arrays[labels]
        if x.ndim < 2 or y.ndim != 1 or y.dtype.kind not in "iu":
            raise FileFormatError(
                f"`{folder}`: expected figures of at least two dimensions with whole-number labels of one, received "
                f"{x.dtype} {x.shape} in `{paths[images].name}` and {y.dtype} {y.shape} in `{paths[labels].name}`. "
                "Are the files mixed up?"
            )
        if len(x) != len(y):
            raise FileFormatError(
                f"`{folder}`: expected as many labels as figures, received {len(x):,} figures in "
                f"`{paths[images].name}` and {len(y):,} labels in `{paths[labels].name}`. Are the files of one set?"
            )
    if arrays[0].shape[1:] != arrays[2].shape[1:]:
        raise FileFormatError(
            f"`{folder}`: expected training and test figures of one size, received {arrays[0].shape[1:]} in "
            f"`{paths[0].name}` and {arrays[2].shape[1:]} in `{paths[2].name}`. Are the files of one set?"
        )
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])
