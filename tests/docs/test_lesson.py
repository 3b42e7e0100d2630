"""docs/lesson.md runs from top to bottom, prints what it says, draws what it shows; the notebook is the same."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.make import notebook
from docs.make.blocks import Block, blocks, fresh_names, is_as_said, run

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "docs" / "lesson.md"
# The whole lesson takes three seconds on an idle machine; a busy one and the plain-loop kernels need more.
SECONDS = 180.0


def test_the_lesson_runs_and_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = LESSON.read_text(encoding="utf-8")
    found = blocks(page)
    assert len(found) == page.count("```python") > 15
    assert sum(block.printed is not None for block in found) == page.count("```text")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names = fresh_names()
    began = time.perf_counter()
    for block in found:
        printed = run(block, names, LESSON)
        if block.printed is None:
            assert printed == "", f"{LESSON.name}, line {block.line}: prints what the page doesn't show:\n{printed}"
        else:
            assert is_as_said(printed, block.printed), f"{LESSON.name}, line {block.line}: printed\n{printed}"
    assert time.perf_counter() - began < SECONDS

    shown = re.findall(r"\]\(images/([^)]+)\)", page)
    assert shown
    for name in shown:
        drawn, kept = tmp_path / name, ROOT / "docs" / "images" / name
        assert drawn.is_file(), f"no block draws {name}"
        assert kept.is_file(), f"{name} is not in docs/images: run python docs/make/pictures.py"
        with Image.open(drawn) as one, Image.open(kept) as other:
            assert np.ptp(np.asarray(one.convert("L"))) > 100, f"{name} is blank"
            # Fonts and kernels differ between machines, sizes hardly: a picture of another kind is noticed.
            assert abs(one.width - other.width) < 0.15 * one.width, f"{name} has changed: draw docs/images again"


def test_the_notebook_is_the_lesson() -> None:
    kept = notebook.NOTEBOOK.read_text(encoding="utf-8")
    assert kept == notebook.notebook(LESSON.read_text(encoding="utf-8")), "run python docs/make/notebook.py"
    assert len(kept) < 100_000


def test_the_notebook_runs_and_shows_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"])
    monkeypatch.chdir(tmp_path)
    names = fresh_names()
    shown = 0
    for cell in document["cells"]:
        if cell["cell_type"] != "code":
            continue
        # The page was run in full above; here two epochs do.
        *lines, last = "".join(cell["source"]).replace("epochs=20", "epochs=2").split("\n")
        # A notebook runs a cell and shows the value of its last line.
        if last.startswith("plots."):
            run(Block("\n".join(lines), None, 1), names, notebook.NOTEBOOK)
            value = eval(last, names)  # noqa: S307 - the project's own page
            assert value._repr_png_().startswith(b"\x89PNG")
            shown += 1
        else:
            run(Block("\n".join([*lines, last]), None, 1), names, notebook.NOTEBOOK)
    assert shown == LESSON.read_text(encoding="utf-8").count("](images/")


@pytest.mark.parametrize(
    ("printed", "said", "same"),
    [
        ("a 1\nb\n", "a 1\nb\n", True),
        ("a 1 \n", "a 1\n", True),
        ("a 0.9712\n", "a 0.9…\n", True),
        ("a 0.8712\n", "a 0.9…\n", False),
        ("a\nb\nc\n", "a\n…\nc\n", True),
        ("a\nb\n", "a\n", False),
    ],
)
def test_printed_as_said(printed: str, said: str, same: bool) -> None:
    assert is_as_said(printed, said) is same
