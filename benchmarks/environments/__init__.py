"""The virtual environments the benchmarks run in; `python3 -m benchmarks.environments` makes them.

figurate: figurate alone, installed from a wheel as a user has it. frameworks: Keras on JAX, PyTorch, scikit-learn, ONNX
Runtime. tensorflow: Keras on TensorFlow. build: what builds the program in kernels/program. Each has its requirements
here, name==version lines (figurate's are the project's own).
"""

from __future__ import annotations

from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
NAMES = ("figurate", "frameworks", "tensorflow", "build")


def folder(name: str) -> Path:
    """Where the environment called `name` lives."""
    if name not in NAMES:
        raise ValueError(f"Expected an environment of {', '.join(NAMES)}, received {name!r}.")
    return BENCHMARKS / f".venv-bench-{name}"


def program(name: str, command: str = "python") -> Path:
    """A program of an environment, its Python unless told otherwise."""
    path = folder(name) / "bin" / command
    if not path.exists():
        raise FileNotFoundError(
            f"The environment {name!r} has no {command!r}. Make it with: python3 -m benchmarks.environments"
        )
    return path
