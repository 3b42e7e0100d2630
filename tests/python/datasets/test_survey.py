"""What is taken for strokes on plain ground, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from figurate.datasets.survey import strokes
from tests.python.datasets.drawn import Pixels, digits, photo

X, _ = digits(60)
RNG = np.random.default_rng(0)


def large(figure: Pixels) -> np.ndarray:
    """A figure 140 × 140, from 0 to 1."""
    return np.kron(figure, np.ones((5, 5))) / 255


def lit(figure: Pixels) -> Pixels:
    """On grey paper with its grain, the light falling to a half from side to side."""
    ink = large(figure)
    ground = 200 * (1 - 0.5 * np.linspace(0, 1, ink.shape[1])) * (1 - 0.8 * ink)
    return np.clip(ground + RNG.normal(0, 5, ink.shape), 0, 255).astype(np.uint8)


def blue_pen(figure: Pixels) -> Pixels:
    """Blue ink on cream paper."""
    ink = large(figure)[:, :, None]
    return np.asarray((1 - ink) * (235, 230, 220) + ink * (20, 20, 140), np.uint8)


def small_on_a_page(figure: Pixels) -> Pixels:
    """A figure in the corner of a sheet."""
    page = np.full((600, 500), 250, np.uint8)
    page[40:180, 300:440] = 250 - 230 * large(figure)
    return page


def salted(figure: Pixels) -> Pixels:
    return np.where(RNG.random(figure.shape) < 0.05, 255, figure).astype(np.uint8)


@pytest.mark.parametrize(
    "drawn", [lambda figure: figure, lambda figure: 255 - figure, lit, blue_pen, small_on_a_page, salted]
)
def test_strokes(drawn: Callable[[Pixels], Pixels]) -> None:
    assert strokes([drawn(figure) for figure in X])


def disc(figure: Pixels) -> Pixels:
    rows, columns = np.indices((40, 40)) - 20
    picture = np.full((40, 40, 3), 255, np.uint8)
    picture[rows**2 + columns**2 < 150] = figure[10:13, 10] // 2
    return picture


def two_pens(figure: Pixels) -> Pixels:
    ink = large(figure)[:, :, None]
    upper = np.arange(140)[:, None, None] < 70
    return np.asarray(255 - ink * np.where(upper, (0, 220, 220), (220, 220, 0)), np.uint8)


@pytest.mark.parametrize(
    "drawn",
    [
        disc,
        two_pens,
        lambda figure: photo(int(figure.sum()) % 100),
        lambda figure: photo(0, (30, 30)),
        lambda _: X[0] * 0,
    ],
    ids=["filled", "two colours", "photographs", "noise", "blank"],
)
def test_no_strokes(drawn: Callable[[Pixels], Pixels]) -> None:
    assert not strokes([drawn(figure) for figure in X])


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (3, 3), (30, 1, 3), (2, 500)])
def test_pictures_too_small_to_tell(shape: tuple[int, ...]) -> None:
    assert not strokes([np.zeros(shape, np.uint8)])
    strokes([photo(0, shape)])
