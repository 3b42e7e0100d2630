"""The steps by themselves: ink, rules, pieces, the page's turn, lines, cuts, what the model has to offer."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from figurate.errors import ConfigurationError, DataError, ShapeError, UnsupportedError
from figurate.figures import FigurePreprocessing
from figurate.figures.reading import Page, cuts, lines, read, rules, skew
from figurate.figures.reading.ink import ink_of, noise_of
from figurate.figures.reading.judging import Judge, sureness
from figurate.figures.reading.pieces import Piece, find_pieces, thresholds
from figurate.figures.reading.text import _end_of_rule
from figurate.models.predictions import Predictions


class Fixed:
    """A model that says what it is told to."""

    def __init__(self, answer: Any = None, form: Any = "digits") -> None:
        self.answer = answer
        self.preprocessing = FigurePreprocessing(height=28, width=28, box=(20, 20)) if form == "digits" else form

    def classify_form(self, figures: Any) -> Predictions:
        given = self.answer if self.answer is not None else np.full((len(figures), 10), 0.1)
        return Predictions(given, [str(number) for number in range(10)])


def block(left: int, top: int, width: int, height: int) -> Piece:
    return Piece(left, top, width, height, width * height, np.ones((height, width), bool))


def test_light_and_paper_are_divided_out() -> None:
    pytest.importorskip("cv2")
    light = np.linspace(240, 120, 300)[None].repeat(200, 0)
    light[80:120, 60:64] *= 0.3
    light[80:120, 250:254] *= 0.3
    ink = ink_of(light.astype(np.uint8))
    # 70 % of the light is gone in both strokes, though one lies in the dark: 178 of 255.
    assert abs(int(np.median(ink[85:115, 61:63])) - 178) < 12
    assert abs(int(np.median(ink[85:115, 251:253])) - 178) < 12
    assert ink[20:60].max() < 12
    assert noise_of(ink) < 3


def test_a_blue_pen_is_dark_in_its_darkest_colour() -> None:
    pytest.importorskip("cv2")
    paper = np.full((100, 100, 3), (220, 210, 190), np.uint8)
    paper[40:60, 40:44] = (40, 60, 180)
    assert ink_of(paper)[50, 42] > 190


def test_rules_go_and_strokes_stay() -> None:
    pytest.importorskip("cv2")
    ink = np.zeros((200, 400), np.uint8)
    ink[100:103] = 90
    ink[60:150, 200:206] = 220
    found = rules.find_rules(ink, 20)
    assert len(found) == 1
    assert abs(float(found[0].y[200]) - 101) < 1
    assert found[0].thickness == 3
    clean = rules.remove_rules(ink, found, 20)
    assert clean[98:105, :190].max() < 10
    assert clean[98:105, 202:204].min() > 150


@pytest.mark.parametrize("angle", [-6.0, 0.0, 3.5])
def test_the_turn_of_ruled_paper(angle: float) -> None:
    pytest.importorskip("cv2")
    y, x = np.mgrid[0:500, 0:700]
    across = y * np.cos(np.radians(angle)) - x * np.sin(np.radians(angle))
    ink = np.where(across % 50 < 2, 200, 0).astype(np.uint8)
    found = skew.angle_of_rules(ink, 40)
    assert found is not None
    assert abs(found - angle) < 0.3
    level, back = skew.turned(ink, found)
    assert len(rules.find_rules(level, 40)) >= 6
    assert back.shape == (2, 3)


def test_the_turn_of_a_line_of_figures() -> None:
    pieces = [block(40 + 50 * i, round(100 + 50 * i * np.tan(np.radians(5))), 24, 40) for i in range(10)]
    assert abs(skew.angle_of_figures(pieces, 40) - 5) < 0.8
    assert skew.angle_of_figures(pieces[:1], 40) == 0


def test_pieces_come_line_by_line() -> None:
    upper = [block(300, 22, 20, 40), block(20, 20, 20, 40), block(120, 26, 20, 40)]
    lower = [block(40, 90, 20, 40), block(100, 92, 20, 40)]
    crumb, far = block(142, 30, 4, 4), block(600, 300, 4, 4)
    rows = lines.rows_of([*lower, far, *upper, crumb], 40)
    assert [[piece.left for piece in row.pieces] for row in rows] == [[20, 120, 142, 300], [40, 100]]


def test_a_bridge_is_cut() -> None:
    mask = np.zeros((40, 60), bool)
    mask[:, 4:24] = mask[:, 36:56] = True
    mask[18:22, 24:36] = True
    piece = Piece(100, 50, 60, 40, int(mask.sum()), mask)
    found = cuts.find_cuts(piece, 40)
    assert any(25 <= int(cut.x[20]) <= 36 and cut.ink <= 4 for cut in found)
    best = min(found, key=lambda cut: cut.ink)
    left, right = cuts.parts(piece, [best])
    assert left.area + right.area == piece.area
    assert (left.left, right.right) == (104, 156)


def test_faint_specks_are_no_pieces() -> None:
    pytest.importorskip("cv2")
    ink = np.zeros((100, 100), np.uint8)
    ink[20:60, 20:26] = 200
    ink[70:72, 70:90] = 60
    ink[80, 10:13] = 250
    found = find_pieces(ink, thresholds(ink))
    assert [(piece.left, piece.top, piece.width, piece.height) for piece in found] == [(20, 20, 6, 40)]


def test_smoothed_labels_are_as_sure() -> None:
    hard = np.array([[0.98] + [0.02 / 9] * 9, [0.5, 0.5] + [0.0] * 8, [1.0] + [0.0] * 9])
    smooth = 0.9 * hard + 0.01
    assert sureness(smooth) == pytest.approx(sureness(hard), abs=0.03)
    assert sureness(np.zeros((0, 10))).shape == (0,)


def test_a_model_without_a_form() -> None:
    with pytest.raises(ConfigurationError, match=r"`preprocessing` is None.*`model\.learn_form\(x_train\)`"):
        Judge(Fixed(form=None))


def test_a_model_of_things() -> None:
    with pytest.raises(ConfigurationError, match=r"has no `box`.*`model\.predict_pictures`"):
        Judge(Fixed(form=FigurePreprocessing(height=28, width=28)))


def test_a_model_that_answers_amiss() -> None:
    judge = Judge(Fixed(np.zeros((2, 3, 4))))
    with pytest.raises(ShapeError, match=r"of the shape \(2, classes\), received \(2, 3, 4\)"):
        judge.probabilities([np.full((9, 9), 255, np.uint8)] * 2)
    assert judge.name(7) == "7"


def test_opencv_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(UnsupportedError, match=r"OpenCV, which is not installed.*pip install 'figurate\[photos\]'"):
        read(np.zeros((9, 9), np.uint8), Fixed())


def test_a_page_without_its_picture_cannot_be_drawn() -> None:
    with pytest.raises(DataError, match="Expected a page with its picture"):
        Page((), (10, 10)).draw()


def test_ends_of_rules_at_the_border_are_told_from_figures() -> None:
    level = np.array([[1, 0, 0], [0, 1, 0]], np.float64)

    def piece(left: int, top: int, width: int, height: int) -> Piece:
        return Piece(left, top, width, height, width * height, np.ones((height, width), bool))

    size = 800.0, 600.0
    assert _end_of_rule(piece(2, 100, 5, 40), level, size), "along the left border"
    assert _end_of_rule(piece(592, 100, 5, 40), level, size), "along the right one"
    assert _end_of_rule(piece(100, 2, 60, 4), level, size), "along the upper one"
    assert not _end_of_rule(piece(100, 100, 5, 40), level, size), "a figure 1"
    assert not _end_of_rule(piece(2, 100, 30, 40), level, size), "a broad figure at the border"
    assert not _end_of_rule(piece(100, 2, 5, 40), level, size), "upright, below the upper border"
