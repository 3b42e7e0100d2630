"""The examples run as they stand; the one that would take minutes, with fewer figures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Runs an example with a part of the figures.
CUT = """
import runpy, sys
from figurate.datasets import mnist

def load_data(whole=mnist.load_data):
    (x_train, y_train), (x_test, y_test) = whole()
    return (x_train[:1500], y_train[:1500]), (x_test[:500], y_test[:500])

mnist.load_data = load_data
runpy.run_path(sys.argv[1])
"""
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example(example: Path, tmp_path: Path) -> None:
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, *(["-c", CUT] if example.name == "convnet.py" else []), str(example)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    if example.name == "lesson.py":
        assert "read as 7, the label says 7" in done.stdout
    if example.name == "convnet.py":
        assert "(None, 11, 11, 64)" in done.stdout
        assert "Total params: 34,826" in done.stdout
        assert float(done.stdout.split("Test accuracy: ")[1]) > 0.8
