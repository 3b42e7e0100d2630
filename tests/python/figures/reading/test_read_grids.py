"""Grids: a sudoku drawn here, seen from aside and bent; a form's boxes; squared paper, which is none; photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate.errors import DataError
from figurate.figures.reading import read

SUDOKU = [
    "53..7....",
    "6..195...",
    ".98....6.",
    "8...6...3",
    "4..8.3..1",
    "7...2...6",
    ".6....28.",
    "...419..5",
    "....8..79",
]
SIDE = 50


def grid(sheet: Any, figures: Any, rows: list[str], thick_every: int = 3) -> Any:
    """A grid of boxes with figures, a headline of ink above it."""
    high, wide = len(rows) * SIDE, len(rows[0]) * SIDE
    paper = sheet(high + 160, wide + 120)
    for i in range(len(rows) + 1):
        thick = 3 if i % thick_every == 0 else 1
        paper.light[90 + i * SIDE : 90 + i * SIDE + thick, 60 : 60 + wide + 2] = 0.2
    for j in range(len(rows[0]) + 1):
        thick = 3 if j % thick_every == 0 else 1
        paper.light[90 : 90 + high + 2, 60 + j * SIDE : 60 + j * SIDE + thick] = 0.2
    for i, row in enumerate(rows):
        for j, character in enumerate(row):
            if character != ".":
                paper.put(figures[int(character)], 90 + i * SIDE + 4, 60 + j * SIDE + 4, 44)
    paper.light[30:60, 60:240] = 0.3
    return paper


def seen_from_aside(picture: Any) -> Any:
    """In perspective, turned, and bent as a magazine is."""
    import cv2

    high, wide = picture.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    moved = corners + np.array([[30, 10], [-10, 35], [15, -5], [-5, -25]], np.float32)
    picture = cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(corners, moved), (wide, high), borderMode=cv2.BORDER_REPLICATE
    )
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    return cv2.remap(picture, x, y + 7 * np.sin(x / wide * np.pi), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("asked", ["auto", (9, 9)])
def test_a_sudoku_is_found_and_read(model: Any, figures: Any, sheet: Any, asked: Any) -> None:
    page = read(seen_from_aside(grid(sheet, figures, SUDOKU).photograph()), model, grid=asked)
    assert page.grid is not None
    assert (page.grid.rows, page.grid.columns) == (9, 9)
    wrong = sum(
        a != b for row, line in zip(SUDOKU, page.lines, strict=True) for a, b in zip(row, line.text, strict=True)
    )
    assert wrong <= 1


def test_a_grid_as_json(model: Any, figures: Any, sheet: Any) -> None:
    rows = ["12.4", "5.78", "90.2"]
    page = read(grid(sheet, figures, rows, thick_every=1).photograph(), model)
    said = page.to_dict("form.png")
    assert set(said) == {"file", "lines", "grid"}
    assert page.text.split("\n") == rows
    cells = [[None if cell == "." else cell for cell in row] for row in rows]
    assert said["grid"] == {"rows": 3, "columns": 4, "cells": cells}
    assert page.grid is not None
    corners = page.grid.corners
    assert corners.shape == (4, 5, 2)
    assert np.abs(corners[0, 0] - (60, 90)).max() < 5
    assert np.abs(corners[-1, -1] - (60 + 4 * SIDE, 90 + 3 * SIDE)).max() < 5
    left, top, width, height = said["lines"][1]["figures"][0]["box"]
    assert 60 < left < left + width < 60 + SIDE
    assert 90 + SIDE < top < top + height < 90 + 2 * SIDE


def test_lines_are_read_where_no_grid_is_wanted(model: Any, figures: Any, sheet: Any) -> None:
    page = read(grid(sheet, figures, ["1234", "5678"], thick_every=1).photograph(), model, grid=None)
    assert page.grid is None


def test_squared_paper_is_no_grid(model: Any, figures: Any, sheet: Any) -> None:
    paper = sheet(420, 640)
    paper.rule(across=range(10, 420, 45), down=range(14, 640, 45))
    paper.write("40718", figures, 120, 100, 80)
    page = read(paper.photograph(), model)
    assert page.grid is None
    assert page.text == "40718"


def test_an_empty_grid_has_empty_cells(model: Any, figures: Any, sheet: Any) -> None:
    page = read(grid(sheet, figures, ["...", "...", "..."], thick_every=1).photograph(), model, grid=(3, 3))
    assert page.text == "...\n...\n..."
    assert list(page.figures) == []


def test_a_grid_that_is_not_there(model: Any, figures: Any, sheet: Any) -> None:
    paper = sheet(300, 400)
    paper.write("123", figures, 100, 60, 80)
    with pytest.raises(DataError, match=r"Expected a grid of 9 × 9 cells on the picture, found none.*`grid=None`"):
        read(paper.photograph(), model, grid=(9, 9))


def test_photographs_of_sudokus(model: Any, photographs: list[Path]) -> None:
    for photo in photographs:
        truth = photo.with_suffix(".txt").read_text(encoding="utf-8").split()
        page = read(photo, model)
        assert page.grid is not None
        assert (page.grid.rows, page.grid.columns) == (9, 9)
        read_cells = "".join(line.text for line in page.lines)
        assert sum(a == b for a, b in zip(truth, read_cells, strict=True)) >= 72
