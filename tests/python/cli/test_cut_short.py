"""Runs that don't end by themselves: Ctrl-C saves what was learned, a killed run continues to the very same weights."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_array_equal

import figurate

Call = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]


def read_until(process: subprocess.Popen[str], part: str) -> None:
    """Read standard error up to the line that has `part`."""
    assert process.stderr is not None
    for line in process.stderr:
        if part in line:
            return
    raise AssertionError(f"the process ended without saying {part!r}")


def wait_for_backups(process: subprocess.Popen[str], path: Path, count: int) -> None:
    """Wait until the file was written this often; each time it is a new one, put in place of the last."""
    seen: set[int] = set()
    while len(seen) < count:
        assert process.poll() is None, "the run ended before it was killed"
        with contextlib.suppress(FileNotFoundError):
            seen.add(path.stat().st_mtime_ns)


def test_ctrl_c_saves_what_was_learned(start: Start, folder: Path) -> None:
    process = start("train", folder, "--epochs", "1000000", "--out", "half.safetensors", "--json")
    read_until(process, "Epoch      20/1000000")
    process.send_signal(signal.SIGINT)
    began = time.perf_counter()
    out, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.perf_counter() - began < 5
    assert out == ""
    assert said.splitlines()[-1] == "figurate: interrupted; what was learned so far is saved in 'half.safetensors'"
    model = figurate.models.load_model("half.safetensors")
    assert model.history is not None
    assert len(model.history.epoch) >= 19
    (_, _), (x, y) = figurate.datasets.load(folder)
    assert model.evaluate(x, y, verbose=0)[1] > 0.8


def test_ctrl_c_while_the_data_are_read(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(figurate.datasets, "load", interrupted)
    outcome = call("train", folder)
    assert (outcome.status, outcome.out, outcome.err) == (130, "", "figurate: interrupted\n")
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("backups", "network"), [(1, "dense:16,dropout:0.2"), (7, "dense:16,dropout:0.2"), (5, "tiny")]
)
def test_a_killed_run_ends_where_it_would_have_ended(
    call: Call, start: Start, folder: Path, backups: int, network: str
) -> None:
    words = [
        "train",
        folder,
        "--epochs",
        "60",
        "--seed",
        "3",
        "--network",
        network,
        "--json",
        "--quiet",
    ]
    whole = call(*words, "--resume", "a-run.safetensors", "--out", "a.safetensors")
    assert whole.status == 0

    process = start(*words, "--resume", "b-run.safetensors", "--out", "b.safetensors")
    wait_for_backups(process, Path("b-run.safetensors"), backups)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "the run ended before it was killed"
    assert not Path("b.safetensors").exists()

    continued = call(*words[:-1], "--resume", "b-run.safetensors", "--out", "b.safetensors")
    assert continued.status == 0
    assert "continuing from 'b-run.safetensors'" in continued.err
    one, other = (figurate.models.load_model(f"{name}.safetensors") for name in "ab")
    for left, right in zip(one.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(left, right)
    assert one.history is not None
    assert other.history is not None
    assert one.history.history == other.history.history
    kept = ("val_accuracy", "val_loss", "accuracy", "loss", "epochs")
    said, said_again = json.loads(whole.out), json.loads(continued.out)
    assert {name: said[name] for name in kept} == {name: said_again[name] for name in kept}


def test_a_backup_of_another_run_is_refused(call: Call, start: Start, folder: Path) -> None:
    process = start("train", folder, "--epochs", "100000", "--resume", "run.safetensors", "--quiet")
    wait_for_backups(process, Path("run.safetensors"), 1)
    process.kill()
    process.communicate()
    outcome = call("train", folder, "--batch-size", 64, "--resume", "run.safetensors")
    assert outcome.status == 1
    assert "batch_size=32, received batch_size=64" in outcome.err
    outcome = call("train", folder, "--network", "dense:7", "--resume", "run.safetensors")
    assert outcome.status == 1


def test_a_damaged_backup_is_refused(call: Call, folder: Path) -> None:
    Path("run.safetensors").write_bytes(b"x" * 50)
    outcome = call("train", folder, "--resume", "run.safetensors", "--quiet")
    assert outcome.status == 1
    assert "run.safetensors" in outcome.err
    assert outcome.err.count("\n") == 1
