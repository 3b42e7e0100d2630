"""The arguments of `fit` and `evaluate`, checked and turned into what the loop takes.

Arrays are checked by `data.py` and `targets.py`; this file says which checks apply to which argument, and in which
order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from figurate.callbacks import ProgressBar
from figurate.callbacks.callback import Callback
from figurate.callbacks.callback_list import as_callbacks
from figurate.errors import ConfigurationError, DataError, UnsupportedError, shown
from figurate.parameters import LARGEST_SEED, Integer
from figurate.training.data import Array, as_array

DEFAULT_BATCH_SIZE = 32
_THREADS = Integer(low=1, high=1024, optional=True)  # made once: `predict` of one figure takes microseconds


def whole(caller: str, name: str, value: object, low: int, default: int) -> int:
    """A whole number of at least `low`; None is `default`.

    Raises:
        ConfigurationError: It is none.
    """
    checked: int | None = Integer(low=low, optional=True).check(caller, name, value)
    return default if checked is None else checked


def optional_seed(caller: str, seed: object) -> int | None:
    """A seed of 64 bits, or None."""
    checked: int | None = Integer(high=LARGEST_SEED, optional=True).check(caller, "seed", seed)
    return checked


def optional_threads(caller: str, threads: object) -> int | None:
    """A number of threads, or None."""
    checked: int | None = _THREADS.check(caller, "threads", threads)
    return checked


def refuse(caller: str, **arguments: object) -> None:
    """Raise for an argument of Keras' that arrays do not need; None asks for nothing."""
    advice = {
        "steps_per_epoch": "An epoch is all of x: pass a part of it, `x[:n]`",
        "validation_steps": "Validation takes all of its figures: pass a part of them",
        "steps": "All figures are taken: pass a part of them, `x[:n]`",
    }
    for name, value in arguments.items():
        if value is not None:
            raise UnsupportedError(f"`{caller}({name}=…)` is not supported, received {shown(value)}. {advice[name]}.")


def verbosity(caller: str, verbose: object) -> int:
    """0 (silent), 1 (a bar) or 2 (a line an epoch); "auto" is 1.

    Raises:
        ConfigurationError: It is none of these.
    """
    if isinstance(verbose, str) and verbose == "auto":
        return 1
    if isinstance(verbose, int) and verbose in (0, 1, 2):
        return int(verbose)
    raise ConfigurationError(f"`{caller}(verbose=…)` expects 'auto', 0, 1 or 2, received {shown(verbose)}.")


def with_progress(callbacks: object, verbose: int) -> list[Callback]:
    """The user's callbacks, with a `ProgressBar` where one is wanted and they have none."""
    made = as_callbacks(callbacks)
    if verbose and not any(isinstance(callback, ProgressBar) for callback in made):
        made.append(ProgressBar(live=None if verbose == 1 else False))
    return made


def validated_epochs(freq: object) -> Callable[[int], bool]:
    """Which epochs, by their numbers from 0, are validated: every `freq`-th one, or those listed from 1 on.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(freq, int) and not isinstance(freq, bool) and freq >= 1:
        every = freq
        return lambda epoch: (epoch + 1) % every == 0
    if isinstance(freq, Iterable) and not isinstance(freq, (str, bytes)):
        chosen = list(freq)
        if all(isinstance(number, int) and number >= 1 for number in chosen):
            return lambda epoch: epoch + 1 in chosen
    raise ConfigurationError(
        "`fit(validation_freq=…)` expects a whole number of at least 1, or a list of epochs counted from 1, received "
        f"{shown(freq)}."
    )


def unpack_validation(data: object) -> tuple[Any, Any, Any]:
    """(x, y) or (x, y, weights) as a triple.

    Raises:
        UnsupportedError: A data set that is no tuple of arrays.
    """
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        x, y, *rest = data
        return x, y, rest[0] if rest else None
    raise UnsupportedError(
        f"`fit(validation_data=…)` expects (x, y) or (x, y, sample_weight), received {shown(data)}. Pass arrays."
    )


def split(x: object, y: object, weight: object, fraction: object) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """The last part of the figures as validation, before any shuffling, as Keras does it.

    Args:
        x, y, weight: Figures, labels and weights as they were passed to `fit`; y and weight may be None.
        fraction: The part that is for validation, above 0 and below 1.

    Returns:
        (x, y, weight) to train on, and the same to validate with.

    Raises:
        ConfigurationError: The fraction is none.
        DataError: One of the parts would be empty.
    """
    if not isinstance(fraction, (int, float)) or isinstance(fraction, bool) or not 0 < fraction < 1:
        raise ConfigurationError(
            f"`fit(validation_split=…)` expects a number above 0 and below 1 (0 for none), received {shown(fraction)}."
        )
    arrays: list[Array | None] = [
        as_array(x, "fit", "x"),
        None if y is None else as_array(y, "fit", "y"),
        None if weight is None else as_array(weight, "fit", "sample_weight"),
    ]
    count = len(arrays[0]) if arrays[0] is not None and arrays[0].ndim else 0
    at = math.floor(count * (1 - fraction))
    if at == 0 or at == count:
        raise DataError(
            f"`fit(validation_split={fraction})` expects enough figures for both parts, received {count}. Pass "
            "`validation_data`."
        )
    before = tuple(None if array is None else array[:at] for array in arrays)
    after = tuple(None if array is None else array[at:] for array in arrays)
    return (before[0], before[1], before[2]), (after[0], after[1], after[2])
