"""`figure_prepare` gives the same bytes as `FigurePreprocessing`, whatever the picture, and keeps to its scratch."""

from __future__ import annotations

import ctypes
import math
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from figurate.datasets import mnist
from figurate.export.c.compiled import WARNINGS, compilers
from figurate.export.c.form import FormSource
from figurate.figures import FigurePreprocessing
from tests.python.export.c.pictures import drawn

Pixels = npt.NDArray[np.uint8]
OK, BLANK, WRONG_SIZE, TOO_SMALL = 0, 1, -1, -2

pytestmark = pytest.mark.skipif(not compilers(), reason="needs a C compiler")

STROKES = FigurePreprocessing(height=28, width=28, box=(20, 20), stroke_width=(1.5, 3.8))
FORMS = {
    "upright": replace(STROKES, deskew=True),
    "dark strokes, middle of the box": FigurePreprocessing(
        height=32, width=24, box=(25.5, 20), ground="light", centre="box"
    ),
    "thick": replace(STROKES, stroke_width=(4, 5)),
    "thin": replace(STROKES, stroke_width=(0.5, 1)),
    "fitted": FigurePreprocessing(height=28, width=28),
    "fitted into a rectangle": FigurePreprocessing(height=20, width=33),
    "colour": FigurePreprocessing(height=32, width=32, channels=3),
}


class Prepared:
    """`figure_prepare` of a form, compiled with every warning an error, and run with guarded scratch."""

    def __init__(self, form: FigurePreprocessing, folder: Path) -> None:
        source = FormSource(form)
        text = f"""
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define FIGURE_HEIGHT {form.height}
#define FIGURE_WIDTH {form.width}
#define FIGURE_CHANNELS {form.channels}
{source.declarations()}
int floats_for(int height, int width);
int floats_for(int height, int width) {{ return FIGURE_PREPARE_FLOATS(height, width); }}
{source.text()}"""
        (folder / "form.c").write_text(text)
        command = [*compilers()[0], *WARNINGS, "-pedantic", "-O2", "-fPIC", "-shared", "form.c", "-o", "form.so", "-lm"]
        subprocess.run(command, cwd=folder, check=True)
        self.form = form
        self.library = ctypes.CDLL(str(folder / "form.so"))

    def floats_for(self, picture: Pixels) -> int:
        return int(self.library.floats_for(*picture.shape[:2]))

    def call(self, picture: Pixels, floats: int) -> tuple[int, Pixels]:
        scratch = np.full(floats + 16, np.nan, np.float32)
        figure = np.full(self.form.figure_shape, 77, np.uint8)
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (picture, scratch, figure)]
        status = self.library.figure_prepare(pointers[0], *picture.shape[:2], pointers[1], floats, pointers[2])
        assert np.isnan(scratch[floats:]).all()
        return status, figure

    def all(self, pictures: list[Pixels]) -> Pixels:
        found = [self.call(picture, self.floats_for(picture)) for picture in pictures]
        for status, figure in found:
            blank = self.form.box is not None and (figure == figure[0, 0]).all()
            assert status == (BLANK if blank else OK)
        return np.stack([figure for _, figure in found])


def pictures(count: int, seed: int) -> list[Pixels]:
    rng = np.random.default_rng(seed)
    found = [drawn(digit, rng) for digit in mnist.load_data()[1][0][:count]]
    for _ in range(count // 10):
        found.append(rng.integers(0, 256, rng.integers(1, 70, 2)).astype(np.uint8))
    dot = np.zeros((200, 220), np.uint8)
    dot[100:103, 100:103] = 255
    large = [np.kron(picture, np.ones((5, 5), np.uint8)) for picture in found[:4]]
    return [*found, dot, dot[:, :110].copy(), np.zeros((9, 9), np.uint8), *large]


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[[FigurePreprocessing], Prepared]:
    return lambda form: Prepared(form, tmp_path)


def test_a_thousand_pictures_have_the_same_bytes(prepared: Any) -> None:
    form = FigurePreprocessing.learn(mnist.load_data()[0][0])
    found = pictures(1000, 0)
    expected = form.all(found, threads=1)
    assert len({figure.tobytes() for figure in expected}) > 1000  # they are not blank
    np.testing.assert_array_equal(prepared(form).all(found), expected)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_has_the_same_bytes(form: FigurePreprocessing, prepared: Any) -> None:
    found = pictures(120, 1)
    if form.channels == 3:
        found = [np.stack([one, np.roll(one, 1), 255 - one], axis=-1) for one in found]
    np.testing.assert_array_equal(prepared(form).all(found), form.all(found, threads=1))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (4097, 1), (1, 4097)], ids=str)
def test_wrong_sizes_are_refused(shape: tuple[int, int], prepared: Any) -> None:
    picture = np.zeros((max(shape[0], 1), max(shape[1], 1)), np.uint8)
    status, figure = _called_with(prepared(STROKES), picture, shape, 1000)
    assert status == WRONG_SIZE
    assert (figure == 77).all()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_pictures_need_is_known_here_too(form: FigurePreprocessing, prepared: Any) -> None:
    one = prepared(form)
    for shape in ((1, 1), (28, 28), (56, 56), (79, 80), (120, 33), (96, 300), (4096, 257)):
        assert FormSource(form).floats(*shape) == one.library.floats_for(*shape)


def test_pictures_without_ink_are_told_of(prepared: Any) -> None:
    status, figure = prepared(STROKES).call(np.full((30, 30), 200, np.uint8), 100_000)
    assert status == BLANK
    assert not figure.any()


def test_too_little_scratch_is_refused(prepared: Any) -> None:
    one = prepared(STROKES)
    dot = np.zeros((40, 40), np.uint8)
    dot[20, 20] = 255  # grows to twenty times its size
    dot[19:22, 19:22] = np.maximum(dot[19:22, 19:22], 60)
    least = 3 * dot.size + 4 * 40 + 32
    assert one.call(dot, least - 1)[0] == TOO_SMALL
    assert one.call(dot, one.floats_for(dot))[0] == OK
    usual = drawn(mnist.load_data()[1][0][0], np.random.default_rng(3))
    assert one.call(usual, 3 * usual.size + 4 * max(usual.shape) + 32)[0] == OK
    assert math.prod(dot.shape) < one.floats_for(dot)


def _called_with(one: Prepared, picture: Pixels, shape: tuple[int, int], floats: int) -> tuple[int, Pixels]:
    scratch, figure = np.empty(floats, np.float32), np.full((28, 28), 77, np.uint8)
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (picture, scratch, figure)]
    return one.library.figure_prepare(pointers[0], *shape, pointers[1], floats, pointers[2]), figure
