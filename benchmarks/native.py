"""Builds and runs the program in kernels/program: the processor's peak, and what the kernels of some layers reach."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT, program
from benchmarks.harness import run
from benchmarks.networks import Layer

FOLDER = ROOT / "build" / "benchmarks"


@cache
def built() -> Path:
    """The program, built from the engine's sources as they are now."""
    cmake, ninja = program("build", "cmake"), program("build", "ninja")
    options = ["-DFIGURATE_PYTHON=OFF", "-DFIGURATE_BENCHMARKS=ON", "-DCMAKE_BUILD_TYPE=Release"]
    run([cmake, "-S", ROOT, "-B", FOLDER, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", *options])
    jobs = str(len(os.sched_getaffinity(0)))
    run([cmake, "--build", FOLDER, "--target", "figurate_kernels", "--parallel", jobs])
    return FOLDER / "benchmarks" / "kernels" / "program" / "figurate_kernels"


def measure(layers: Sequence[Layer], threads: int = 2, repeats: int = 7, seconds: float = 0.05) -> dict[str, Any]:
    """What the program answers: `instruction_set`, `peak` in GFLOP/s, and for each layer its rates (see layers.h).

    Args:
        layers: which; none for the peak alone.
        threads: that work at once.
        repeats: medians of so many.
        seconds: about, for each.
    """
    words = [layer.words for layer in layers]
    answer: dict[str, Any] = json.loads(run([built(), str(threads), str(repeats), str(seconds), *words]))
    return answer


def peak(threads: int = 2) -> float:
    """Fused multiply-adds that all threads together do in registers alone, in GFLOP/s."""
    return float(measure((), threads)["peak"])
