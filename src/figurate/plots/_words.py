"""The words that pictures and terminal drawings share: a probability as people read it, a label as its class's name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import ShapeError, harmless
from figurate.showing import percent as percent


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
