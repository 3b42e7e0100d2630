"""Keras, h5py and PyTorch, imported when they are first needed."""

from __future__ import annotations

from typing import Any

from figurate.libraries import library


def keras() -> Any:
    """Keras 3, with the backend that is set up.

    Raises:
        UnsupportedError: It, or its backend, is not installed.
    """
    return library(
        "keras",
        "Keras models are made with `keras`",
        "keras jax",
        "set the environment variable KERAS_BACKEND=jax, or use the backend you have",
    )


def h5py() -> Any:
    """h5py, which reads the weights in `.keras` files.

    Raises:
        UnsupportedError: It is not installed.
    """
    return library("h5py", "`.keras` files are read with `h5py`", "figurate[keras]")


def torch() -> Any:
    """PyTorch.

    Raises:
        UnsupportedError: It is not installed.
    """
    return library("torch", "PyTorch modules are made with `torch`", "figurate[torch]")
