"""By how much a page is turned: from its own lines where it has some, else from how its figures stand side by side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.pieces import Piece

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

MOST = 15.0  # degrees, either way
_LENGTH = 800  # pixels of the picture's longer side while angles are tried
_POINTS = 60_000


def angle_of_rules(ink: Pixels, threshold: float) -> float | None:
    """The angle of the paper's lines in degrees, clockwise from level; None where there are none.

    Args:
        ink: (h, w) of a page.
        threshold: What is brighter may be a line.
    """
    cv2 = opencv()
    high, wide = ink.shape
    shrink = max(1.0, max(high, wide) / _LENGTH)
    size = (max(1, round(wide / shrink)), max(1, round(high / shrink)))
    # Thin lines grow pale when a picture is made smaller: each dark pixel keeps its full weight.
    dark = cv2.dilate((ink > threshold).astype(np.uint8) * 255, np.ones((2, 2), np.uint8))
    small = cv2.resize(dark, size, interpolation=cv2.INTER_AREA) > 100
    rows, columns = np.nonzero(small)
    if len(rows) < 50:
        return None
    if len(rows) > _POINTS:
        chosen = np.linspace(0, len(rows) - 1, _POINTS).astype(int)
        rows, columns = rows[chosen], columns[chosen]
    y, x = rows.astype(np.float64), columns.astype(np.float64)
    share = len(rows) / max(1, int(small.sum()))

    def sharpness(angle: float) -> float:
        profile = _profile(x, y, angle)
        return float(np.square(np.diff(profile)).sum())

    best = max(np.arange(-MOST, MOST + 0.1, 0.5), key=sharpness)
    best = max(best + np.arange(-0.5, 0.51, 0.1), key=sharpness)
    profile = _profile(x, y, float(best)) / share
    # A line is dark over half of the page's width where that is not much.
    lines = _peaks(profile > 0.45 * min(size))
    return float(best) if lines >= 2 else None


def angle_of_figures(pieces: list[Piece], height: float) -> float:
    """The angle in degrees at which figures stand side by side, clockwise from level; near 0 where that is unclear.

    Args:
        pieces: Of a page; those much lower than figures don't count.
        height: Of the page's figures.
    """
    middles = np.array([piece.middle for piece in pieces if 0.5 * height < piece.height < 2 * height])
    if len(middles) < 2:
        return 0.0
    if len(middles) > 600:
        middles = middles[np.linspace(0, len(middles) - 1, 600).astype(int)]
    apart = middles[None] - middles[:, None]
    near = (apart[..., 0] > 0.2 * height) & (apart[..., 0] < 8 * height) & (np.abs(apart[..., 1]) < 3 * height)
    x, y = apart[..., 0][near], apart[..., 1][near]
    if not len(x):
        return 0.0
    angles = np.arange(-MOST, MOST + 0.1, 0.25)
    tilted = np.radians(angles)[:, None]
    off = (y * np.cos(tilted) - x * np.sin(tilted)) / (0.15 * height)
    # The farther apart two figures are, the better they tell the angle.
    score = (np.exp(-0.5 * off**2) * np.sqrt(x / height)).sum(axis=1)
    score *= np.exp(-0.5 * (angles / 12) ** 2)
    return float(angles[int(score.argmax())])


def turned(ink: Pixels, angle: float) -> tuple[Pixels, Floats]:
    """A page turned back by an angle, nothing of it cut off.

    Returns:
        The page, and the matrix (2, 3) that takes its pixels (x, y, 1) to those of the page as it was.
    """
    cv2 = opencv()
    high, wide = ink.shape
    if abs(angle) < 0.2:
        return ink, np.array([[1.0, 0, 0], [0, 1.0, 0]])
    cos, sin = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    new_wide, new_high = int(np.ceil(wide * cos + high * sin)), int(np.ceil(high * cos + wide * sin))
    forth = cv2.getRotationMatrix2D(((wide - 1) / 2, (high - 1) / 2), angle, 1.0)
    forth[:, 2] += (new_wide - wide) / 2, (new_high - high) / 2
    level: Pixels = cv2.warpAffine(ink, forth, (new_wide, new_high), flags=cv2.INTER_LINEAR)
    return level, cv2.invertAffineTransform(forth)


def _profile(x: Floats, y: Floats, angle: float) -> Floats:
    """How many points lie on each line of that angle."""
    tilt = np.radians(angle)
    across = y * np.cos(tilt) - x * np.sin(tilt)
    return np.bincount(np.rint(across - across.min()).astype(np.intp)).astype(np.float64)


def _peaks(above: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(np.diff(np.concatenate([[0], above.astype(np.int8)])) == 1))
