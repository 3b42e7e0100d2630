"""Data sets: `mnist` and other digits ship with the package, two more are found or fetched, yours are recognised.

The named sets are modules with `load_data()`, as in Keras, and `class_names`; they are imported on first use. `load`
takes a set's name, any folder or file of labelled figures, or arrays. Nothing here knows of models or training.

Example:
    >>> import figurate
    >>> (x_train, y_train), (x_test, y_test) = figurate.datasets.mnist.load_data()
    >>> x_test.shape
    (10000, 28, 28)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from figurate.datasets import (
        digits as digits,
        drawn_digits as drawn_digits,
        fashion_mnist as fashion_mnist,
        kmnist as kmnist,
        mnist as mnist,
        printed_digits as printed_digits,
    )
    from figurate.datasets.checking.check import check as check
    from figurate.datasets.dataset import (
        Dataset as Dataset,
        Figures as Figures,
        Origins as Origins,
        Skipped as Skipped,
    )
    from figurate.datasets.loading import load as load
    from figurate.datasets.submission import write_submission as write_submission
    from figurate.datasets.unlabelled import load_figures as load_figures

__all__ = [
    "Dataset",
    "Figures",
    "Origins",
    "Skipped",
    "check",
    "digits",
    "drawn_digits",
    "fashion_mnist",
    "kmnist",
    "load",
    "load_figures",
    "mnist",
    "names",
    "printed_digits",
    "write_submission",
]

_NAMES = ("mnist", "printed_digits", "drawn_digits", "digits", "fashion_mnist", "kmnist")
_LATE = {
    "check": "checking.check",
    "load": "loading",
    "load_figures": "unlabelled",
    "Dataset": "dataset",
    "Figures": "dataset",
    "Origins": "dataset",
    "Skipped": "dataset",
    "write_submission": "submission",
}


def names() -> tuple[str, ...]:
    """The names of the sets that `load` knows.

    Example:
        >>> names()
        ('mnist', 'printed_digits', 'drawn_digits', 'digits', 'fashion_mnist', 'kmnist')
    """
    return _NAMES


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def __getattr__(name: str) -> object:
    if name in _NAMES:
        return _module(name)
    if name in _LATE:
        return getattr(_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
