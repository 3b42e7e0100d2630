"""The words that pictures and terminal drawings share: a probability as people read it, a label as its class's name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import ShapeError, harmless

_HALF_A_TENTH_OF_A_PERCENT = 0.0005


def percent(value: float) -> str:
    """A probability with one decimal: 99.8 %, and never a rounded 0 or 100 that isn't one.

    Example:
        >>> percent(0.9981), percent(0.00001), percent(0.99999), percent(1.0)
        ('99.8 %', '<0.1 %', '>99.9 %', '100.0 %')
    """
    if 0.0 < value < _HALF_A_TENTH_OF_A_PERCENT:
        return "<0.1 %"
    if 1.0 - _HALF_A_TENTH_OF_A_PERCENT <= value < 1.0:
        return ">99.9 %"
    return f"{value * 100:.1f} %"


def share(part: int, whole: int) -> str:
    """How many of how many, as a share with two decimals: 95.97 %.

    Example:
        >>> share(9597, 10000), share(0, 0)
        ('95.97 %', '0.00 %')
    """
    return f"{100 * part / max(1, whole):.2f} %"


def class_names_or_numbers(count: int, class_names: Sequence[str] | None) -> list[str]:
    """The names of `count` classes; their numbers where they have no names.

    Raises:
        ShapeError: where there are more or fewer names.
    """
    if class_names is None:
        return [str(number) for number in range(count)]
    if len(class_names) != count:
        raise ShapeError(
            f"Expected one class name a class, {count}, received {len(class_names)} names. Give one name for every "
            "class."
        )
    return [harmless(str(name)) for name in class_names]


def names_of(y: ArrayLike, class_names: Sequence[str] | None) -> list[str]:
    """The class name of every label.

    Args:
        y: (n,) class numbers.
        class_names: one a class; None for the numbers themselves.

    Raises:
        ShapeError: where a label has no name.
    """
    labels = np.asarray(y).reshape(-1).tolist()
    if class_names is None:
        return [str(label) for label in labels]
    if labels and not 0 <= min(labels) <= max(labels) < len(class_names):
        raise ShapeError(
            f"Expected labels 0..{len(class_names) - 1}, one a class name, received {min(labels)}..{max(labels)}. "
            "Give one name for every class."
        )
    return [harmless(str(class_names[int(label)])) for label in labels]
