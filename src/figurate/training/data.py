"""Figures as users pass them, checked and brought into the form the engine takes: rows of uint8, float32 or float64.

Labels and weights of figures are `targets.py`'s matter. Nothing here changes the arrays it is given.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from warnings import warn

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import DataError, FigurateWarning, ShapeError, UnsupportedError, shown, user_level

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

# The types that the engine reads as they are, by numpy's one-letter names: uint8, float32, float64.
ENGINE_TYPES = frozenset("Bfd")

# Pixels beyond this are taken for 0..255.
_BYTES = 127
# Of a picture; fewer numbers are a table, whose columns have ranges of their own.
_LEAST_PIXELS = 64
# Figures mapped from a file are packed in memory up to this size, which is faster; beyond it they stay where they are.
_MOST_COPIED = 256 * 2**20


def as_array(x: object, caller: str, name: str = "x") -> Array:
    """`x` as a numeric array, not copied where it is one.

    Args:
        x: An array, or lists of numbers or arrays.
        caller: "fit", "evaluate" or "predict", for messages.
        name: The argument's name, for messages.

    Returns:
        An array of any shape, of whole numbers, floats or booleans.

    Raises:
        UnsupportedError: A generator, a data loader or several inputs.
        DataError: No numbers, or rows of different lengths.
    """
    if isinstance(x, np.ndarray):
        array = x
    else:
        _refuse_streams(x, caller, name)
        try:
            array = np.asarray(x)
        except ValueError as error:
            raise DataError(
                f"`{caller}` expects {name} as one array, received parts of different shapes ({error}). Bring all "
                "figures to one size first."
            ) from error
    if array.dtype.kind not in "uifb":
        raise DataError(
            f"`{caller}` expects {name} to hold numbers, received an array of type {array.dtype}. Convert it, for "
            f"instance by `{name}.astype('float32')`."
        )
    return array


def match_figures(array: Array, shape: Shape, caller: str, name: str = "x", one: bool = False) -> Array:
    """`array` with the batch axis first, once it is sure that it holds figures of `shape`.

    Args:
        array: Of shape (n, *shape); a last axis of length one may be missing or too many, as in Keras.
        shape: The model's figure, without the batch axis.
        caller, name: For messages.
        one: Whether a single figure, without the batch axis, is welcome.

    Raises:
        ShapeError: The shapes do not fit; the message says how to mend it.
        DataError: There is no figure at all.
    """
    if _fits(array.shape[1:], shape) and array.ndim > 1:
        if array.shape[0] == 0:
            raise DataError(f"`{caller}` expects at least one figure in {name}, received none: shape {array.shape}.")
        return array
    single = _fits(array.shape, shape)
    if single and one:
        return array[np.newaxis]
    advice = "Resize the figures, or make a model for this shape."
    if caller in ("predict", "classify") and len(shape) > 1 and min(shape[:2]) > 1 < array.ndim:
        advice += " Pictures of any size go to `predict_pictures`."
    if single:
        advice = f"For a single figure write `{name}[numpy.newaxis]`."
    elif len(shape) == 3 and array.shape[-3:] == (shape[2], *shape[:2]) and array.ndim in (3, 4):
        advice = f"Channels come last here: write `numpy.moveaxis({name}, {-3}, -1)`."
    elif array.size and array.size % math.prod(shape) == 0 and math.prod(array.shape[1:]) in (1, math.prod(shape)):
        advice = f"Write `{name}.reshape({', '.join(map(str, (-1, *shape)))})`."
    raise ShapeError(
        f"`{caller}` expects {name} to hold figures of shape {shape}, so (n, {', '.join(map(str, shape))}), received "
        f"{array.shape}. {advice}"
    )


def as_rows(array: Array) -> Array:
    """Figures with the batch axis first as contiguous rows of a type that the engine reads: (n, values of a figure).

    uint8, float32 and float64 stay as they are; whole numbers within 0..255 become uint8, wider floats float64, and
    everything else float32.
    """
    if array.dtype.char not in ENGINE_TYPES or not array.dtype.isnative:
        array = array.astype(_engine_type(array))
    rows = np.ascontiguousarray(array)
    return rows.reshape(rows.shape[0], -1)


def hold(array: Array, caller: str, threads: int, name: str = "x") -> _engine.Figures:
    """Figures with the batch axis first, held by the engine for many passes.

    Args:
        array: (n, …), of any number type.
        caller, name: For messages.
        threads: Of the engine, to read them.

    Raises:
        DataError: A pixel is NaN or infinite.
    """
    try:
        return _engine.Figures(as_rows(array), threads, copies=array.nbytes <= _MOST_COPIED or not _is_mapped(array))
    except ValueError as error:
        raise DataError(f"`{caller}` cannot use {name}: {error}") from error


def warn_of_range(figures: Array, maximum: float, trained: InputRange | None, caller: str) -> None:
    """Warn where a model that was trained on numbers from 0 to 1 is given 0..255, or the other way round.

    Args:
        figures: (n, …), of which the type and the size of one are looked at.
        maximum: Of their pixels.
        trained: What the model was trained on; None: nobody knows.
        caller: For the message.
    """
    if trained is None:
        return
    whole, size = figures.dtype.kind in "ui", math.prod(figures.shape[1:])
    if trained.within_one and maximum > (1 if whole else _BYTES):
        advice = "Divide by 255 first: `x / 255.0`."
    elif not whole and trained.low >= 0 and trained.high > _BYTES and 0 < maximum <= 1 and size >= _LEAST_PIXELS:
        advice = "Leave them as they are, or multiply by 255: `x * 255.0`."
    else:
        return
    warn(
        f"`{caller}` received {figures.dtype} pixels up to {maximum:g}, expected numbers from {trained.low:g} to "
        f"{trained.high:g} as the model was trained on. {advice}",
        FigurateWarning,
        stacklevel=user_level(),
    )


@dataclass(frozen=True, repr=False)
class InputRange:
    """The least and greatest pixel that a model was trained on, and the numbers' type.

    Args:
        low, high: The range.
        dtype: numpy's name of the type as it was passed to `fit`.
    """

    low: float
    high: float
    dtype: str

    @property
    def within_one(self) -> bool:
        """Whether no pixel in training was above 1."""
        return self.high <= 1

    @property
    def ends(self) -> tuple[float, float]:
        """What pixels of 0 and 255 become in this range.

        The figures of training need not have had the greatest pixel there is: up to 1 is taken for 0..1, beyond 127 for
        0..255. Pixels of more bits end where the training's did.

        Example:
            >>> InputRange(0.0, 0.98, "float32").ends, InputRange(-1.0, 1.0, "float32").ends
            ((0.0, 1.0), (-1.0, 1.0))
            >>> InputRange(0.0, 252.0, "uint8").ends, InputRange(0.0, 4095.0, "uint16").ends
            ((0.0, 255.0), (0.0, 4095.0))
        """
        if self.low >= 0 and (self.within_one or _BYTES < self.high <= 255):
            return 0.0, 1.0 if self.within_one else 255.0
        return min(self.low, 0.0), self.high

    def __repr__(self) -> str:
        return f"InputRange(low={self.low:g}, high={self.high:g}, dtype={self.dtype!r})"


def _is_mapped(array: Array) -> bool:
    """Whether an array's bytes are those of a file, which the system reads as they are needed."""
    base: Any = array
    while base is not None:
        if isinstance(base, (np.memmap, mmap.mmap)):
            return True
        # What stands between an array and its mapping: views, and the memory views that numpy makes of other buffers.
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    return False


