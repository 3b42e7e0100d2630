"""Keras, h5py and PyTorch, imported when they are first needed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from figurate.errors import UnsupportedError


def keras() -> Any:
    """Keras 3, with the backend that is set up.

    Raises:
        UnsupportedError: It, or its backend, is not installed.
    """
    return _library(
        "keras",
        "Keras models are made",
        "`pip install keras jax` and set the environment variable KERAS_BACKEND=jax, or use the backend you have",
    )


def h5py() -> Any:
    """h5py, which reads the weights in `.keras` files.

    Raises:
        UnsupportedError: It is not installed.
    """
    return _library("h5py", "`.keras` files are read", "`pip install 'figurate[keras]'`")


def torch() -> Any:
    """PyTorch.

    Raises:
        UnsupportedError: It is not installed.
    """
    return _library("torch", "PyTorch modules are made", "`pip install 'figurate[torch]'`")


def _library(name: str, purpose: str, install: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise UnsupportedError(f"{purpose} with `{name}`, which is not ready ({error}). Write {install}.") from error
