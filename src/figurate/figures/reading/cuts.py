"""Where figures that touch may be cut: paths from top to bottom around strokes, through them where they are thin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.pieces import Piece

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int8]

_MOST_CUTS = 6
_STEP = 2  # pixels between places that are tried
_SAME = 0.05  # pixels of ink by which the cost of paths may differ that are as good
_EDGE = 0.08  # of the figures' height: nearer to its edge no piece is cut
_LEAST_INK = 0.03  # between two cuts, in squares of the figures' height


@dataclass(frozen=True, eq=False)
class Cut:
    """A path through a piece.

    Attributes:
        x: (height of the piece,) the first column to the right of the path, in each row of its box.
        ink: How many pixels of ink it goes through.
    """

    x: npt.NDArray[np.intp]
    ink: float


def find_cuts(piece: Piece, height: float) -> list[Cut]:
    """Paths that may part a piece, from left to right, no more than a few.

    Args:
        piece: Perhaps several figures that touch.
        height: Of the figures in its line, in pixels.
    """
    if piece.width < 0.5 * height or piece.height < 4:
        return []
    cost = np.where(piece.mask, 1.0, 0.03)
    (down, down_steps), (up, up_steps) = _reach(cost), _reach(cost[::-1])
    up = up[::-1]
    middle = piece.height // 2
    through = down[middle] + up[middle] - cost[middle]
    edge = max(1, round(_EDGE * height))
    least = max(4.0, _LEAST_INK * height * height)
    columns = np.arange(piece.width)
    found: list[tuple[int, Cut]] = []
    tried = np.zeros(piece.width, bool)
    for place in np.argsort(through, kind="stable"):
        if tried[place] or not edge <= place < piece.width - edge:
            continue
        # Where a path may begin at several places for the same cost, it begins in the middle of them.
        start, stop = place, place
        while start > 0 and abs(through[start - 1] - through[place]) <= _SAME:
            start -= 1
        while stop < piece.width - 1 and abs(through[stop + 1] - through[place]) <= _SAME:
            stop += 1
        tried[max(0, start - _STEP) : stop + _STEP + 1] = True
        place = (start + stop) // 2
        x = np.concatenate(
            [_path(down_steps, middle, place)[::-1], [place], _path(up_steps, piece.height - 1 - middle, place)]
        )
        left = int((piece.mask & (columns < x[:, None])).sum())
        if min(left, piece.area - left) < least or any(abs(left - other) < least for other, _ in found):
            continue
        found.append((left, Cut(x.astype(np.intp), float(piece.mask[np.arange(piece.height), x].sum()))))
        if len(found) == _MOST_CUTS:
            break
    return [cut for _, cut in sorted(found, key=lambda each: each[0])]


def parts(piece: Piece, cuts: list[Cut]) -> list[Piece]:
    """The pieces between cuts, from left to right; those without ink are left out (and None stands for them)."""
    columns = np.arange(piece.width)[None, :]
    # Paths may cross; what is left of one path is left of all that follow.
    borders = [np.zeros(piece.height, np.intp)]
    for cut in cuts:
        borders.append(np.maximum(borders[-1], cut.x))
    borders.append(np.full(piece.height, piece.width, np.intp))
    found = []
    for left, right in pairwise(borders):
        mask = piece.mask & (columns >= left[:, None]) & (columns < right[:, None])
        found.append(cropped(piece, mask))
    return found


def cropped(piece: Piece, mask: npt.NDArray[np.bool_]) -> Piece:
    """What a mask of its box leaves of a piece."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return Piece(piece.left, piece.top, 0, 0, 0, np.zeros((0, 0), bool))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    inner = mask[top:bottom, left:right]
    return Piece(
        piece.left + int(left), piece.top + int(top), int(right - left), int(bottom - top), int(inner.sum()), inner
    )


def _reach(cost: Floats) -> tuple[Floats, Steps]:
    """The least cost of a path from the top to each pixel, and the step aside (-1, 0, 1) it comes by."""
    total = np.empty_like(cost)
    total[0] = cost[0]
    steps = np.zeros(cost.shape, np.int8)
    for row in range(1, len(cost)):
        before = total[row - 1]
        best = before.copy()
        # A step aside is longer than one straight down.
        for step, to, come in ((-1, slice(1, None), slice(None, -1)), (1, slice(None, -1), slice(1, None))):
            other = before[come] + 0.4 * cost[row, to]
            better = other < best[to]
            best[to][better] = other[better]
            steps[row, to][better] = step
        total[row] = best + cost[row]
    return total, steps


def _path(steps: Steps, row: int, column: int) -> npt.NDArray[np.intp]:
    """The columns of the best path from a pixel back to the top, from below to above, without the pixel itself."""
    path = np.empty(row, np.intp)
    at = column
    for number in range(row):
        at += int(steps[row - number, at])
        path[number] = at
    return path
