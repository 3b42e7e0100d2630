"""C that was just written, compiled and run here, where there is a compiler, so that it is not given out unseen."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import FigurateError

_COMPILERS = ("cc", "gcc", "clang")
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror")
# Names that no export has.
_PROGRAM, _READING, _OBJECT, _TRIED = ".program", ".program.c", ".source.o", ".tried.c"
# What every compiler takes that is one for C and has its headers.
_PLAIN = """#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
int main(void) { return 0; }
"""
_LONGEST = 600
"""Seconds."""


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
    """A program made of the .c and .h that an export wrote, by the first compiler whose programs run here.

    It runs as a process of its own: whatever becomes of it, Python goes on.

    Args:
        files: Their names and text.
        prefix: What its names begin with.
        outputs: How many scores there are.
        pixels: Whether it takes uint8; else float32.

    Attributes:
        compiler: What compiled it, as one calls it.

    Raises:
        FigurateError: The compiler does not take it.
        NotRunError: None makes what runs here.
    """

    def __init__(self, files: dict[str, str], prefix: str, outputs: int, pixels: bool) -> None:
        self._outputs, self._type = outputs, np.uint8 if pixels else np.float32
        self._folder = tempfile.mkdtemp(prefix="figurate-")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        header = next(name for name in files if name.endswith(".h"))
        texts = {_READING: _program(header, prefix, pixels), _TRIED: _PLAIN, **files}
        for name, text in texts.items():
            Path(self._folder, name).write_text(text, encoding="utf-8")
        tried: list[str] = []
        for command in compilers():
            try:
                self._build(command, header)
            except OSError as error:
                tried.append(f"{shlex.join(command)}: {error}")
            else:
                self.compiler = shlex.join(command)
                break
        else:
            raise NotRunError(tried)

    def run(self, figures: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The scores for figures (n, …), in the numbers that the C takes: float32 (n, outputs).

        Raises:
            FigurateError: It does not come to a good end.
        """
        done = self._call(np.ascontiguousarray(figures, self._type).tobytes())
        scores = np.frombuffer(done.stdout, np.float32)
        if done.returncode != 0 or scores.size != len(figures) * self._outputs:
            raise FigurateError(
                f"The exported file was not written: expected its C to read {len(figures)} figures, received the exit "
                f"status {done.returncode} and: {_said(done.stderr)}. Please report it."
            )
        return scores.reshape(-1, self._outputs)

    def _call(self, figures: bytes) -> subprocess.CompletedProcess[bytes]:
        program = str(Path(self._folder, _PROGRAM))
        return subprocess.run([program], input=figures, capture_output=True, timeout=_LONGEST, check=False)

    def _build(self, command: list[str], header: str) -> None:
        """Make the program.

        Raises:
            FigurateError: The exported C does not compile.
            OSError: The compiler compiles nothing that runs here, which says nothing of the C.
        """
        source = header.removesuffix(".h") + ".c"
        said = self._compile(command, "-O1", "-c", source, "-o", _OBJECT)
        if said is not None:
            nothing = self._compile(command, "-c", _TRIED, "-o", ".tried.o")
            if nothing is not None:
                raise OSError(f"compiles nothing: {nothing}")
            raise FigurateError(
                f"The exported file was not written: expected {shlex.join(command)} to compile it, received: {said}. "
                "Please report it, or choose another compiler with the environment variable CC."
            )
        said = self._compile(command, _READING, _OBJECT, "-o", _PROGRAM, "-lm")
        if said is not None:
            raise OSError(f"makes no program: {said}")
        if (status := self._call(b"").returncode) != 0:
            raise OSError(f"makes programs that do not start here, exit status {status}")

    def _compile(self, command: list[str], *words: str) -> str | None:
        """What a compiler has to say where it fails; None where it does not."""
        program = os.path.abspath(shutil.which(command[0]) or command[0])
        call = [program, *command[1:], *WARNINGS, *words]
        done = subprocess.run(call, cwd=self._folder, capture_output=True, timeout=_LONGEST, check=False)
        return None if done.returncode == 0 else _said(done.stderr)


def _program(header: str, prefix: str, pixels: bool) -> str:
    """What reads figures from standard input and writes their scores."""
    upper = prefix.upper()
    return f"""#include <stdint.h>
#include <stdio.h>

#include "{header}"

static {"uint8_t" if pixels else "float"} figure[{upper}_INPUTS];
static float scores[{upper}_OUTPUTS], scratch[{upper}_PREDICT_FLOATS];

int main(void) {{
  while (fread(figure, sizeof figure, 1, stdin) == 1) {{
    {prefix}_predict(figure, scores, scratch);
    if (fwrite(scores, sizeof scores, 1, stdout) != 1) return 1;
  }}
  return fflush(stdout) != 0;
}}
"""


def _said(stderr: bytes) -> str:
    return stderr.decode(errors="replace").strip()[:500] or "nothing"


def _given() -> list[str] | None:
    """$CC in words, where its first one is a program."""
    given = os.environ.get("CC", "").strip()
    if shutil.which(given):
        return [given]  # whatever spaces there are in its path
    try:
        words = shlex.split(given)
    except ValueError:  # a quotation mark without its fellow
        return None
    return words if words and shutil.which(words[0]) else None


def _file(command: list[str]) -> str:
    return os.path.realpath(shutil.which(command[0]) or command[0])
