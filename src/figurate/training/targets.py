"""Labels and weights of figures as users pass them, checked and brought into the form the engine takes.

Targets become (n,) int32 where the loss takes whole numbers, else (n, outputs) float32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, DataError, ShapeError, shown
from figurate.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss
from figurate.training.data import Array, Shape, as_array

Floats = npt.NDArray[np.float32]
Targets = npt.NDArray[np.int32] | Floats


def as_targets(y: object, loss: Loss, output_shape: Shape, count: int, caller: str, name: str = "y") -> Targets:
    """Targets for `count` figures.

    Args:
        y: Labels: (n,) or (n, 1) whole numbers, or (n, outputs).
        loss: Decides which of the two.
        output_shape: Of the network, without the batch axis.
        caller, name: For messages.

    Raises:
        ShapeError: The length or shape differs.
        DataError: A label is no whole number, is out of range or not finite.
    """
    if y is None:
        raise DataError(f"`{caller}` expects labels in {name}, received None. Pass one label a figure.")
    array = as_array(y, caller, name)
    if array.ndim == 0 or array.shape[0] != count:
        found = array.shape[0] if array.ndim else "a single number"
        raise ShapeError(
            f"`{caller}` expects one label a figure, {count} of them, received {found} in {name}. Pass figures and "
            "labels of the same length."
        )
    if loss.sparse:
        return _sparse(array, loss, math.prod(output_shape), caller, name)
    return _dense(array, loss, output_shape, caller, name)


def as_sample_weight(weight: object, count: int, caller: str, name: str = "sample_weight") -> Floats | None:
    """Weights of `count` figures as (n,) float32; None stays None.

    Raises:
        ShapeError: The length differs.
        DataError: A weight is negative or not finite.
    """
    if weight is None:
        return None
    array = as_array(weight, caller, name)
    if array.shape not in ((count,), (count, 1)):
        raise ShapeError(f"`{caller}` expects {name} of shape ({count},), a number a figure, received {array.shape}.")
    flat = array.reshape(count).astype(np.float32)
    wrong = ~(np.isfinite(flat) & (flat >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(
            f"`{caller}` expects finite numbers of at least 0 in {name}, received {flat[first]:g} at figure {first}. "
            "Replace it."
        )
    return flat


def class_weights(weights: object, targets: Targets, outputs: int, caller: str) -> Floats:
    """The weight of each figure by its class.

    Args:
        weights: {class number: weight}; a class that is not named weighs 1.
        targets: As `as_targets` gave them.
        outputs: Of the network; for one output the classes are 0 and 1.

    Raises:
        ConfigurationError: It is no dictionary, or names a class that does not exist or a weight below 0.
    """
    classes = max(outputs, 2)
    table = np.ones(classes, dtype=np.float32)
    if not isinstance(weights, Mapping):
        raise ConfigurationError(
            f"`{caller}(class_weight=…)` expects a dictionary of class numbers and weights, received "
            f"{shown(weights)}. Write `{{0: 1.0, 1: 2.5}}`."
        )
    for label, weight in weights.items():
        whole = isinstance(label, (int, np.integer)) and not isinstance(label, bool)
        if not whole or not 0 <= label < classes:
            raise ConfigurationError(
                f"`{caller}(class_weight=…)` expects classes from 0 to {classes - 1}, received {shown(label)}. Number "
                "the classes as the labels do."
            )
        number = isinstance(weight, (int, float, np.integer, np.floating)) and not isinstance(weight, bool)
        if not number or not math.isfinite(weight) or weight < 0:
            raise ConfigurationError(
                f"`{caller}(class_weight=…)` expects finite weights of at least 0, received {shown(weight)} for class "
                f"{label}."
            )
        table[label] = weight
    if targets.ndim == 1:
        labels = targets.astype(np.intp)
    elif targets.shape[1] == 1:
        labels = np.clip(np.rint(targets[:, 0]), 0, 1).astype(np.intp)
    else:
        labels = targets.argmax(axis=1)
    return np.asarray(table[labels])


def _sparse(array: Array, loss: Loss, outputs: int, caller: str, name: str) -> npt.NDArray[np.int32]:
    count = array.shape[0]
    if array.shape not in ((count,), (count, 1)):
        advice = f"`utils.to_categorical` is not needed with it: pass the class numbers, `{name}.argmax(axis=1)`"
        if array.ndim == 2 and array.shape[1] == outputs:
            advice = (
                "These look like one row a figure: use the loss 'categorical_crossentropy', or pass "
                f"`{name}.argmax(axis=1)`"
            )
        raise ShapeError(
            f"`{loss.name}` expects one whole number a figure, {name} of shape (n,), received {array.shape}. {advice}."
        )
    flat = array.reshape(count)
    if flat.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            wrong = ~(flat == np.floor(flat))
        wrong |= ~np.isfinite(flat)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise DataError(
                f"`{loss.name}` expects whole numbers as labels, received {float(flat[first]):g} at figure {first} of "
                f"{name}. Number the classes from 0, for instance by `numpy.unique(y, return_inverse=True)[1]`."
            )
    if flat.dtype.kind != "b" and (flat.min() < 0 or flat.max() >= outputs):
        first = int(np.argmax((flat < 0) | (flat >= outputs)))
        raise DataError(
            f"`{loss.name}` expects labels from 0 to {outputs - 1}, since the network has {outputs} outputs, received "
            f"{int(flat[first])} at figure {first} of {name}. Give the last layer {int(flat.max()) + 1} units, or "
            "number the classes from 0."
        )
    return flat.astype(np.int32)


def _dense(array: Array, loss: Loss, output_shape: Shape, caller: str, name: str) -> Floats:
    count, outputs = array.shape[0], math.prod(output_shape)
    if array.shape[1:] not in (output_shape, (*output_shape, 1)) and not (outputs == 1 and array.ndim == 1):
        advice = f"Give {name} the shape (n, {', '.join(map(str, output_shape))})"
        if isinstance(loss, CategoricalCrossentropy) and array.shape in ((count,), (count, 1)):
            advice = (
                "These look like class numbers: use the loss 'sparse_categorical_crossentropy', or pass "
                f"`utils.to_categorical({name}, {outputs})`"
            )
        elif array.shape in ((count,), (count, 1)):
            advice = (
                f"For class numbers pass `utils.to_categorical({name}, {outputs})`, or end the network in one output"
            )
        raise ShapeError(
            f"`{loss.name}` expects {name} of shape (n, {', '.join(map(str, output_shape))}), one number for each "
            f"output, received {array.shape}. {advice}."
        )
    rows = np.ascontiguousarray(array.reshape(count, outputs), dtype=np.float32)
    bounded = isinstance(loss, (BinaryCrossentropy, CategoricalCrossentropy))
    low, high = rows.min(), rows.max()  # NaN where there is one
    if not (np.isfinite(low) and np.isfinite(high)) or (bounded and (low < 0 or high > 1)):
        wrong = ~np.isfinite(rows)
        if bounded:
            wrong |= (rows < 0) | (rows > 1)
        first, output = divmod(int(np.argmax(wrong)), outputs)
        limits = "numbers from 0 to 1" if bounded else "finite numbers"
        raise DataError(
            f"`{loss.name}` expects {limits} in {name}, received {rows[first, output]:g} at figure {first}, output "
            f"{output}. Replace it."
        )
    return rows
