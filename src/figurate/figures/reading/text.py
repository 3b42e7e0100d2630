"""A page of lines: from the picture to its figures in reading order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from figurate.figures.reading import skew
from figurate.figures.reading.accepting import accepted
from figurate.figures.reading.ink import ink_of
from figurate.figures.reading.judging import Judge
from figurate.figures.reading.lines import rows_of
from figurate.figures.reading.page import Box, Figure, Line, around
from figurate.figures.reading.pieces import Piece, Thresholds, find_pieces, thresholds, usual_height
from figurate.figures.reading.rules import find_rules, remove_rules
from figurate.figures.reading.segmenting import Reading, read_rows
from figurate.figures.reading.shapes import scribbled

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_FAR = 1.2  # figures' heights between two, at least, for a space in the text
_FARTHER = 3.0  # and so many times the usual gap
_THIN = 0.4  # a line's thickness, in parts of its length
_BORDER = 0.012  # of the picture's longer side: as near to the border as this


def read_lines(picture: Pixels, scale: float, judge: Judge) -> tuple[list[Line], float]:
    """The lines of a page.

    Args:
        picture: (h, w) or (h, w, 3), uint8.
        scale: Pixels of the original to one of this picture.
        judge: The model.

    Returns:
        Its lines, and how high its figures are in this picture's pixels (0 where there are none).
    """
    ink = ink_of(picture)
    level, back, limits, ruled = _levelled(ink)
    pieces = find_pieces(level, limits)
    pieces = [piece for piece in pieces if not _frame(piece, level)]
    height = usual_height(pieces)
    if not height:
        return [], 0.0
    rows = rows_of([piece for piece in pieces if not scribbled(piece, height)], height)
    back = back * scale
    found = read_rows(level, rows, limits, judge)
    if ruled:
        size = picture.shape[0] * scale, picture.shape[1] * scale
        found = [[one for one in readings if not _end_of_rule(one.piece, back, size)] for readings in found]
    kept = [accepted(readings, height) for readings in found]
    lines = [_line(readings, judge, back) for readings in kept if readings]
    return lines, height


def _levelled(ink: Pixels) -> tuple[Pixels, Floats, Thresholds, bool]:
    """The ink of a page made level and without the paper's own lines, the way back, and whether there were lines."""
    limits = thresholds(ink)
    angle = skew.angle_of_rules(ink, limits.faint)
    if angle is not None:
        level, back = skew.turned(ink, angle)
        level = without_rules(level, limits.faint)
        return level, back, thresholds(level), True
    pieces = [piece for piece in find_pieces(ink, limits) if not _frame(piece, ink)]
    level, back = skew.turned(ink, skew.angle_of_figures(pieces, usual_height(pieces)))
    return level, back, limits, False


def without_rules(ink: Pixels, threshold: float) -> Pixels:
    """A level page without its lines, those across and those down."""
    ink = remove_rules(ink, find_rules(ink, threshold), threshold)
    turned = np.ascontiguousarray(ink.T)
    return np.ascontiguousarray(remove_rules(turned, find_rules(turned, threshold), threshold).T)


def _frame(piece: Piece, ink: Pixels) -> bool:
    """Whether a piece is the page's edge, a shadow's, or the like: as large as no figure is."""
    high, wide = ink.shape
    return bool(piece.height > 0.8 * high or piece.width > 0.8 * wide)


def _end_of_rule(piece: Piece, back: Floats, size: tuple[float, float]) -> bool:
    """Whether a piece is what is left of the paper's own lines at the picture's border: thin, and along it."""
    if min(piece.width, piece.height) > _THIN * max(piece.width, piece.height):
        return False
    left, top, wide, high = place(piece, back)
    margin = _BORDER * max(size)
    if high > wide:
        return left <= margin or left + wide >= size[1] - margin
    return top <= margin or top + high >= size[0] - margin


def _line(readings: list[Reading], judge: Judge, back: Floats) -> Line:
    """What is said of a line."""
    figures = [
        Figure(judge.name(reading.best), reading.probability, place(reading.piece, back)) for reading in readings
    ]
    gaps = [max(0, right.piece.left - left.piece.right) for left, right in pairwise(readings)]
    height = float(np.median([reading.piece.height for reading in readings]))
    far = max(_FAR * height, _FARTHER * float(np.median(gaps))) if gaps else 0.0
    text = figures[0].class_
    for gap, figure in zip(gaps, figures[1:], strict=True):
        text += (" " if gap > far else "") + figure.class_
    return Line(text, around([figure.box for figure in figures]), tuple(figures))


def place(piece: Piece, back: Floats) -> Box:
    """The box around a piece in the original picture.

    Args:
        piece: Found on the level page.
        back: (2, 3), takes (x, y, 1) of the level page to the original.
    """
    rows = np.arange(piece.height)
    left = piece.mask.argmax(1)
    right = piece.width - piece.mask[:, ::-1].argmax(1)
    inked = piece.mask.any(1)
    # The corners of the first and the last pixel of each row: nothing of the piece lies outside them.
    x = np.concatenate([left, right, left, right])[np.tile(inked, 4)] + piece.left
    y = np.concatenate([rows, rows, rows + 1, rows + 1])[np.tile(inked, 4)] + piece.top
    across, down = back @ np.stack([x, y, np.ones(len(x))])
    x0, y0 = int(np.floor(across.min() + 0.25)), int(np.floor(down.min() + 0.25))
    return x0, y0, max(1, int(np.ceil(across.max() - 0.25)) - x0), max(1, int(np.ceil(down.max() - 0.25)) - y0)
