"""A small data set in a folder, a model trained on it, and two ways to run a command: here, or as its own process."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate.cli import status
from figurate.cli.app import app

SIDE = 8


@dataclass(frozen=True)
class Outcome:
    """What a command gave: its exit status and what it printed."""

    status: int
    out: str
    err: str


Call = Callable[..., Outcome]
Start = Callable[..., "subprocess.Popen[str]"]


def bars(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Figures (count, 8, 8) and labels: 0..3 for a lying bar, 4..7 for an upright one, by its place."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 8).astype(np.uint8)
    figures = rng.integers(0, 64, (count, SIDE, SIDE), dtype=np.uint8)
    for figure, label in zip(figures, labels, strict=True):
        at = 2 * int(label % 4)
        (figure if label < 4 else figure.T)[at : at + 2] += 150
    return figures, labels


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write bytes in the IDX format: two zeros, the kind 8 (unsigned byte), the rank, the lengths, the bytes."""
    path.write_bytes(struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes())


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of 512 + 64 bars as four IDX files."""
    path = tmp_path_factory.mktemp("sets") / "bars"
    path.mkdir()
    for name, count, seed in (("train", 512, 1), ("t10k", 64, 2)):
        figures, labels = bars(count, seed)
        write_idx(path / f"{name}-images-idx3-ubyte", figures)
        write_idx(path / f"{name}-labels-idx1-ubyte", labels)
    return path


def run_here(*words: object) -> Outcome:
    """Run a command in this process; its standard output is no terminal."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = status.run(app, [str(word) for word in words])
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def call() -> Call:
    return run_here


@pytest.fixture(scope="session")
def model_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that reads bars."""
    path = tmp_path_factory.mktemp("models") / "bars.safetensors"
    outcome = run_here("train", folder, "--epochs", 30, "--out", path, "--quiet")
    assert outcome == Outcome(0, "", ""), outcome
    return path


@pytest.fixture
def start() -> Start:
    """Start a command as a process of its own, with Ctrl-C in force even if the tests run where it is ignored."""

    def begin(*words: object, preexec: Callable[[], None] | None = None, **options: Any) -> subprocess.Popen[str]:
        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if preexec is not None:
                preexec()

        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", "figurate", *map(str, words)]
        return subprocess.Popen(command, preexec_fn=prepare, text=True, **{**pipes, **options})

    return begin


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that write without being told where write into the test's folder."""
    # Processes started from there find the package as this one does.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(os.path.abspath(path) for path in sys.path if path))
    monkeypatch.chdir(tmp_path)
