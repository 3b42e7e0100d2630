"""Starting up stays light: libraries that are slow to load come in when they are first needed.

Asks which modules were loaded, in a fresh interpreter, rather than for how long: that doesn't depend on the machine.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {"PIL", "ai_edge_litert", "concurrent", "h5py", "jax", "keras", "matplotlib", "mlflow", "onnx", "onnxruntime"}
SLOW |= {"pandas", "rich", "safetensors", "scipy", "sklearn", "tensorboardX", "torch", "urllib.request"}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import figurate", SLOW),
        ("import figurate; figurate.Sequential([figurate.layers.Dense(10)]).compile(loss='mse')", SLOW),
        ("import figurate.cli", SLOW | {"numpy"}),
        (
            "import sys, figurate.cli\nsys.argv[1:] = ['--help']\ntry: figurate.cli.main()\nexcept SystemExit: pass",
            {"PIL", "matplotlib", "numpy", "safetensors", "urllib.request"},
        ),
    ],
    ids=["import figurate", "a compiled model", "import figurate.cli", "figurate --help"],
)
def test_slow_libraries_are_loaded_late(code: str, unwanted: set[str]) -> None:
    script = f"{code}\nimport sys\nprint('loaded:', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.splitlines()[-1].split()[1:])
    assert not unwanted & loaded
