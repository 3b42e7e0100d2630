"""CSV files that are ragged, endless, no CSV, or lead out of their folder: refused with the line, in bounded memory."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from figurate import datasets
from figurate.errors import FigurateError, FileFormatError
from tests.python.datasets.drawn import save, stroke

HEAD = "label," + ",".join(f"pixel{at}" for at in range(16))
ROW = "1," + ",".join("7" * 16)

PIXELS = {
    "a row too short": (f"{HEAD}\n{ROW}\n1,2,3\n", "expected 17 fields in every row, .* received 3 in line 3"),
    "a row too long": (f"{HEAD}\n{ROW},4\n", "expected 17 fields in every row, .* received 18 in line 2"),
    "no rows": (f"{HEAD}\n", "expected rows of figures below the first line, received none"),
    "a gap": (HEAD.replace(",pixel7", "") + "\n", "expected pixel columns 0 to 15 without a gap, missing: '7'"),
    "no square": (HEAD + ",pixel16\n", "expected the pixels of square figures, .* received 17"),
    "a column twice": (
        HEAD.replace("pixel7", "pixel6") + "\n",
        "expected every pixel's column once, received 'pixel6' twice",
    ),
    "rows and columns missing": (
        "label," + ",".join(f"{r}x{c}" for r in range(1, 6) for c in range(1, 6) if (r, c) != (2, 2)),
        "expected a column for each of 5 × 5 pixels, received 24",
    ),
    "both kinds": (HEAD + ",1x1\n", "received both kinds"),
    "a word": (f"{HEAD}\n{ROW[:-1]}x\n", "expected numbers as pixels, received 'x' in line 2"),
    "nothing": (f"{HEAD}\n{ROW[:-1]}\n", "expected numbers as pixels, received '' in line 2"),
    "too bright": (f"{HEAD}\n{ROW[:-1]}256\n", r"expected pixels from 0 to 255, received 256(\.0)? in line 2"),
    "negative": (f"{HEAD}\n{ROW[:-1]}-1\n", r"expected pixels from 0 to 255, received -1(\.0)? in line 2"),
    "not a number": (f"{HEAD}\n{ROW[:-1]}nan\n", "expected pixels from 0 to 255, received nan in line 2"),
    "endless number": (f"{HEAD}\n{ROW[:-1]}{'9' * 400}\n", "expected pixels from 0 to 255, received inf in line 2"),
    "NUL": (f"{HEAD}\n1,\0{ROW[2:]}\n", "received a NUL byte in line 2"),
    "UTF-16": (f"{HEAD}\n{ROW}\n".encode("utf-16"), "received a NUL byte in line 1"),
    "no labels": (HEAD.removeprefix("label,") + f"\n{ROW[2:]}\n", "expected a column `label`, received pixels alone"),
    "nothing at all": ("", "expected a line of column names, received an empty one"),
    "one class": (f"{HEAD}\n{ROW}\n{ROW}\n", "expected figures of at least two classes"),
}

PICTURES = {
    "a row too short": ("image,label\n1.png,a\n2.png\n", "expected 2 fields in every row, .* received 1 in line 3"),
    "a row too long": ("image,label\n1.png,a,b\n", "expected 2 fields in every row, .* received 3 in line 2"),
    "climbing": (
        "image,label\n1.png,a\n../../etc/passwd,b\n",
        r"t\.csv:3`: .* received '\.\./\.\./etc/passwd', which leads out",
    ),
    "climbing within": ("image,label\nx/../../secret.png,b\n", "which leads out of it"),
    "with backslashes": ("image,label\n..\\..\\secret.png,b\n", "which leads out of it"),
    "from the root": ("image,label\n/etc/passwd,b\n", "received '/etc/passwd', which leads out of it"),
    "nothing there": (
        "image,label\n8.png,a\n9.png,b\n",
        "received none that does: .*t.csv:2 names '8.png', which is not there",
    ),
    "no label": ("image,label\n1.png,\n", "received none that does: .*:2 no label"),
    "no columns": ("a,b\n1,2\n", "expected columns `image` and `label`, received 'a, b'"),
    "no rows": ("image,label\n", "it has no rows"),
    "NUL": ("image,label\n1.p\0ng,a\n", "received a NUL byte in line 2"),
    "an endless quote": ('image,label\n"1.png,a\n' + "x" * 200_000 + "\n", r"line \d+ is no CSV \(field larger"),
    "another part": (
        "image,label,split\n1.png,a,holdout\n",
        "expected `train`, `validation` or `test` in column 'split'",
    ),
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    save(stroke(0), tmp_path / "1.png")
    save(stroke(1), tmp_path / "2.png")
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    ("content", "message"),
    [*PIXELS.values(), *PICTURES.values()],
    ids=[*(f"pixels: {name}" for name in PIXELS), *(f"pictures: {name}" for name in PICTURES)],
)
def test_refused_with_the_line(table: Path, content: str | bytes, message: str) -> None:
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FigurateError, match=message) as caught:
        datasets.load(table)
    assert str(table) in str(caught.value)


@pytest.mark.parametrize("start", ["label", "1", '"label', "image,label\n1.png"])
def test_a_billion_columns(table: Path, start: str) -> None:
    with open(table, "w") as file:
        file.write(start)
        for _ in range(40):
            file.write(",1" * 500_000)
    tracemalloc.start()
    try:
        with pytest.raises(
            FileFormatError, match=r"t\.csv`: expected lines of at most 1,048,576 bytes, line \d is longer"
        ):
            datasets.load(table)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_many_columns(table: Path) -> None:
    table.write_text("label" + ",1" * 200_000 + "\n")
    with pytest.raises(FileFormatError, match="expected at most 100,000 columns, received 200,001"):
        datasets.load(table)


def test_a_folder_whose_table_names_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("image,label\n8.png,a\n9.png,b\n")
    with pytest.raises(FileFormatError, match=r"labels\.csv`: .*received none that does: .*:2 names '8\.png'"):
        datasets.load(tmp_path)
    # It says nothing where there are other figures to take.
    for name in "ab":
        for number in range(3):
            save(stroke(1, shift=number), tmp_path / name / f"{number}.png")
    assert datasets.load(tmp_path).class_names == ["a", "b"]


def test_an_unseen_label(table: Path) -> None:
    for part, row in (("train", f"{ROW}\n2{ROW[1:]}\n"), ("test", f"3{ROW[1:]}\n")):
        (table.parent / f"{part}.csv").write_text(f"{HEAD}\n{row}")
    with pytest.raises(FigurateError, match="received 1 class unseen in training: '3'"):
        datasets.load(table.parent)


def test_names_of_any_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    save(stroke(0), tmp_path / "1.png").rename(tmp_path / name)
    save(stroke(1), tmp_path / "数.png")
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfimage,label\ncaf\xe9.png,\xe9\n" + "数.png,🙂\n".encode())
    data = datasets.load(tmp_path, test_split=None)
    assert data.class_names == ["\\xe9", "🙂"]
    assert data.skipped == []


def test_a_table_that_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(FileFormatError, match="received a pipe or a device"):
        datasets.load(tmp_path / "t.csv")
    with pytest.raises(FileFormatError, match="received something that is not a regular file"):
        datasets.load_figures(tmp_path / "t.csv")
