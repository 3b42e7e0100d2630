"""Which of several named arrays are figures and which are labels, and of which part; and arrays as figures.

Names as Keras, MedMNIST, Kuzushiji-49 and scikit-learn use them: `x_train`, `train_images`, `k49-test-imgs`, `data` and
`target`, `arr_0` and `arr_1`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.dataset import Places
from figurate.datasets.found import Found, Part, part_named
from figurate.datasets.labels import Labels, class_name
from figurate.datasets.spool import BOUND, converted
from figurate.errors import DataError, FileFormatError, shown

__all__ = ["as_figures", "by_names", "in_bytes", "kind_of_name", "turned"]

_FIGURES = "x xs image images img imgs figure figures picture pictures data features inputs"
_LABELS = "y ys label labels lbl lbls target targets class classes"
_KINDS = {"figures": frozenset(_FIGURES.split()), "labels": frozenset(_LABELS.split())}
_WORD = re.compile(r"[a-z]+|[0-9]+")


def kind_of_name(name: str) -> tuple[str, str] | None:
    """The part and the kind, "figures" or "labels", that an array's name stands for.

    Example:
        >>> kind_of_name("x_train"), kind_of_name("k49-test-labels"), kind_of_name("weights")
        (('train', 'figures'), ('test', 'labels'), None)
    """
    words = _WORD.findall(name.lower().replace("t10k", "test"))
    parts = [part for word in words if (part := part_named(word)) is not None]
    kinds = {kind for word in words for kind, known in _KINDS.items() if word in known}
    # x_test_labels has both words: the one that says less about the content gives way.
    kind = "labels" if "labels" in kinds else "figures" if kinds else None
    return (parts[0] if parts else "all", kind) if kind is not None and len(set(parts)) < 2 else None


def by_names(arrays: Mapping[str, NDArray[Any]], what: str, place: Callable[[str, int], str] | None) -> Found:
    """Put named arrays together to a set.

    Args:
        arrays: By their names.
        what: The set's name, for messages.
        place: Names figure number i of an array, for messages; None: they come from no file.

    Returns:
        The set, its figures as they are in the arrays.

    Raises:
        FileFormatError: The names do not tell figures from labels.
    """
    named: dict[tuple[str, str], str] = {}
    for name in arrays:
        key = kind_of_name(name)
        if key is not None and key not in named and name not in ("class_names", "classes"):
            named[key] = name
    if not named and all(re.fullmatch(r"arr_\d+", name) for name in arrays) and len(arrays) in (2, 4):
        keys = [("train", "figures"), ("train", "labels"), ("test", "figures"), ("test", "labels")]
        named = dict(zip(keys, sorted(arrays), strict=False))
    parts: dict[str, Part] = {}
    for part in ("train", "validation", "test", "all"):
        figures, labels = named.get((part, "figures")), named.get((part, "labels"))
        if figures is None or labels is None:
            continue
        x, y = arrays[figures], Labels.of(arrays[labels], f"`{what}`, `{labels}`")
        if x.ndim < 2 or len(x) != len(y):
            raise FileFormatError(
                f"`{what}`: expected as many labels as figures, received `{figures}` of shape {x.shape} and `{labels}` "
                f"of shape {arrays[labels].shape}. Are they of one set?"
            )
        parts[part] = Part(x, y, _places(place, figures, len(x)))
    if "all" in parts and len(parts) > 1:
        del parts["all"]
    if not parts:
        raise FileFormatError(
            f"`{what}`: expected arrays `x_train, y_train, x_test, y_test` or `images, labels`, received "
            f"{shown(', '.join(arrays), 160)}. Rename them."
        )
    found = Found(what, parts)
    for name in ("class_names", "classes"):
        names = arrays.get(name)
        if names is not None and names.dtype.kind in "US" and names.ndim == 1:
            found.class_names = {str(at): class_name(str(text)) for at, text in enumerate(names.astype(str).tolist())}
    return found


def _places(place: Callable[[str, int], str] | None, name: str, count: int) -> Places | None:
    return Places(lambda number: place(name, number), range(count)) if place is not None else None


def as_figures(x: NDArray[Any], what: str) -> tuple[NDArray[Any], list[str]]:
    """An array as figures, (n, height, width) or (n, height, width, 3).

    Args:
        x: (n, pixels) of square figures, (n, h, w), (n, h, w, 1 or 3), (n, 1 or 3, h, w), of numbers.
        what: Its name, for messages.

    Returns:
        The figures, not copied where they need not be, and sentences on what was done.

    Raises:
        DataError: It is none of these.
    """
    if x.dtype.kind not in "biuf":
        raise DataError(f"{what}: expected numbers as pixels, received {x.dtype}. Convert them.")
    notes: list[str] = []
    if x.ndim == 2:
        side = math.isqrt(x.shape[1])
        if side * side == x.shape[1] and side > 1:
            x = x.reshape(len(x), side, side)
            notes.append(f"Rows of {side * side} pixels, taken as {side} × {side}.")
    elif x.ndim == 4 and x.shape[3] not in (1, 3) and x.shape[1] in (1, 3):
        x = np.moveaxis(x, 1, 3)
        notes.append("Channels stood before rows and columns, and were put behind them.")
    if x.ndim == 4 and x.shape[3] == 1:
        x = x[:, :, :, 0]
    if (x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3)) and min(x.shape[1:3]) > 0:
        return x, notes
    raise DataError(
        f"{what}: expected figures of shape (n, height, width), (n, height, width, 3), or (n, pixels) of squares, "
        f"received {x.shape}. Reshape them first."
    )


def in_bytes(x: NDArray[Any], what: str) -> tuple[NDArray[np.uint8], list[str]]:
    """Figures with pixels of 0..255: numbers from 0 to 1 are stretched, 16 bits shortened.

    Args:
        x: (n, …) of numbers.
        what: Its name, for messages.

    Returns:
        The same as uint8, and sentences on what was done.

    Raises:
        DataError: The pixels are negative, above 65,535, or not finite.
    """
    shape = x.shape[1:]
    if x.dtype == np.uint8:
        if not x.flags.c_contiguous:  # else whoever needs rows copies all of it into memory
            x = converted(x, lambda rows: rows, np.uint8, shape)
        return x, []
    if x.dtype.kind == "b":
        return converted(x, lambda rows: rows.astype(np.uint8) * np.uint8(255), np.uint8, shape), ["Black and white."]
    low, high, whole = _range(x)
    if not (low >= 0 and high <= 65535):
        raise DataError(
            f"{what}: expected pixels from 0 to 255, from 0 to 1 or of 16 bits, received {x.dtype} from {low:g} to "
            f"{high:g}. Scale them to 0..255 first."
        )
    if x.dtype.kind == "f" and high <= 1:
        note = f"Pixels from {low:g} to {high:g} were stretched to 0..255."
        return converted(x, lambda rows: np.rint(rows * 255).astype(np.uint8), np.uint8, shape), [note]
    if high > 255:
        return converted(x, lambda rows: (rows / 257 + 0.5).astype(np.uint8), np.uint8, shape), ["16 bits made 8."]
    notes = [] if whole else ["Fractions of pixels were rounded."]
    return converted(x, lambda rows: np.rint(rows).astype(np.uint8), np.uint8, shape), notes


def _range(x: NDArray[Any]) -> tuple[float, float, bool]:
    """The least and the greatest pixel, and whether all are whole; NaN gives NaN, which is in no range."""
    from figurate.datasets.spool import chunks

    lows, highs, whole = [], [], True
    for part in chunks(x):
        rows = x[part]
        lows.append(float(rows.min()))
        highs.append(float(rows.max()))
        whole = whole and (x.dtype.kind != "f" or bool((rows == np.rint(rows)).all()))
    return float(np.min(lows)), float(np.max(highs)), whole


def turned(x: NDArray[Any]) -> NDArray[Any]:
    """Figures with rows and columns exchanged, laid out row by row; a large array piece by piece."""
    if x.nbytes <= BOUND:
        return np.ascontiguousarray(x.swapaxes(1, 2))
    return converted(x, lambda rows: rows.swapaxes(1, 2), x.dtype, (x.shape[2], x.shape[1], *x.shape[3:]))
