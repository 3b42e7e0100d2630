"""The form of figures: what it refuses, how it is learned from a set, and how pictures are brought into it.

What each step does to a picture is tested in tests/core.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from figurate import errors
from figurate.datasets import fashion_mnist, mnist
from figurate.figures import FigurePreprocessing

Pixels = npt.NDArray[np.uint8]
MNIST_FORM = FigurePreprocessing(height=28, width=28, box=(20, 20))


@pytest.fixture(scope="module")
def digits() -> Pixels:
    """MNIST's training figures."""
    return mnist.load_data()[0][0]


# -- arguments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"height": 0}, r"`FigurePreprocessing\(height=…\)` expects a whole number from 1 to 4096, received 0"),
        ({"width": 4097}, r"\(width=…\)` expects a whole number from 1 to 4096, received 4097"),
        ({"width": 28.0}, "received 28.0"),
        ({"height": True}, "received True"),
        ({"channels": 2}, r"\(channels=…\)` expects 1 or 3, and 1 where there is a box, received 2"),
        ({"channels": True}, "expects 1 or 3"),
        ({"channels": 1.0}, "expects 1 or 3"),
        ({"channels": 3, "box": (20, 20)}, "1 where there is a box, received 3"),
        ({"box": 20}, r"\(box=…\)` expects two numbers from 1 to 4096, received 20"),
        ({"box": (20,)}, "expects two numbers from 1 to 4096"),
        ({"box": (0.5, 20)}, "expects two numbers from 1 to 4096"),
        ({"box": (float("nan"), 20)}, "expects two numbers"),
        ({"box": ("20", "20")}, "expects two numbers"),
        ({"box": (29, 20)}, "expects a box within 28 × 28 pixels"),
        ({"stroke_width": (3, 2)}, r"\(stroke_width=…\)` expects the least before the greatest"),
        ({"stroke_width": (-1, 2)}, "expects two numbers from 0 to 4096"),
        ({"stroke_width": (0, float("inf"))}, "expects two numbers from 0 to 4096"),
        ({"ground": "grey"}, "expects 'dark' or 'light', received 'grey'"),
        ({"centre": "middle"}, "expects 'mass' or 'box', received 'middle'"),
        ({"deskew": 1}, "expects True or False, received 1"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        FigurePreprocessing(**{"height": 28, "width": 28, **options})


FORMS = [
    FigurePreprocessing(height=3, width=4096),
    FigurePreprocessing(height=32, width=32, channels=3),
    FigurePreprocessing(
        height=28, width=30, box=(20, 21.5), ground="light", centre="box", stroke_width=(1.5, 4), deskew=True
    ),
]


@pytest.mark.parametrize("form", FORMS, ids=["plain", "colour", "all of it"])
def test_a_form_comes_back_from_json(form: FigurePreprocessing) -> None:
    again = FigurePreprocessing.from_config(json.loads(json.dumps(form.get_config())))
    assert again == form
    assert hash(again) == hash(form)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "expects exactly box, centre, channels, deskew, ground, height, stroke_width, width, received {}"),
        ({**FORMS[0].get_config(), "shell": "ls"}, "expects exactly box"),
        ([], r"expects exactly box, .* received \[\]"),
        ({**FORMS[0].get_config(), "box": [1]}, "expects two numbers"),
    ],
)
def test_wrong_configurations_are_refused(config: Any, message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        FigurePreprocessing.from_config(config)


def test_a_form_describes_itself() -> None:
    assert FORMS[0].describe() == "fitted to 3 × 4096 pixels"
    assert FORMS[1].describe() == "fitted to 32 × 32 pixels in colour"
    assert FORMS[2].describe() == (
        "dark strokes on a light ground, fitted into 20 × 21.5 of 28 × 30 pixels, their box in the middle, made upright"
    )


# -- learned -----------------------------------------------------------------------------------------------------------


def test_mnists_form_is_learned_in_whatever_range_it_comes(digits: Pixels) -> None:
    form = FigurePreprocessing.learn(digits)
    assert replace(form, stroke_width=None) == MNIST_FORM
    assert form.stroke_width is not None
    assert 1 < form.stroke_width[0] < 2 < 3 < form.stroke_width[1] < 5
    few = digits[::60]
    same = FigurePreprocessing.learn(few)
    for x in (few / 255, few / 127.5 - 1, (few / 255).astype(np.float32), few.astype(np.int64), few[..., None]):
        learned = FigurePreprocessing.learn(x)
        assert replace(learned, stroke_width=None) == MNIST_FORM
        assert learned.stroke_width == pytest.approx(same.stroke_width, abs=0.02)


def test_inverted_figures_have_a_light_ground(digits: Pixels) -> None:
    few = digits[::60]
    assert FigurePreprocessing.learn(255 - few) == replace(FigurePreprocessing.learn(few), ground="light")
    assert FigurePreprocessing.learn(1 - few / 255).ground == "light"


def test_figures_in_the_middle_by_their_box_are_told(digits: Pixels) -> None:
    moved = np.zeros((500, 40, 40), np.uint8)
    for into, figure in zip(moved, digits[:500], strict=True):
        rows, columns = np.flatnonzero(figure.any(axis=1)), np.flatnonzero(figure.any(axis=0))
        ink = figure[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        top, left = (40 - ink.shape[0]) // 2, (40 - ink.shape[1]) // 2
        into[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    form = FigurePreprocessing.learn(moved)
    assert (form.box, form.centre) == ((20, 20), "box")


def blobs(count: int) -> Pixels:
    """Filled shapes as garments are, each as wide and high as it likes."""
    rng = np.random.default_rng(0)
    made = np.zeros((count, 28, 28), np.uint8)
    for figure in made:
        height, width = rng.integers(12, 29, 2)
        figure[(28 - height) // 2 :][:height, (28 - width) // 2 :][:, :width] = rng.integers(60, 255, (height, width))
    return made


@pytest.mark.parametrize(
    "x",
    [
        blobs(300),
        np.zeros((20, 28, 28), np.uint8),
        np.full((20, 28, 28), 255, np.uint8),
        np.full((20, 28, 28), 0.5),
        np.zeros((3, 28, 28), bool),
        np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8),
        np.pad(np.full((50, 20, 20), 200, np.uint8), ((0, 0), (4, 4), (4, 4))),
        np.zeros((1, 28, 28), np.uint8),
    ],
    ids=["blobs", "black", "white", "grey", "false", "noise", "squares", "one"],
)
def test_figures_without_a_form_are_only_fitted(x: npt.NDArray[Any]) -> None:
    assert FigurePreprocessing.learn(x) == FigurePreprocessing(height=28, width=28)


def test_fashion_mnist_has_no_form() -> None:
    try:
        garments = fashion_mnist.load_data()[0][0]
    except errors.FigurateError:
        pytest.skip("Fashion-MNIST is not here")
    assert FigurePreprocessing.learn(garments) == FigurePreprocessing(height=28, width=28)


def test_colour_pictures_are_only_fitted() -> None:
    colour = np.random.default_rng(0).integers(0, 256, (30, 16, 12, 3), np.uint8)
    assert FigurePreprocessing.learn(colour) == FigurePreprocessing(height=16, width=12, channels=3)


@pytest.mark.parametrize("shape", [(5,), (5, 784), (5, 28, 28, 2), (0, 28, 28), (5, 28, 28, 1, 1)])
def test_what_is_no_picture_has_no_form(shape: tuple[int, ...]) -> None:
    with pytest.raises(errors.ShapeError, match=r"`FigurePreprocessing.learn` expects figures \(n, height, width\)"):
        FigurePreprocessing.learn(np.zeros(shape, np.uint8))


def test_figures_that_are_not_finite_are_refused() -> None:
    with pytest.raises(errors.DataError, match="finite"):
        FigurePreprocessing.learn(np.full((5, 8, 8), np.nan))


# -- pictures ----------------------------------------------------------------------------------------------------------


def plain_form(drawn: Pixels) -> Pixels:
    """MNIST's form in numpy and Pillow, for a clean picture, dark on light: cropped, fitted, moved to its middle."""
    ink = 255 - drawn
    rows, columns = np.flatnonzero((ink > 76).any(axis=1)), np.flatnonzero((ink > 76).any(axis=0))
    cut = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = 20 / max(cut.size)
    small = np.asarray(
        cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.BILINEAR)
    )
    y, x = (np.average(np.arange(n), weights=small.sum(axis=1 - axis)) for axis, n in enumerate(small.shape))
    figure = np.zeros((28, 28), np.uint8)
    top, left = int(np.floor(14 - y + 0.5)), int(np.floor(14 - x + 0.5))
    figure[top : top + small.shape[0], left : left + small.shape[1]] = small
    return figure


def enlarged(figure: Pixels, side: int) -> Pixels:
    """A figure of MNIST, sharp, dark on light, large."""
    big = Image.fromarray(255 - figure).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(big.point(lambda level: 255 if level > 128 else 0))


def test_clean_pictures_look_as_in_a_plain_form(digits: Pixels) -> None:
    pictures = [enlarged(figure, 150 + 7 * i) for i, figure in enumerate(digits[:40])]
    for made, picture in zip(MNIST_FORM.all(pictures), pictures, strict=True):
        expected = plain_form(picture)
        # Where the middle lies between two pixels, either may be taken.
        moved = [np.roll(expected, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert min(np.abs(made.astype(int) - one).mean() for one in moved) < 2


def test_mnists_own_figures_stay(digits: Pixels) -> None:
    figures = digits[:500]
    made = FigurePreprocessing.learn(digits).all(list(figures))
    assert np.mean(np.abs(made.astype(int) - figures).max(axis=(1, 2)) <= 3) > 0.9


def test_the_number_of_threads_does_not_matter(digits: Pixels) -> None:
    pictures = [np.pad(figure, i % 30) for i, figure in enumerate(digits[:200])]
    one = MNIST_FORM.all(pictures, threads=1)
    np.testing.assert_array_equal(MNIST_FORM.all(pictures, threads=4), one)
    np.testing.assert_array_equal(MNIST_FORM.all(pictures), one)
    np.testing.assert_array_equal(MNIST_FORM(pictures[7]), one[7])
    assert one.shape == (200, 28, 28)
    assert one.dtype == np.uint8


def test_pictures_of_every_kind_are_taken(digits: Pixels, tmp_path: Any) -> None:
    figure = digits[5]
    image = Image.fromarray(255 - figure)
    image.save(tmp_path / "five.png")
    kinds = [figure, 255 - figure, figure / 255, image, tmp_path / "five.png", np.dstack([figure] * 3), figure.T.T]
    made = MNIST_FORM.all(kinds)
    np.testing.assert_array_equal(made, [made[0]] * len(kinds))
    assert MNIST_FORM.all([]).shape == (0, 28, 28)
    assert FORMS[1].all([]).shape == (0, 32, 32, 3)


def test_ink_comes_into_the_same_form(digits: Pixels) -> None:
    pieces = list(digits[:20])
    made, expected = MNIST_FORM.all_from_ink(pieces).astype(int), MNIST_FORM.all(pieces)
    assert np.abs(made - expected).max() <= 3  # strokes that are not quite full are taken as they are
    np.testing.assert_array_equal(MNIST_FORM.from_ink(pieces[3]), MNIST_FORM.all_from_ink(pieces, threads=2)[3])
    # Figures of a light ground are made of the same ink.
    light = replace(MNIST_FORM, ground="light")
    np.testing.assert_array_equal(light.from_ink(pieces[3]), 255 - MNIST_FORM.from_ink(pieces[3]))
    assert MNIST_FORM.all_from_ink([]).shape == (0, 28, 28)


def test_ink_needs_a_form_with_a_box() -> None:
    with pytest.raises(errors.ConfigurationError, match="`from_ink` expects a form with a box, received one that only"):
        FORMS[0].from_ink(np.zeros((5, 5), np.uint8))


def test_colour_pictures_are_fitted_with_their_proportions() -> None:
    # Twice as wide as high: 32 × 16, eight rows of the border's colour above and below.
    picture = np.empty((40, 80, 3), np.uint8)
    picture[:] = (10, 200, 90)
    picture[10:30, 20:60] = (250, 0, 0)
    figure = FORMS[1](picture)
    assert figure.shape == (32, 32, 3)
    np.testing.assert_array_equal(figure[:8], np.broadcast_to([10, 200, 90], (8, 32, 3)))
    np.testing.assert_array_equal(figure[-8:], np.broadcast_to([10, 200, 90], (8, 32, 3)))
    np.testing.assert_array_equal(figure[16, 16], [250, 0, 0])
    assert np.abs(figure[12:20, 8:24].astype(int) - picture[10, 20]).max() <= 40
    np.testing.assert_array_equal(FORMS[1](figure), figure)
    # Grey ones as colour, small ones enlarged, slender ones not lost.
    assert FORMS[1](picture[:, :, 0]).shape == (32, 32, 3)
    assert FORMS[1](picture[:3, :2]).shape == (32, 32, 3)
    assert FigurePreprocessing(height=4, width=4)(np.zeros((1, 500), np.uint8)).shape == (4, 4)


def test_a_figure_of_the_right_size_is_not_changed_without_a_box() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    np.testing.assert_array_equal(FigurePreprocessing(height=28, width=28)(noise), noise)
