"""Libraries of other formats, imported when they are first needed: each comes with an extra."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from figurate.errors import UnsupportedError


def library(name: str, extra: str, purpose: str) -> Any:
    """A module of an optional library.

    Args:
        name: The module's, such as "onnx".
        extra: The extra of figurate's that brings it.
        purpose: What needs it, a plural that begins the message: "ONNX files are written".

    Raises:
        UnsupportedError: It is not installed; the message says how to mend it.

    Example:
        >>> library("json", "onnx", "ONNX files are written").dumps(1)
        '1'
    """
    try:
        module: ModuleType = import_module(name)
    except ImportError as error:
        raise UnsupportedError(
            f"{purpose} with `{name}`, which is not installed. Install it with `pip install 'figurate[{extra}]'`."
        ) from error
    return module