def _engine_type(array: Array) -> str:
    if array.dtype.kind == "f":
        return "float64" if array.dtype.itemsize >= 8 else "float32"
    if array.dtype.kind == "b" or array.size == 0 or (array.min() >= 0 and array.max() <= 255):
        return "uint8"
    return "float32"


def _fits(received: Shape, expected: Shape) -> bool:
    return received in (expected, (*expected, 1)) or (*received, 1) == expected


def _refuse_streams(x: object, caller: str, name: str) -> None:
    if isinstance(x, (list, tuple)) or hasattr(x, "__array__") or hasattr(x, "__array_interface__"):
        return
    kind = f"{type(x).__module__}.{type(x).__qualname__}"
    if isinstance(x, Mapping):
        raise UnsupportedError(
            f"`{caller}` expects {name} as one array, received the dictionary {shown(x)}: models have one input. Pass "
            "the array."
        )
    if isinstance(x, Iterable) and not isinstance(x, (str, bytes)):
        raise UnsupportedError(
            f"`{caller}` expects {name} as one array, received `{kind}`: generators, data loaders and tf.data sets "
            "are not supported. Collect the figures first, for instance by `numpy.stack(list_of_figures)`; small "
            "figures fit in memory."
        )
    raise DataError(f"`{caller}` expects {name} as an array, received {shown(x)}. Pass a numpy array.")
