"""The words that pictures and terminal drawings share: a probability as people read it, a label as its class's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from figurate.errors import ShapeError, harmless
from figurate.naming import names_of_two
from figurate.plots.confusion import labels_of
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
    return [_in_a_line(name) for name in class_names]


def names_for(class_names: Sequence[str] | None, read: Any) -> Sequence[str] | None:
    """The names to call classes by: those given, else those that a `Predictions` knows, else None.

    A single name is that of a model with one output, and gives both classes theirs.

    Example:
        >>> names_for(["seven"], None)
        ['not seven', 'seven']
    """
    names: Sequence[str] | None = getattr(read, "class_names", None) if class_names is None else class_names
    return names_of_two(names) if names is not None and len(names) == 1 else names


def shortened(text: str, most: int, measure: Callable[[str], int] = len) -> str:
    """Text of at most so many letters: a longer one loses its middle, for names often differ at an end only.

    Args:
        text, most: See above.
        measure: How long a text is, where not every letter counts 1, as of a terminal's columns.

    Example:
        >>> shortened("Convolvulus arvensis", 12), shortened("Convolvulus", 12)
        ('Convol…ensis', 'Convolvulus')
    """
    if measure(text) <= most:
        return text
    room = (most - 1) // 2
    tail = text[len(text) - room :]
    while measure(tail) > room:
        tail = tail[1:]
    room = most - 1 - measure(tail)
    head = text[:room]
    while measure(head) > room:
        head = head[:-1]
    return f"{head}…{tail}"


def names_of(y: ArrayLike, class_names: Sequence[str] | None) -> list[str]:
    """The class name of every label.

    Args:
        y: (n,) class numbers.
        class_names: one a class; None for the numbers themselves.

    Raises:
        ShapeError: where a label has no name.
        DataError: where there are names, and a label is no class's number.
    """
    if class_names is None:
        return [_in_a_line(label) for label in np.asarray(y).reshape(-1).tolist()]
    labels = labels_of(y).tolist()
    if labels and not 0 <= min(labels) <= max(labels) < len(class_names):
        raise ShapeError(
            f"Expected labels 0..{len(class_names) - 1}, one a class name, received {min(labels)}..{max(labels)}. "
            "Give one name for every class."
        )
    return [_in_a_line(class_names[label]) for label in labels]


def _in_a_line(name: object) -> str:
    """A name with control characters spelled out: a line's end in it would move what stands around it."""
    return harmless(str(name), kept="")
