"""The estimator's arguments, checked; scikit-learn has them checked by `fit`, not by the constructor."""

from __future__ import annotations

import numbers
import os
from typing import Any

import joblib

from figurate.errors import ConfigurationError, shown
from figurate.layers import Layer
from figurate.parameters import Boolean, Integer, Parameter, Real, Shape

_TABLE: dict[str, Parameter] = {
    "epochs": Integer(low=1, optional=True),
    "image_shape": Shape(optional=True),
    "batch_size": Integer(low=1, optional=True),
    "learning_rate": Real(low=0, low_open=True, optional=True),
    "warm_start": Boolean(),
}

_OF_NETWORK = ("network", "kind", "image_shape", "learning_rate", "augmentation")


def check(estimator: Any) -> None:
    """Complain of arguments out of their range; `network` and what goes with it are networks.py's matter.

    Raises:
        ConfigurationError: One is.
    """
    for name in _TABLE:
        checked(estimator, name)


def checked(estimator: Any, name: str) -> Any:
    """An argument in its plain form: `image_shape` as a tuple.

    Raises:
        ConfigurationError: It is out of its range.
    """
    return _TABLE[name].check("FigureClassifier", name, getattr(estimator, name))


def of_network(estimator: Any) -> dict[str, object]:
    """The arguments that a network was made by, for `check_same`."""
    return {name: getattr(estimator, name) for name in _OF_NETWORK}


def check_same(estimator: Any, before: dict[str, object], part: bool) -> None:
    """Complain where training is to go on with a network, and the arguments that made it have changed since.

    Args:
        estimator: With the arguments that it has now.
        before: Those of the call that made the network.
        part: Whether this is `partial_fit`, which has a learning rate of its own.

    Raises:
        ConfigurationError: One has changed.
    """
    for name, value in before.items():
        now = getattr(estimator, name)
        if now is value or (part and name == "learning_rate") or _plain(now) == _plain(value):
            continue
        raise ConfigurationError(
            f"`{'partial_fit' if part else 'fit'}` goes on with the network of the call before, and expects the "
            f"`{name}` that it was made by, {shown(value)}, received {shown(now)}. Make another estimator, or fit with "
            "`warm_start=False`."
        )


def _plain(value: object) -> object:
    """What two arguments have in common that ask for the same."""
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Layer):
        return type(value), {name: setting for name, setting in value.get_config().items() if name != "name"}
    return value


def threads(n_jobs: object) -> int | None:
    """Threads of the engine; None: as many as this process may use.

    Raises:
        ConfigurationError: `n_jobs` is no whole number, or 0.
    """
    if n_jobs is None:
        most = os.environ.get("OMP_NUM_THREADS", "")
        return min(int(most), joblib.cpu_count()) if most.isdecimal() and int(most) > 0 else None
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, numbers.Integral) or n_jobs == 0:
        raise ConfigurationError(
            f"`FigureClassifier(n_jobs=…)` expects a number of threads, -1 for all, or None, received {shown(n_jobs)}."
        )
    wanted = int(n_jobs)
    return wanted if wanted > 0 else max(joblib.cpu_count() + 1 + wanted, 1)
