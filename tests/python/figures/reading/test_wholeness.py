"""Whole digits told from halves, pairs and scribbles; asked for digits alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from figurate.datasets import mnist
from figurate.figures import FigurePreprocessing
from figurate.figures.reading import wholeness
from figurate.figures.reading.cuts import cropped
from figurate.figures.reading.judging import Judge
from figurate.figures.reading.pieces import Piece, Thresholds, find_pieces, joined
from figurate.models.predictions import Predictions
from figurate.naming import names_of_classes

LIMITS = Thresholds(75.0, 127.0, 250.0, 16.0)
HEIGHT = 20.0  # of MNIST's figures


@pytest.fixture(scope="module")
def line() -> tuple[Any, list[Piece]]:
    """The ink of forty test figures side by side, and a piece for each of those that hang together."""
    pytest.importorskip("cv2")
    _, (x, _) = mnist.load_data()
    ink = np.zeros((60, 60 + 22 * 40), np.uint8)
    pieces = []
    for number, figure in enumerate(x[:40]):
        left = 20 + 22 * number
        np.maximum(ink[16:44, left : left + 28], figure, out=ink[16:44, left : left + 28])
        alone = np.zeros_like(ink)
        alone[16:44, left : left + 28] = figure
        found = find_pieces(alone, LIMITS)
        if len(found) == 1:
            pieces.append(found[0])
    return ink, pieces


def likely(ink: Any, pieces: list[Piece]) -> Any:
    return wholeness.whole(ink, [(piece, HEIGHT) for piece in pieces], LIMITS)


def test_whole_figures_are_told_from_halves_and_pairs(line: tuple[Any, list[Piece]]) -> None:
    ink, pieces = line
    wide = [piece for piece in pieces if piece.width > 10]
    halves = []
    for piece in wide:
        mask = piece.mask.copy()
        mask[:, piece.width // 2 :] = False
        halves.append(cropped(piece, mask))
    pairs = [joined([left, right]) for left, right in pairwise(pieces)]
    assert len(pieces) > 30
    assert (likely(ink, pieces) > 0.5).mean() > 0.9
    assert (likely(ink, halves) < 0.5).mean() > 0.9
    assert (likely(ink, pairs) < 0.5).mean() > 0.9


def test_a_hatching_is_no_figure() -> None:
    pytest.importorskip("cv2")
    ink = np.zeros((60, 80), np.uint8)
    for column in range(25, 55, 6):
        ink[20:40, column : column + 3] = 250
    ink[20:23, 25:55] = 250
    assert likely(ink, find_pieces(ink, LIMITS)).max() < 0.1


def test_nothing_is_asked_of_nothing() -> None:
    assert wholeness.whole(np.zeros((9, 9), np.uint8), [], LIMITS).shape == (0,)


def test_a_cutting_has_the_piece_and_what_is_around_it() -> None:
    pytest.importorskip("cv2")
    ink = np.zeros((40, 100), np.uint8)
    ink[:, 2:6] = 250
    ink[:, 20:24] = 250
    left, _ = find_pieces(ink, LIMITS)
    own, around = np.moveaxis(wholeness.cutting(ink, left, 40.0, LIMITS), -1, 0)
    assert own.shape == (wholeness.HIGH, wholeness.WIDE)
    # Half the page's scale; the piece is in the middle, the other one is 9 pixels to the right of it.
    assert own[16, 20] == around[16, 29] == 255
    assert own[16, 29] == around[16, 20] == 0
    # What lies beyond the page is empty.
    assert own[2].max() == around[2].max() == 0


class Named:
    """A model of so many classes with these names."""

    preprocessing = FigurePreprocessing(height=28, width=28, box=(20, 20))

    def __init__(self, names: list[str] | None, classes: int) -> None:
        self.class_names = names
        self.classes = classes

    def classify_form(self, figures: Any) -> Predictions:
        given = np.full((len(figures), self.classes), 1 / self.classes, np.float32)
        return Predictions(given, names_of_classes(self.class_names, self.classes))


@pytest.mark.parametrize(
    ("names", "classes", "asked"),
    [(list("0123456789"), 10, True), (None, 10, True), (None, 26, False), (list("01l"), 3, False), (["10"], 1, False)],
    ids=["digits", "ten without names", "more without names", "a letter among them", "a number"],
)
def test_digits_alone_are_asked_about(names: list[str] | None, classes: int, asked: bool) -> None:
    assert Judge(Named(names, classes)).digits_alone is asked
