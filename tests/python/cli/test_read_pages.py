"""`figurate read`: whole pictures, in this process and as one of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from figurate import presets
from figurate.datasets import mnist

Call = Callable[..., Any]
Start = Callable[..., Any]


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a model that reads digits."""
    pytest.importorskip("cv2")
    path = tmp_path_factory.mktemp("readers") / "digits.safetensors"
    (x, y), _ = mnist.load_data()
    model = presets.get("fast").fit(x[:20000], y[:20000], seed=0, epochs=1, verbose=0, class_names=mnist.class_names)
    model.save(path)
    return path


def draw(name: str, rows: list[str], *, boxes: bool = False) -> str:
    """A picture of rows of digits, dark on light, in boxes where it shall be a grid."""
    _, (x, y) = mnist.load_data()
    side = 60
    light = np.full((len(rows) * side + 80, len(rows[0]) * side + 80), 225.0)
    for i, row in enumerate(rows):
        for j, character in enumerate(row):
            if character != ".":
                figure = Image.fromarray(x[np.flatnonzero(y == int(character))[1]]).resize((50, 50))
                light[45 + i * side : 95 + i * side, 45 + j * side : 95 + j * side] -= np.asarray(figure) * 0.75
    if boxes:
        for i in range(len(rows) + 1):
            light[39 + i * side : 41 + i * side, 39 : 41 + len(rows[0]) * side] = 40
        for j in range(len(rows[0]) + 1):
            light[39 : 41 + len(rows) * side, 39 + j * side : 41 + j * side] = 40
    Image.fromarray(light.clip(0, 255).astype(np.uint8)).save(name)
    return name


def test_lines_for_people(call: Call, reader: Path) -> None:
    outcome = call("read", reader, draw("page.png", ["7210", "4.49"]))
    assert (outcome.status, outcome.err) == (0, "")
    assert [line.split("  (")[0].replace(" ", "") for line in outcome.out.splitlines()] == ["7210", "449"]
    assert all(line.endswith("%)") for line in outcome.out.splitlines())


def test_a_page_as_a_process(start: Start, reader: Path) -> None:
    process = start("read", reader, draw("page.png", ["7210"]), "--json")
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    (said,) = map(json.loads, out.splitlines())
    assert set(said) == {"file", "lines"}
    assert said["file"] == "page.png"
    (line,) = said["lines"]
    assert set(line) == {"text", "box", "figures"}
    assert line["text"] == "7210"
    assert [figure["class"] for figure in line["figures"]] == list("7210")
    for figure in line["figures"]:
        assert set(figure) == {"class", "probability", "box"}
        assert 0.5 < figure["probability"] <= 1
        left, top, width, height = figure["box"]
        assert 40 < left < left + width < 290
        assert 40 < top < top + height < 100


@pytest.mark.parametrize("grid", ["auto", "2x3", "2×3"])
def test_a_grid(call: Call, reader: Path, grid: str) -> None:
    outcome = call("read", reader, draw("form.png", ["71.", "04."], boxes=True), "--grid", grid, "--json")
    assert outcome.status == 0
    said = json.loads(outcome.out)
    assert [line["text"] for line in said["lines"]] == ["71.", "04."]
    assert said["grid"] == {"rows": 2, "columns": 3, "cells": [["7", "1", None], ["0", "4", None]]}


def test_out_draws_over_the_photo(call: Call, reader: Path) -> None:
    name = draw("page.png", ["72"])
    outcome = call("read", reader, name, "--out", "read.png")
    assert outcome.status == 0
    before, after = Image.open(name).convert("RGB"), Image.open("read.png")
    assert after.size == before.size
    assert np.any(np.asarray(before) != np.asarray(after))
    assert sorted(path.name for path in Path().iterdir()) == ["page.png", "read.png"]


def test_several_photos_are_drawn_into_a_folder(call: Call, reader: Path) -> None:
    names = [draw("one.png", ["7"]), draw("two.png", ["1"])]
    Path("drawn").mkdir()
    outcome = call("read", reader, *names, "--out", "drawn")
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == "one.png:"
    assert sorted(path.name for path in Path("drawn").iterdir()) == ["one.png", "two.png"]
    refused = call("read", reader, *names, "--out", "all.png")
    assert refused.status == 2
    assert "Several photos need a folder to draw to, received 'all.png'" in refused.err


def test_what_is_no_picture_is_named_and_the_rest_read(call: Call, reader: Path) -> None:
    Path("notes.png").write_text("no picture")
    outcome = call("read", reader, "notes.png", "missing.png", draw("page.png", ["72"]), "--json")
    assert outcome.status == 1
    assert outcome.err.startswith("figurate: notes.png: expected a picture (")
    assert "missing.png: No such file or directory" in outcome.err
    (said,) = map(json.loads, outcome.out.splitlines())
    assert said["lines"][0]["text"] == "72"


def test_a_bare_page_says_so(call: Call, reader: Path) -> None:
    Image.new("L", (300, 200), 230).save("bare.png")
    outcome = call("read", reader, "bare.png")
    assert (outcome.status, outcome.out) == (0, "")
    assert "bare.png: no figures found" in outcome.err


def test_a_grid_that_is_not_there(call: Call, reader: Path) -> None:
    outcome = call("read", reader, draw("page.png", ["72"]), "--grid", "9x9")
    assert outcome.status == 1
    assert "page.png: Expected a grid of 9 × 9 cells on the picture, found none" in outcome.err


@pytest.mark.parametrize("grid", ["9", "x9", "0x3", "9x101", "9x9x9", "-1x2", "nein"])
def test_grids_that_cannot_be(call: Call, reader: Path, grid: str) -> None:
    outcome = call("read", reader, "page.png", f"--grid={grid}")
    assert outcome.status == 2
    assert f"Expected rows and columns such as 9x9, each from 1 to 100, or 'auto' or 'none', received '{grid}'" in (
        " ".join(outcome.err.split())
    )


def test_out_has_to_be_a_picture(call: Call, reader: Path) -> None:
    outcome = call("read", reader, draw("page.png", ["7"]), "--out", "read.txt")
    assert outcome.status == 2
    assert "received 'read.txt'. Name it 'read.txt.png'" in " ".join(outcome.err.split())


def test_a_model_that_reads_no_digits(call: Call, model_file: Path) -> None:
    pytest.importorskip("cv2")
    outcome = call("read", model_file, draw("page.png", ["7"]))
    assert outcome.status == 1
    assert "Reading a whole picture takes a model" in outcome.err
