"""`figurate info`, `figurate presets` and `figurate completion`."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import figurate
from figurate import _engine
from figurate.presets import measured

Call = Callable[..., Any]


def test_info_names_version_threads_and_kernels(call: Call) -> None:
    said = json.loads(call("info", "--json").out)
    engine = _engine.info()
    assert said["version"] == figurate.__version__
    assert said["threads"] == _engine.default_threads()
    assert said["instruction_set"] == engine["instruction_set"]
    assert said["kernels_available"] == engine["available"]
    assert said["python"] == platform.python_version()
    people = call("info").out
    for value in ("instruction set", str(engine["instruction_set"]), said["numpy"]):
        assert value in people


def test_a_forced_kernel_shows() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "figurate", "info", "--json"],
        env={**os.environ, "FIGURATE_KERNELS": "reference"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert json.loads(said)["instruction_set"] == "reference"


def test_presets_are_listed(call: Call) -> None:
    lines = call("presets").out.splitlines()
    assert lines[0].split() == ["name", "parameters", "MNIST", "seconds", "Fashion-MNIST", "seconds", "for"]
    assert [line.split()[0] for line in lines[1:]] == list(figurate.presets.names())
    said = json.loads(call("presets", "--json").out)
    assert list(said) == list(figurate.presets.names())
    for line, (name, facts) in zip(lines[1:], said.items(), strict=True):
        assert f" {facts['parameters']:,} " in line
        assert line.endswith(facts["description"])
        assert facts["parameters"] == figurate.presets.get(name).build((28, 28, 1), 10).count_params()
        assert facts["things"]["epochs"] == figurate.presets.get(name, "things").recipe.epochs
        assert (f" ({facts['things']['parameters']:,}) " in line) == (name == "best")


def test_presets_show_what_was_measured(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"mnist": {"fast": measured.Measured(0.98967, 0.0004, 30, 0.9921, 1.2345)}, "fashion_mnist": {}}
    monkeypatch.setattr(measured, "measured", lambda: found)
    lines = call("presets").out.splitlines()
    fast = next(line for line in lines if line.startswith("fast"))
    assert " 98.97 ± 0.04 %     1.23  " in fast
    assert "  –  " in fast, "Fashion-MNIST was not measured"
    assert "%" not in next(line for line in lines if line.startswith("tiny"))
    said = json.loads(call("presets", "--json").out)
    assert said["fast"]["measured"]["mnist"]["ensemble"] == 0.9921
    assert said["tiny"]["measured"] == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_valid(call: Call, shell: str, tmp_path: Path) -> None:
    outcome = call("completion", shell)
    assert outcome.status == 0
    assert "_FIGURATE_COMPLETE" in outcome.out
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / "script"
    script.write_text(outcome.out)
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("figurate tr", ["train"]),
        ("figurate train fash", ["fashion_mnist"]),
        ("figurate train mnist --net", ["--network"]),
        ("figurate train mnist --network q", ["quickstart"]),
        ("figurate train mnist --network f", ["fast"]),
        ("figurate evaluate m", ["models/", "my.safetensors"]),
        ("figurate show models/", ["models/one.safetensors"]),
        ("figurate predict my.safetensors pic", ["picture.png"]),
        ("figurate train t", ["table.csv"]),
        ("figurate evaluate my.safetensors mo", ["models/"]),
        ("figurate show m", ["models/", "my.safetensors", "mnist"]),
        ("figurate predict my.safetensors ta", ["table.csv"]),
    ],
)
def test_completion_knows_the_words(words: str, expected: list[str]) -> None:
    Path("models").mkdir()
    for name in (
        "my.safetensors",
        "models/one.safetensors",
        "models/notes.txt",
        "picture.png",
        "picture.txt",
        "table.csv",
    ):
        Path(name).touch()
    said = subprocess.run(
        [sys.executable, "-c", "from figurate.cli import main; main()"],
        env={
            **os.environ,
            "_FIGURATE_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert said.stderr == ""
    offered = [line.split(",", 1) for line in said.stdout.splitlines()]
    assert [word for kind, word in offered if kind == "plain"] == expected
