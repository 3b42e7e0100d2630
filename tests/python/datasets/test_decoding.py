"""Pictures decoded by several processes: the same pixels as by one, whatever becomes of the processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate.datasets import decoding, picture_rows
from figurate.datasets.decoding import Different, decode
from figurate.datasets.picture_rows import Order, Problem
from figurate.datasets.tree import PictureFiles
from figurate.errors import FileFormatError
from figurate.figures import FigurePreprocessing
from tests.python.datasets.drawn import digits, photo, save, stroke

ORDER = Order((28, 28), None)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers start at once, and get little at a time."""
    monkeypatch.setattr(decoding, "_ALONE", 0)
    monkeypatch.setattr(decoding, "_WORTH", 0)
    monkeypatch.setattr(decoding, "_PIECE", 10)


@pytest.fixture
def files(tmp_path: Path) -> PictureFiles:
    x, _ = digits(100)
    return PictureFiles([str(save(figure, tmp_path / f"{at:03}.png")) for at, figure in enumerate(x)])


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process takes its time, so that the others get something to do."""
    fill = picture_rows.fill

    def slowly(rows: np.ndarray, start: int, items: Sequence[picture_rows.Item], order: Order) -> list[Problem]:
        time.sleep(0.04)
        return fill(rows, start, items, order)

    monkeypatch.setattr(decoding, "fill", slowly)


@pytest.mark.usefixtures("eager", "slow")
def test_several_processes(files: PictureFiles) -> None:
    Path(files.paths[50]).write_bytes(b"no picture")
    x, _ = digits(100)
    x[50] = 0
    for threads in (1, 3):
        rows, problems = decode(files, ORDER, threads)
        np.testing.assert_array_equal(rows, x)
        assert [(problem.row, problem.kind) for problem in problems] == [(50, "unreadable")]
        rows[:] = 1  # writable


@pytest.mark.usefixtures("eager", "slow")
def test_into_form_by_several_processes(tmp_path: Path) -> None:
    form = FigurePreprocessing(height=20, width=20, box=(14, 14))
    drawn = [stroke(at % 3, 30 + at) for at in range(40)]
    files = PictureFiles([str(save(one, tmp_path / f"{at:03}.png")) for at, one in enumerate(drawn)])
    rows, _ = decode(files, Order((20, 20), form.get_config()), 3)
    np.testing.assert_array_equal(rows, form.all(drawn))


@pytest.mark.usefixtures("eager", "slow")
def test_helpers_that_cannot_start(files: PictureFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = digits(100)
    for executable in ("/bin/false", "/no/such/python", ""):
        monkeypatch.setattr(sys, "executable", executable)
        rows, problems = decode(files, ORDER, 2)
        np.testing.assert_array_equal(rows, x)
        assert problems == []


KILLER = (
    "import os, sys, json; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from figurate.datasets import picture_rows; old = picture_rows.open_one\n"
    "def open_one(item):\n"
    "    if isinstance(item, str) and os.path.exists(item + '.kill'): os.abort()\n"
    "    return old(item)\n"
    "picture_rows.open_one = open_one\n"
    "from figurate.datasets._decoder import main; main()"
)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is kept busy from its second piece on, so that most of the work comes to a helper."""
    fill = picture_rows.fill

    def slowly(rows: np.ndarray, start: int, items: Sequence[picture_rows.Item], order: Order) -> list[Problem]:
        time.sleep(1.5 if start else 0)
        return fill(rows, start, items, order)

    monkeypatch.setattr(decoding, "fill", slowly)


@pytest.mark.usefixtures("eager", "busy")
def test_a_picture_that_ends_its_process(files: PictureFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = digits(100)
    bad = 60
    Path(files.paths[bad] + ".kill").touch()
    monkeypatch.setattr(decoding, "_START", KILLER)
    rows, problems = decode(files, ORDER, 2)
    x[bad] = 0
    np.testing.assert_array_equal(rows, x)
    assert [(one.row, one.reason) for one in problems] == [(bad, "the process that decoded it ended")]


@pytest.mark.usefixtures("eager", "busy")
def test_pictures_that_end_every_process(files: PictureFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in files.paths[30:]:
        Path(path + ".kill").touch()
    monkeypatch.setattr(decoding, "_START", KILLER)
    monkeypatch.setattr(decoding, "_STARTS", 1)
    monkeypatch.setattr(decoding, "cpus", lambda: 1)
    with pytest.raises(FileFormatError, match=r"received so many that end the process .*Try `threads=1`"):
        decode(files, ORDER, 2)


@pytest.mark.usefixtures("eager", "slow")
def test_different_ones_and_the_first_unreadable_stop_it(files: PictureFiles) -> None:
    save(photo(0, (28, 28, 3)), Path(files.paths[70]))
    with pytest.raises(Different, match="coloured"):
        decode(files, ORDER, 3)
    Path(files.paths[70]).write_bytes(b"")
    _, problems = decode(files, ORDER, 3, stop_at_first=True)
    assert [problem.reason for problem in problems] == ["an empty file"]


@pytest.mark.usefixtures("eager")
def test_ctrl_c_ends_the_helpers(files: PictureFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    def interrupted(rows: np.ndarray, start: int, items: object, order: Order) -> list[Problem]:
        if start:
            time.sleep(0.2)
            raise KeyboardInterrupt
        return []

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(decoding, "fill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        decode(files, ORDER, 3)
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_without_a_guard_or_a_main_file(files: PictureFiles) -> None:
    # As in a notebook or `python -c`: processes that are spawned by importing the main file would start anew each time.
    code = (
        "import glob, sys\n"
        "from figurate.datasets import decoding, picture_rows, tree\n"
        "decoding._ALONE = decoding._WORTH = 0\n"
        "decoding._PIECE = 4\n"
        "files = tree.PictureFiles(sorted(glob.glob(sys.argv[1])))\n"
        "rows, problems = decoding.decode(files, picture_rows.Order((28, 28), None), 3)\n"
        "print(len(rows), len(problems), int(rows.sum(dtype=int)))\n"
    )
    x, _ = digits(100)
    pattern = str(Path(files.paths[0]).parent / "*.png")
    run = subprocess.run([sys.executable, "-c", code, pattern], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.split() == ["100", "0", str(int(x.sum(dtype=int)))]
    assert run.stderr == ""
