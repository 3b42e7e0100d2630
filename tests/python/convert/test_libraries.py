"""A library that is missing is named, with what installs it."""

from __future__ import annotations

import sys

import pytest

from figurate import Sequential, errors, layers
from figurate.convert import libraries
from figurate.models.foreign import from_torch


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("keras", "torch", "h5py"):
        monkeypatch.setitem(sys.modules, name, None)
    model = Sequential([layers.Input((4,)), layers.Dense(2)])
    with pytest.raises(
        errors.UnsupportedError, match=r"with `keras`, which is not installed.*set the environment variable"
    ):
        model.to_keras()
    with pytest.raises(errors.UnsupportedError, match=r"with `torch`.*pip install 'figurate\[torch\]'"):
        model.to_torch()
    with pytest.raises(errors.UnsupportedError, match=r"with `torch`.*pip install 'figurate\[torch\]'"):
        from_torch(None)
    with pytest.raises(errors.UnsupportedError, match=r"with `h5py`.*pip install 'figurate\[keras\]'"):
        libraries.h5py()
