"""Pictures for measuring how strangers' figures are read: what is done to them, and that it is the same every time."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.own_figures.__main__ import KINDS
from benchmarks.own_figures.figurate_read import digits
from benchmarks.own_figures.perturb import PERTURBATIONS, generator
from benchmarks.own_figures.synthetic import drawings, pictures


def grey(file: bytes) -> np.ndarray:
    """A file's pixels upright, transparent parts on white."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if picture.mode == "I;16":
        return np.asarray(picture).astype(np.float64) / 257
    if "A" in picture.getbands():
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    return np.asarray(picture.convert("L"), np.float64)


def test_the_drawn_digits_are_whole() -> None:
    files, labels = digits()
    assert len(files) == 500
    assert np.bincount(labels).tolist() == [50] * 10
    for file in files:
        with Image.open(file) as picture:
            assert picture.size == (28, 28)
            assert np.median(np.asarray(picture.convert("L"))) == 255


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_chance_is_a_matter_of_its_address(kind: str) -> None:
    first, labels = pictures(kind, 4, seed=1)
    again, _ = pictures(kind, 4, seed=1)
    assert first == again
    assert labels.shape == (4,)
    for file in first:
        assert kind == "alpha_white" or np.ptp(grey(file)) > 60


def test_every_kind_is_measured() -> None:
    assert tuple(PERTURBATIONS) == KINDS


@pytest.mark.parametrize("kind", ["exif_rotated", "sixteen_bit", "alpha", "clean"])
def test_some_kinds_change_the_file_alone(kind: str) -> None:
    for number, picture in enumerate(drawings(12, seed=2)[0]):
        shown = grey(PERTURBATIONS[kind](picture, generator(kind, 0, 0, number)))
        assert np.abs(shown - np.asarray(picture)).mean() < 2


def test_off_centre_touches_an_edge() -> None:
    for number, picture in enumerate(drawings(20, seed=3)[0]):
        dark = grey(PERTURBATIONS["off_centre"](picture, generator("off_centre", 0, 0, number))) < 192
        assert dark[0].any() or dark[-1].any() or dark[:, 0].any() or dark[:, -1].any()
        assert dark.sum() == (np.asarray(picture) < 192).sum()


def test_salt_is_five_percent() -> None:
    black = Image.new("L", (400, 400))
    salted = grey(PERTURBATIONS["salt"](black, generator("salt", 0, 0, 0)))
    assert 0.045 < np.mean(salted == 255) < 0.055


def test_lines_are_thinner_than_strokes_and_no_darker() -> None:
    picture = Image.new("L", (112, 112), 255)
    picture.paste(0, (50, 20, 66, 92))
    for number in range(10):
        drawn = grey(PERTURBATIONS["ruled"](picture, generator("ruled", 0, 0, number)))
        column = drawn[:, 2] < drawn.max() - 5
        runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], column.astype(int), [0]]))))[::2]
        assert runs.size >= 2
        assert runs.max() < 16 * drawn.shape[0] / 112
