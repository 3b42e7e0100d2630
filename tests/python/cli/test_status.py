"""What the shell sees: exit statuses, one clear line on failure, readers that go away, disks that are full."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

import figurate
from figurate.cli import status

Call = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]


def raising(error: BaseException) -> click.Command:
    """A command that only raises."""

    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (figurate.errors.DataError("one\n two"), 1, "figurate: one two\n"),
        (FileNotFoundError(2, "No such file", "a.png"), 1, "figurate: No such file: 'a.png'\n"),
        (OSError("tired"), 1, "figurate: tired\n"),
        (MemoryError(), 1, "figurate: there is not enough memory for this\n"),
        (KeyboardInterrupt(), 130, "figurate: interrupted\n"),
        (KeyError("x"), 1, "figurate: unexpected KeyError: 'x'. With FIGURATE_DEBUG=1 it shows where this happened.\n"),
    ],
)
def test_one_line_and_a_status(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIGURATE_DEBUG", raising=False)
    monkeypatch.setattr(status, "_discard_output", lambda: None)
    assert status.run(raising(error), []) == code
    assert capsys.readouterr().err == said
    monkeypatch.setenv("FIGURATE_DEBUG", "1")
    assert status.run(raising(error), []) == code
    assert "Traceback" in capsys.readouterr().err


def test_warnings_are_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    import warnings

    @click.command()
    def command() -> None:
        warnings.warn("mind the gap", figurate.FigurateWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert status.run(command, []) == 0
    assert capsys.readouterr().err == "figurate: warning: mind the gap\n"


def test_a_reader_that_goes_away(start: Start, folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("show", folder, "--count", "400", stdout=writing)
    os.close(writing)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (1, "")


def test_results_that_find_no_room(start: Start) -> None:
    with open("/dev/full", "w") as full:
        process = start("info", stdout=full)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (1, "figurate: No space left on device\n")


def limit_files() -> None:
    """Let no file grow beyond 2,000 bytes, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@pytest.mark.parametrize("option", ["--out", "--resume"])
def test_a_full_disk(start: Start, folder: Path, option: str) -> None:
    process = start("train", folder, "--epochs", "2", "--quiet", option, "a.safetensors", preexec=limit_files)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert "File too large" in said
    assert said.startswith("figurate: ")
    assert said.count("\n") == 1
    assert os.listdir() == [], "no half-written file stays"


def test_a_full_disk_leaves_the_earlier_model(start: Start, folder: Path, model_file: Path) -> None:
    before = model_file.read_bytes()
    Path("a.safetensors").write_bytes(before)
    process = start("train", folder, "--epochs", "1", "--quiet", "--out", "a.safetensors", preexec=limit_files)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert Path("a.safetensors").read_bytes() == before


@pytest.mark.parametrize("option", ["--out", "--resume"])
def test_an_output_that_cannot_be_written(call: Call, folder: Path, option: str) -> None:
    # Not even root can make a file there.
    outcome = call("train", folder, "--epochs", 1, "--quiet", option, "/proc/figurate.safetensors")
    assert outcome.status == 1
    assert "/proc" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_device_is_no_output(call: Call, folder: Path) -> None:
    os.symlink("/dev/full", "full.safetensors")
    outcome = call("train", folder, "--out", "full.safetensors")
    assert outcome.status == 2
    assert "'full.safetensors' is a device. Name a file to write." in " ".join(outcome.err.split())
