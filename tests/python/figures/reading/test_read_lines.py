"""Pages of lines: on plain, ruled and squared paper, turned, on a board, from files and images; what is no figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.pages.generate import page
from figurate.datasets import mnist
from figurate.figures.reading import Figure, Line, Page, read

LINES = ["3141592", "65358", "979"]


def page_of(sheet: Any, figures: Any, **rules: Any) -> Any:
    paper = sheet(420, 640)
    paper.rule(**rules)
    for number, line in enumerate(LINES):
        paper.write(line, figures, 50 + 110 * number, 60 + 20 * number, 62)
    return paper


@pytest.mark.parametrize(
    "rules",
    [{}, {"across": range(20, 420, 55)}, {"across": range(10, 420, 37), "down": range(14, 640, 37)}],
    ids=["plain", "ruled", "squared"],
)
def test_lines_are_read_on_any_paper(model: Any, figures: Any, sheet: Any, rules: Any) -> None:
    assert read(page_of(sheet, figures, **rules).photograph(), model).text.split("\n") == LINES


@pytest.mark.parametrize("angle", [-7, -3, 4, 7])
def test_a_turned_page_is_read(model: Any, figures: Any, sheet: Any, angle: float) -> None:
    picture = Image.fromarray(page_of(sheet, figures, across=range(20, 420, 55)).photograph(uneven=False))
    turned = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=int(255 * 0.85))
    assert read(turned, model).text.split("\n") == LINES


def test_chalk_on_a_board_is_read(model: Any, figures: Any, sheet: Any) -> None:
    assert read(page_of(sheet, figures).photograph(board=True, uneven=False), model).text.split("\n") == LINES


def test_files_images_and_arrays_are_the_same(model: Any, figures: Any, sheet: Any, tmp_path: Path) -> None:
    pixels = page_of(sheet, figures).photograph()
    path = tmp_path / "page.png"
    Image.fromarray(pixels).save(path)
    texts = {read(picture, model).text for picture in (path, str(path), Image.fromarray(pixels), pixels)}
    assert texts == {"\n".join(LINES)}


def test_boxes_lie_around_the_figures(model: Any, figures: Any, sheet: Any) -> None:
    paper = sheet(300, 300)
    paper.put(figures[5], 100, 140, 84)
    ink = np.argwhere(paper.light < 0.7)
    (line,) = read(paper.photograph(uneven=False), model).lines
    left, top, width, height = line.figures[0].box
    assert line.box == line.figures[0].box
    found = np.array([top, left, top + height, left + width])
    assert np.abs(found - np.concatenate([ink.min(0), ink.max(0) + 1])).max() <= 3


def test_a_large_picture_with_small_figures_is_looked_at_again(model: Any, figures: Any, sheet: Any) -> None:
    paper = sheet(2400, 3200)
    paper.write("271828", figures, 1100, 900, 50)
    page = read(paper.photograph(), model)
    assert page.text == "271828"
    left, top, _, height = page.lines[0].box
    assert (900 <= left < 930, 1100 <= top < 1120, 25 < height < 50) == (True, True, True)


def test_touching_figures_are_parted_and_broken_ones_joined(model: Any, figures: Any, sheet: Any) -> None:
    paper = sheet(200, 640)
    paper.write("7239", figures, 60, 40, 80, apart=0.95)
    # 3 and 6 share ink; the 2 is broken.
    left = paper.put(figures[3], 60, 360, 80)
    paper.put(figures[6], 60, left - 22, 80)
    paper.light[100:103, 116:192] = 1.0
    assert read(paper.photograph(uneven=False), model).text.replace(" ", "") == "723936"


def test_scribbles_specks_and_frames_are_left_out(model: Any, figures: Any, sheet: Any) -> None:
    from PIL import ImageDraw

    paper = page_of(sheet, figures)
    image = Image.fromarray((paper.light * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    zigzag = [(480 + 9 * step, 300 if step % 2 else 350) for step in range(14)]
    draw.line(zigzag, fill=30, width=4)
    for x, y in ((600, 40), (20, 200), (320, 400)):
        draw.ellipse((x, y, x + 3, y + 3), fill=40)
    draw.rectangle((0, 0, 639, 419), outline=20, width=6)
    paper.light = np.asarray(image, np.float32) / 255
    assert read(paper.photograph(uneven=False), model).text.split("\n") == LINES


def test_generated_pages_are_read(model: Any) -> None:
    _, (x, y) = mnist.load_data()
    right = total = 0
    for seed, paper in ((5000, "plain"), (5001, "ruled"), (5002, "squared")):
        one = page(seed, x, y, height=48, lines=3, per_line=6, paper=paper)
        found = [line.text.replace(" ", "") for line in read(one.picture, model, grid=None).lines]
        total += sum(map(len, one.lines))
        right += sum(
            a == b for line, got in zip(one.lines, found, strict=False) for a, b in zip(line, got, strict=False)
        )
    assert right >= 0.85 * total


def test_generated_pages_can_be_had_again() -> None:
    _, (x, y) = mnist.load_data()
    one, same, other = (page(seed, x, y, height=30, lines=2) for seed in (7, 7, 8))
    assert np.array_equal(one.picture, same.picture)
    assert one.lines == same.lines
    assert not np.array_equal(one.picture.shape, other.picture.shape) or one.lines != other.lines
    assert all(1 <= len(line) <= 10 for line in one.lines)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (64, 64), (64, 64, 3)])
@pytest.mark.parametrize("tone", [0, 128, 255])
def test_bare_pictures_have_no_lines(model: Any, shape: tuple[int, ...], tone: int) -> None:
    found = read(np.full(shape, tone, np.uint8), model)
    assert (found.lines, found.text, found.grid, found.size) == ((), "", None, shape[:2])


def test_noise_alone_is_no_text(model: Any) -> None:
    noise = np.random.default_rng(0).normal(200, 4, (300, 400)).astype(np.uint8)
    assert read(noise, model).text == ""


def test_a_page_as_json() -> None:
    figure = Figure("7", 0.98765432, (3, 4, 5, 6))
    page = Page((Line("7", (3, 4, 5, 6), (figure,)),), (20, 30))
    said = {
        "file": "a.png",
        "lines": [
            {
                "text": "7",
                "box": [3, 4, 5, 6],
                "figures": [{"class": "7", "probability": 0.987654, "box": [3, 4, 5, 6]}],
            }
        ],
    }
    assert page.to_dict("a.png") == said
    assert json.loads(json.dumps(page.to_dict("a.png"))) == said
    assert list(page.figures) == [figure]


def test_drawing_shows_every_figure(model: Any, figures: Any, sheet: Any) -> None:
    pixels = page_of(sheet, figures).photograph()
    page = read(pixels, model)
    drawn = np.asarray(page.draw())
    assert drawn.shape == (*pixels.shape, 3)
    changed = (drawn != pixels[..., None]).any(2)
    for figure in page.figures:
        left, top, width, _ = figure.box
        assert changed[max(0, top - 8) : top + 2, left : left + width].any()
