"""The names that `import figurate` offers, and that it offers them late."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import figurate

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize("name", figurate.__all__)
def test_every_name_is_there_both_ways(name: str) -> None:
    value = getattr(figurate, name)
    scope: dict[str, object] = {}
    exec(f"from figurate import {name}", scope)  # noqa: S102  # names of our own
    assert scope[name] is value
    assert name in dir(figurate)


def test_names_of_keras() -> None:
    for path in (
        "Sequential", "Input", "models.Sequential", "models.load_model", "layers.Dense", "activations.relu", "nn.relu",
        "optimizers.Adam", "optimizers.schedules.CosineDecay", "losses.SparseCategoricalCrossentropy",
        "metrics.Precision", "callbacks.EarlyStopping", "utils.to_categorical", "utils.set_random_seed",
        "datasets.mnist.load_data", "initializers.GlorotUniform",
    ):  # fmt: skip
        value: object = figurate
        for part in path.split("."):
            value = getattr(value, part)
        assert callable(value), path


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match="module `figurate` has no attribute `applications`; it offers"):
        _ = figurate.applications
    with pytest.raises(AttributeError, match=r"attribute `load_model`; .*mean `figurate\.models\.load_model`"):
        _ = figurate.load_model
    with pytest.raises(AttributeError, match=r"attribute `Dense`; .*mean `figurate\.layers\.Dense`"):
        _ = figurate.Dense
    assert not hasattr(figurate, "Functional")


def test_a_model_that_outlives_the_interpreter_is_no_news() -> None:
    code = (
        "import threading, time, figurate\n"
        "model = figurate.Sequential([figurate.Input((4,)), figurate.layers.Dense(2)])\n"
        "threading.Thread(target=lambda: (time.sleep(60), model.network), daemon=True).start()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_the_version_is_the_projects() -> None:
    assert figurate.__version__ == tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert importlib.import_module("figurate").__version__ == figurate.__version__
