"""Data sets: `mnist` ships with the package, `fashion_mnist` and `kmnist` are found or downloaded.

Each is a module with `load_data()`, as in Keras, and `class_names`; it is imported on first use. `load` takes a set's
name or a folder of IDX files. Nothing here knows of models or training.

Example:
    >>> import figurate
    >>> (x_train, y_train), (x_test, y_test) = figurate.datasets.mnist.load_data()
    >>> x_test.shape
    (10000, 28, 28)
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from figurate.datasets import fashion_mnist as fashion_mnist, kmnist as kmnist, mnist as mnist
    from figurate.datasets.folder import Data

__all__ = ["fashion_mnist", "kmnist", "load", "mnist", "names"]

_NAMES = ("mnist", "fashion_mnist", "kmnist")


def names() -> tuple[str, ...]:
    """The names of the sets that `load` knows.

    Example:
        >>> names()
        ('mnist', 'fashion_mnist', 'kmnist')
    """
    return _NAMES


def load(name: str | os.PathLike[str]) -> Data:
    """Load a set by its name, or from a folder.

    Args:
        name: One of `names()`; or the path of a folder that holds four IDX files, named as MNIST's are, raw or
            gzipped. A name goes before a folder of the same name: write `./mnist` for that one.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, as `load_data` of the sets' modules.

    Raises:
        ConfigurationError: There is no set and no folder of this name; the message has the nearest name.
        FileFormatError: The folder lacks a file, or one is damaged.
        DownloadError: The set is not on this computer and could not be downloaded.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("mnist")
    """
    if name in _NAMES:
        return _module(name).load_data()  # type: ignore[no-any-return]

    from pathlib import Path

    from figurate.datasets import folder
    from figurate.errors import ConfigurationError, FileFormatError, unknown_name

    path = Path(name)
    if path.is_dir():
        return folder.read(path)
    if path.exists():
        raise FileFormatError(
            f"`{path}`: expected the name of a data set or a folder of four IDX files ({', '.join(folder.FILES)}), "
            "received a file. Name the folder that holds it."
        )
    error = unknown_name("data set", os.fspath(name), _NAMES)
    raise ConfigurationError(f"{error} Or name a folder of four IDX files.")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def __getattr__(name: str) -> ModuleType:
    if name in _NAMES:
        return _module(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
