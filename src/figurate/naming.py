"""Names for what was given none: objects are dense, dense_1, … as Keras counts them, classes are their numbers.

One counter a process; `clear` begins the counting anew; users reach it as `utils.clear_session()`.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence

_lock = threading.Lock()
_given: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """A class name in lower case, words parted by underscores.

    Example:
        >>> snake_case("TopKCategoricalAccuracy"), snake_case("ReLU"), snake_case("InputLayer")
        ('top_k_categorical_accuracy', 're_lu', 'input_layer')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(class_name: str) -> str:
    """The next free name for an object of this class: "Dense" gives dense, then dense_1, then dense_2."""
    stem = snake_case(class_name)
    with _lock:
        number = _given[stem]
        _given[stem] += 1
    return f"{stem}_{number}" if number else stem


def names_of_classes(names: Sequence[str] | None, count: int) -> list[str]:
    """The names of a model's classes; their numbers where it knows none.

    Example:
        >>> names_of_classes(None, 2)
        ['0', '1']
    """
    return list(names) if names else [str(number) for number in range(count)]


def names_of_two(names: Sequence[str] | None) -> list[str]:
    """The names of both classes of a model with one output, which is the second one's.

    Example:
        >>> names_of_two(["seven"]), names_of_two(None)
        (['not seven', 'seven'], ['0', '1'])
    """
    return [f"not {names[0]}", names[0]] if names else names_of_classes(None, 2)


def clear() -> None:
    """Begin all counters again."""
    with _lock:
        _given.clear()
