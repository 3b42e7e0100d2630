"""Some seconds of fuzzing the readers of data sets; tests/attacks/fuzz_readers.py does it for longer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import figurate

SECONDS = 3


def test_readers_survive_some_seconds_of_fuzzing(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    script = Path(__file__).with_name("fuzz_readers.py")
    command = [sys.executable, str(script), "--seconds", str(SECONDS)]
    same = os.environ | {"PYTHONPATH": str(Path(figurate.__file__).parents[1])}
    run = subprocess.run(command, cwd=tmp_path, env=same, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    tried = re.search(r"stat::number_of_executed_units:\s*(\d+)", run.stderr)
    assert tried is not None
    assert int(tried[1]) > 100
