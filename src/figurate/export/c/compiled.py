"""C that was just written, compiled and run here, where there is a compiler, so that it is not given out unseen."""

from __future__ import annotations

import ctypes
import os
import shlex
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


class NotRunError(FigurateError, RuntimeError):
    """There is no compiler whose programs run here, as in a shell that builds firmware.

    Attributes:
        tried: What came of each compiler, if there are any.
    """

    def __init__(self, tried: list[str]) -> None:
        self.tried = tried
        super().__init__(f"No C compiler makes programs that run here: {'; '.join(tried) or 'none was found'}.")


def missing_compiler() -> str | None:
    """What $CC says, where it is no program that is found; else None."""
    given = os.environ.get("CC", "").strip()
    return given if given and _given() is None else None


def compilers() -> list[list[str]]:
    """The words that call each C compiler: $CC, which may have options, then cc, gcc and clang."""
    given = _given()
    found = [] if given is None else [given]
    files = {_file(command) for command in found if len(command) == 1}
    for name in _COMPILERS:
        # One compiler goes by several names.
        if shutil.which(name) and (file := _file([name])) not in files:
            files.add(file)
            found.append([name])
    return found


class CompiledSource:
    """A library made of the .c and .h that an export wrote, by the first compiler whose programs run here.

    Args:
        files: Their names and text.
        prefix: What its names begin with.
        outputs: How many scores there are.
        scratch: Floats that a prediction needs.
        pixels: Whether it takes uint8; else float32.

    Attributes:
        compiler: What compiled it, as one calls it.

    Raises:
        FigurateError: The compiler does not take it.
        NotRunError: None makes what runs here.
    """

    def __init__(self, files: dict[str, str], prefix: str, outputs: int, scratch: int, pixels: bool) -> None:
        tried: list[str] = []
        for command in compilers():
            try:
                self._library = _built(command, files)
            except OSError as error:
                tried.append(f"{shlex.join(command)}: {error}")
            except FigurateError as error:
                if not tried:
                    raise
                tried.append(str(error))  # the first one took it
            else:
                self.compiler = shlex.join(command)
                break
        else:
            raise NotRunError(tried)
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


def _built(command: list[str], files: dict[str, str]) -> ctypes.CDLL:
    """The library that a compiler makes.

    Raises:
        FigurateError: It does not compile.
        OSError: It cannot be linked or loaded here, which says nothing of the C.
    """
    source = next(name for name in files if name.endswith(".c"))
    program = [os.path.abspath(shutil.which(command[0]) or command[0]), *command[1:]]
    with tempfile.TemporaryDirectory(prefix="figurate-") as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        said = _run([*program, *WARNINGS, "-O1", "-fPIC", "-c", source, "-o", "source.o"], folder)
        if said is not None:
            raise FigurateError(
                f"The exported file was not written: expected {shlex.join(command)} to compile it, received: {said}. "
                "Please report it, or choose another compiler with the environment variable CC."
            )
        said = _run([*program, "-shared", "source.o", "-o", "library.so", "-lm"], folder)
        if said is not None:
            raise OSError(f"makes no library: {said}")
        return ctypes.CDLL(str(Path(folder, "library.so")))


def _run(command: list[str], folder: str) -> str | None:
    """What a compiler has to say where it fails; None where it does not."""
    done = subprocess.run(command, cwd=folder, capture_output=True, errors="replace", timeout=300, check=False)
    return None if done.returncode == 0 else done.stderr.strip()[:500]


def _given() -> list[str] | None:
    """$CC in words, where its first one is a program."""
    try:
        words = shlex.split(os.environ.get("CC", ""))
    except ValueError:  # a quotation mark without its fellow
        return None
    return words if words and shutil.which(words[0]) else None


def _file(command: list[str]) -> str:
    return os.path.realpath(shutil.which(command[0]) or command[0])


def _pointer(values: npt.NDArray[Any]) -> ctypes.c_void_p:
    return values.ctypes.data_as(ctypes.c_void_p)
