"""Values in JSON that JSON has no form for: arrays, and numbers that are not finite.

An array becomes {"$array": name}, and its numbers go to the file's arrays; NaN and infinity become {"$float": "nan"}.
Used for histories and for the states of callbacks.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from figurate.errors import ConfigurationError, FileFormatError, shown
from figurate.models.container import Arrays

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def encode(value: object, arrays: Arrays, prefix: str) -> Any:
    """`value` as JSON holds it; arrays are put into `arrays` under names that begin with `prefix`.

    Raises:
        ConfigurationError: A part is neither a JSON value nor a float32 array.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else {"$float": str(number)}
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        name = f"{prefix}{sum(key.startswith(prefix) for key in arrays)}"
        arrays[name] = value
        return {"$array": name}
    if isinstance(value, (list, tuple)):
        return [encode(entry, arrays, prefix) for entry in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encode(entry, arrays, prefix) for key, entry in value.items()}
    raise ConfigurationError(
        f"A model file holds numbers, text, lists, dictionaries and float32 arrays, received {shown(value)} in a "
        "callback's state or a history. Let `get_state` return one of these."
    )


def decode(value: Any, arrays: Arrays, path: str) -> Any:
    """What `encode` was given. Arrays that are referred to are taken out of `arrays`.

    Raises:
        FileFormatError: A reference or a number has another form.
    """
    if isinstance(value, list):
        return [decode(entry, arrays, path) for entry in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$array"} and isinstance(value["$array"], str) and value["$array"] in arrays:
        return arrays.pop(value["$array"])
    if set(value) == {"$float"} and isinstance(value["$float"], str) and value["$float"] in _NOT_FINITE:
        return _NOT_FINITE[value["$float"]]
    if any(key.startswith("$") for key in value):
        raise FileFormatError(
            f"Cannot read {path!r} as a figurate model: {shown(value)} refers to nothing in the file. It was altered."
        )
    return {key: decode(entry, arrays, path) for key, entry in value.items()}
