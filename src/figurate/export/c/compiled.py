"""C that was just written, compiled and run here, where there is a compiler, so that it is not given out unseen."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import FigurateError

_COMPILERS = ("cc", "gcc", "clang")
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror")


def compiler() -> str | None:
    """The path of a C compiler: $CC, or the first of cc, gcc and clang; None where there is none."""
    given = os.environ.get("CC")
    return next((found for name in ([given] if given else _COMPILERS) if (found := shutil.which(name))), None)


class CompiledSource:
    """A library made of the .c and .h that an export wrote.

    Args:
        files: Their names and text.
        prefix: What its names begin with.
        outputs: How many scores there are.
        scratch: Floats that a prediction needs.
        pixels: Whether it takes uint8; else float32.

    Raises:
        FigurateError: The compiler does not take it.
    """

    def __init__(self, files: dict[str, str], prefix: str, outputs: int, scratch: int, pixels: bool) -> None:
        program = compiler()
        assert program is not None
        with tempfile.TemporaryDirectory(prefix="figurate-") as folder:
            for name, text in files.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            source = next(name for name in files if name.endswith(".c"))
            command = [program, *WARNINGS, "-O1", "-shared", "-fPIC", source, "-o", "library.so", "-lm"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                raise FigurateError(
                    f"The exported file was not written: expected {program} to compile it, received: "
                    f"{done.stderr.strip()[:500]}. Please report it, or choose another compiler with the environment "
                    "variable CC."
                )
            self._library = ctypes.CDLL(str(Path(folder, "library.so")))
        self._predict = getattr(self._library, f"{prefix}_predict")
        self._outputs, self._scratch = outputs, np.empty(scratch, np.float32)
        self._type = np.uint8 if pixels else np.float32

    def run(self, figures: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The scores for figures (n, …), in the numbers that the C takes: float32 (n, outputs)."""
        rows = np.ascontiguousarray(figures, self._type)
        scores = np.empty((len(rows), self._outputs), np.float32)
        for row, own in zip(rows, scores, strict=True):
            self._predict(_pointer(row), _pointer(own), _pointer(self._scratch))
        return scores


def _pointer(values: npt.NDArray[Any]) -> ctypes.c_void_p:
    return values.ctypes.data_as(ctypes.c_void_p)
