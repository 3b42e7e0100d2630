"""Names for objects that were given none: dense, dense_1, … as Keras counts them, one counter a process.

`clear` begins the counting anew; users reach it as `utils.clear_session()`.
"""

from __future__ import annotations

import re
import threading
from collections import Counter

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


def clear() -> None:
    """Begin all counters again."""
    with _lock:
        _given.clear()
