"""What a preset takes from figures and labels: shape, range of pixels, classes; and the messages where they don't fit.

Nothing here changes the arrays it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, DataError, ShapeError, shown
from figurate.layers import Layer
from figurate.losses import Loss
from figurate.parameters import Integer
from figurate.training import arguments
from figurate.training.data import Array, as_array
from figurate.utils import to_categorical

_LEAST_SIDE, _MOST_SIDE, _MOST_CHANNELS = 8, 64, 4
_MOST_CLASSES = 65_536

Labels = npt.NDArray[np.int32]
Pair = tuple[Array, Any]


@dataclass(frozen=True)
class Given:
    """Figures and labels as `Preset.fit` was given them.

    Attributes:
        x: (n, height, width) or (n, height, width, channels).
        y: (n,) class numbers.
        validation: The same two, or None.
        classes: How many there are.
        rescale: Whether pixels are 0..255 rather than 0..1.
    """

    x: Array
    y: Labels
    validation: tuple[Array, Labels] | None
    classes: int
    rescale: bool

    @classmethod
    def of(cls, x: object, y: object, validation_data: object, named: int | None, planes: bool) -> Given:
        """What these are.

        Args:
            x, y, validation_data: See `Preset.fit`.
            named: How many classes have names; None: they have none.
            planes: See `figure_shape`.

        Raises:
            ShapeError, DataError: They don't fit; the message says how to mend it.
            ConfigurationError: `validation_data` is no pair, or weighs its figures.
        """
        figures = _figures(x, "x", planes)
        labels, classes = _labels(y, len(figures), "y")
        rescale = _rescale(figures, "x")
        if classes < 2:
            raise DataError(
                "`fit` expects labels of at least 2 classes in y, received 0 alone. Pass figures of all classes."
            )
        validation = None
        if validation_data is not None:
            found = arguments.unpack_validation(validation_data)
            if found[2] is not None:
                raise ConfigurationError(
                    "`fit` of a preset expects validation_data=(x, y), received weights of figures, too. Leave them "
                    "out, or train what `build` returns."
                )
            others = _figures(found[0], "validation x", planes)
            if others.shape[1:] != figures.shape[1:]:
                raise ShapeError(
                    f"`fit` expects validation figures of the shape {figures.shape[1:]} that x has, received "
                    f"{others.shape[1:]}. Resize them."
                )
            # Whole numbers up to 1 are 0..255, too, where x goes further.
            wide = _rescale(others, "validation x")
            if (others.dtype.kind == "f") if rescale else wide:
                raise DataError(
                    f"`fit` expects pixels of {'0..255' if rescale else '0..1'} in validation x, as x has them, "
                    f"received {others.dtype} up to {others.max():g}. Do to them what was done to x."
                )
            there, more = _labels(found[1], len(others), "validation y")
            validation, classes = (others, there), max(classes, more)
        if named is not None and named < classes:
            raise ConfigurationError(
                f"`class_names` expects a name for each of at least {classes} classes, labels being up to "
                f"{classes - 1}, received {named}. Name them all."
            )
        return cls(figures, labels, validation, max(classes, named or 0), rescale)

    def for_loss(self, loss: Loss) -> tuple[Pair, Pair | None]:
        """Figures and labels, and those of the validation, the labels in the form that the loss takes."""

        def formed(x: Array, y: Labels) -> Pair:
            return x, y if loss.sparse else to_categorical(y, self.classes).astype(np.float32)

        return formed(self.x, self.y), None if self.validation is None else formed(*self.validation)


def figure_shape(shape: Sequence[int], planes: bool) -> tuple[int, ...]:
    """The shape of one figure, once it is sure that a preset is made for it.

    Args:
        shape: Without the batch axis.
        planes: Whether the network reads planes of channels; others take figures of any shape.

    Raises:
        ShapeError: It is no such shape; the message says which are.
    """
    sizes = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else ()
    whole = all(isinstance(size, (int, np.integer)) and not isinstance(size, bool) for size in sizes)
    if whole and not planes and sizes and min(sizes) > 0:
        return tuple(int(size) for size in sizes)
    if not whole or len(sizes) not in (2, 3):
        raise ShapeError(
            "A preset expects the shape of one figure, (height, width) or (height, width, channels), received "
            f"{shown(shape)}. Write `(28, 28)`; rows of pixels become figures by `x.reshape(-1, 28, 28)`."
        )
    if not all(_LEAST_SIDE <= size <= _MOST_SIDE for size in sizes[:2]):
        first = (
            len(sizes) == 3 and sizes[0] <= _MOST_CHANNELS and all(_LEAST_SIDE <= s <= _MOST_SIDE for s in sizes[1:])
        )
        advice = (
            " Channels come last here: write `numpy.moveaxis(x, 1, -1)`."
            if first
            else (" Resize them, or compose a network of `figurate.layers`.")
        )
        raise ShapeError(
            f"Presets are for figures of {_LEAST_SIDE} × {_LEAST_SIDE} to {_MOST_SIDE} × {_MOST_SIDE} pixels, received "
            f"{' × '.join(map(str, sizes if first else sizes[:2]))}.{advice}"
        )
    if len(sizes) == 3 and not 1 <= sizes[2] <= _MOST_CHANNELS:
        raise ShapeError(
            f"Presets are for figures of 1 to {_MOST_CHANNELS} channels, the last axis, received {sizes[2]}: shape "
            f"{tuple(map(int, sizes))}. Move the channels to the end by `numpy.moveaxis`, if they are elsewhere."
        )
    return tuple(int(size) for size in sizes)


def class_count(classes: int) -> int:
    """The number of classes, checked.

    Raises:
        ConfigurationError: It is no whole number of at least 2.
    """
    found: int = Integer(low=2, high=_MOST_CLASSES).check("build", "classes", classes)
    return found


def whole(name: str, value: int | None, default: int) -> int:
    """An argument of `fit` of at least 1, or the recipe's.

    Raises:
        ConfigurationError: It is none.
    """
    return arguments.whole("fit", name, value, 1, default)


def augmentation(layers: object) -> Sequence[Layer]:
    """The layers a caller wants in place of a recipe's augmentation.

    Raises:
        ConfigurationError: It is no list of layers.
    """
    if isinstance(layers, Layer):
        return [layers]
    if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, Layer) for layer in layers):
        raise ConfigurationError(
            f"`augmentation=` expects a list of layers, None or 'recipe', received {shown(layers)}. Write "
            "`augmentation=[layers.Augment.garments()]`."
        )
    return layers


def _figures(x: object, name: str, planes: bool) -> Array:
    array = as_array(x, "fit", name)
    if array.ndim not in (3, 4) and (planes or array.ndim < 2):
        raise ShapeError(
            f"`fit` of a preset expects {name} of the shape (n, height, width) or (n, height, width, channels), "
            f"received {array.shape}. Rows of 784 pixels become figures by `{name.split()[-1]}.reshape(-1, 28, 28)`."
        )
    if len(array) == 0:
        raise DataError(f"`fit` expects at least one figure in {name}, received none: shape {array.shape}.")
    figure_shape(array.shape[1:], planes)
    return array


def _rescale(x: Array, name: str) -> bool:
    """Whether pixels are 0..255 rather than 0..1."""
    low, high = float(x.min()), float(x.max())  # NaN where there is one
    if x.dtype.kind != "f" and low >= 0 and high <= 255:
        return high > 1
    if low >= 0 and high <= 1:
        return False
    advice = "Replace what is not finite."
    if np.isfinite(low) and np.isfinite(high):
        advice = f"Bring them to 0..1, for instance by `({name.split()[-1]} - {low:g}) / {high - low:g}`"
        advice += "; or train what `build(…, rescale=False)` returns on them as they are."
        if low >= 0:
            advice = f"Divide them by {255 if high <= 255 else f'{high:g}'} first."
    raise DataError(
        f"`fit` of a preset expects pixels of whole numbers 0..255 or of any numbers 0..1 in {name}, received "
        f"{x.dtype} from {low:g} to {high:g}. {advice}"
    )


def _labels(y: object, count: int, name: str) -> tuple[Labels, int]:
    """Class numbers (n,), and how many classes they tell of."""
    array = np.asarray(y) if not isinstance(y, np.ndarray) else y
    number = "Number the classes from 0, for instance by `names, y = numpy.unique(y, return_inverse=True)`."
    if array.dtype.kind not in "uifb":
        raise DataError(f"`fit` expects whole numbers as labels in {name}, received {shown(y)}. {number}")
    if array.ndim == 0 or len(array) != count or array.ndim > 2:
        raise ShapeError(
            f"`fit` expects one label a figure in {name}, ({count},) or ({count}, classes), received "
            f"{array.shape}. Pass figures and labels of the same length."
        )
    if array.ndim == 2 and array.shape[1] > 1:
        if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
            raise DataError(
                f"`fit` of a preset expects rows of 0 and one 1, or whole numbers, as labels in {name}, received "
                f"{shown(array[0])}. Pass `{name.split()[-1]}.argmax(axis=1)`."
            )
        return array.argmax(axis=1).astype(np.int32), array.shape[1]
    flat = array.reshape(count)
    if not (np.isfinite(flat).all() and (flat == np.floor(flat)).all() and flat.min() >= 0):
        first = int(np.argmax(~(np.isfinite(flat) & (flat == np.floor(flat)) & (flat >= 0))))
        raise DataError(
            f"`fit` expects whole numbers from 0 on as labels, received {shown(flat[first].item())} at figure {first} "
            f"of {name}. {number}"
        )
    if flat.max() >= _MOST_CLASSES:
        raise DataError(
            f"`fit` expects labels below {_MOST_CLASSES}, one output each, received {flat.max():g} in {name}. {number}"
        )
    return flat.astype(np.int32), int(flat.max()) + 1
