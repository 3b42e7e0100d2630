"""Optional libraries, imported when they are first needed; one that is missing is named with its install command."""

from __future__ import annotations

import shlex
from importlib import import_module
from typing import Any

from figurate.errors import UnsupportedError, shown


def library(name: str, purpose: str, packages: str, advice: str = "") -> Any:
    """A module of an optional library.

    Args:
        name: The module's, such as "cv2".
        purpose: What needs it, and the library, to begin the message: "Photos are read with OpenCV".
        packages: What pip installs, with spaces between: "figurate[photos]", where an extra brings the library.
        advice: What else helps, to end the message.

    Raises:
        UnsupportedError: It is not installed, or cannot be imported; the message says how to mend it.

    Example:
        >>> library("cv2", "Photos are read with OpenCV", "figurate[photos]").__name__
        'cv2'
    """
    try:
        return import_module(name)
    except ImportError as error:
        # A library that is there may miss another: Keras its backend, OpenCV a file of the system's.
        is_absent = isinstance(error, ModuleNotFoundError) and _top(error.name or "") == _top(name)
        state = "is not installed" if is_absent else f"cannot be imported ({shown(str(error), 200)})"
        command = shlex.join(packages.split())
        raise UnsupportedError(
            f"{purpose}, which {state}. Install it with `pip install {command}`{advice and f'; {advice}'}."
        ) from error


def _top(module: str) -> str:
    return module.partition(".")[0]
