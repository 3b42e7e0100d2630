"""A grid on a page, such as a sudoku's: where it is, how many rows and columns it has, and where its lines cross.

It is looked for among the large pieces of ink that hang together. Seen straight from above, its lines are followed as
the paper's own are (rules.py), so that curved paper does no harm; lines that cannot be seen are put between their
neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.edges import Edges
from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.pieces import thresholds
from figurate.figures.reading.rules import Rule, find_rules

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_SIDE = 640  # pixels of the grid seen from above
_MARGIN = 64  # around it
_SMALLEST = 0.04  # of the picture's area
_MOST = 20  # rows or columns; what has more is squared paper
_THICKEST = 28.0  # pixels from above, a line: a form of three boxes has thicker ones than a sudoku
_FAINTEST = 14.0  # of 255, a line
_CANDIDATES = 5


@dataclass(frozen=True, eq=False)
class Mesh:
    """A grid's lines on a picture.

    Attributes:
        crossings: (rows + 1, columns + 1, 2): x and y where they cross, in the picture's pixels.
        seen: The share of its cells' edges that were seen.
        closed: The share of lines that end where the grid does; squared paper's go on.
        frame: How dark the fainter of its outer lines is, of 255.
    """

    crossings: Floats
    seen: float
    closed: float
    frame: float

    @property
    def rows(self) -> int:
        return len(self.crossings) - 1

    @property
    def columns(self) -> int:
        return int(self.crossings.shape[1]) - 1


def find_grid(ink: Pixels, size: tuple[int, int] | None) -> Mesh | None:
    """The most likely grid on a page, None where there is none.

    Args:
        ink: (h, w) of the page.
        size: (rows, columns) it is known to have; None: found out.
    """
    best: tuple[float, Mesh] | None = None
    for corners in _quadrilaterals(ink):
        mesh = _mesh(ink, corners, size)
        if mesh is None:
            continue
        area = _area(mesh.crossings[[0, 0, -1, -1], [0, -1, -1, 0]])
        score = mesh.seen**2 * (0.3 + mesh.closed) * mesh.frame * np.sqrt(area)
        if best is None or score > best[0]:
            best = (score, mesh)
    return None if best is None else best[1]


def convincing(mesh: Mesh, shape: tuple[int, ...]) -> bool:
    """Whether something found without being asked for is a grid, and not squared paper.

    Args:
        mesh: What was found.
        shape: Of the picture.
    """
    high, wide = shape[:2]
    outside = (mesh.crossings < -0.01 * max(high, wide)) | (mesh.crossings > np.array([wide, high]) * 1.01)
    return (
        min(mesh.rows, mesh.columns) >= 2
        and max(mesh.rows, mesh.columns) <= _MOST
        and mesh.rows * mesh.columns >= 6
        and mesh.seen >= 0.75
        and mesh.closed >= 0.6
        and not outside.any()
    )


def _quadrilaterals(ink: Pixels) -> Iterator[Floats]:
    """(4, 2) corners of what may be a grid, the largest first: left above, right above, right below, left below."""
    cv2 = opencv()
    limits = thresholds(ink)
    least = _SMALLEST * ink.size
    seen: list[Floats] = []
    for level, gap in ((limits.low, 3), (limits.faint, 3), (limits.high, 5)):
        dark = cv2.morphologyEx((ink > level).view(np.uint8), cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
        boxes = stats[1:count, cv2.CC_STAT_WIDTH].astype(np.int64) * stats[1:count, cv2.CC_STAT_HEIGHT]
        for number in np.argsort(-boxes)[:_CANDIDATES] + 1:
            if boxes[number - 1] < least:
                break
            left, top, width, height, _ = (int(value) for value in stats[number])
            own = (labels[top : top + height, left : left + width] == number).view(np.uint8)
            contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            hull = cv2.convexHull(np.concatenate(contours))[:, 0].astype(np.float64)
            hull += np.array([left, top])
            corners = _corners(hull)
            area = _area(corners)
            if area < least or any(np.abs(corners - other).max() < 0.02 * np.sqrt(area) for other in seen):
                continue
            seen.append(corners)
            yield corners


def _corners(hull: Floats) -> Floats:
    """The quadrilateral of hull points with the largest area."""
    cv2 = opencv()
    around = cv2.arcLength(hull.astype(np.float32)[:, None], True)
    simple = hull
    for share in (0.005, 0.01, 0.02, 0.03, 0.05, 0.08):
        simple = cv2.approxPolyDP(hull.astype(np.float32)[:, None], share * around, True)[:, 0].astype(np.float64)
        if len(simple) <= 12:
            break
    count = len(simple)
    best, largest = simple[np.linspace(0, count - 1, 4).astype(int)], -1.0
    for a in range(count):
        for b in range(a + 1, count):
            for c in range(b + 1, count):
                for d in range(c + 1, count):
                    area = _area(simple[[a, b, c, d]])
                    if area > largest:
                        best, largest = simple[[a, b, c, d]], area
    # Clockwise from the corner that is nearest to the picture's own.
    if _signed(best) < 0:
        best = best[::-1]
    return np.roll(best, -int(best.sum(1).argmin()), axis=0)


def _mesh(ink: Pixels, corners: Floats, size: tuple[int, int] | None) -> Mesh | None:
    """The grid within four corners."""
    cv2 = opencv()
    low, high = float(_MARGIN), float(_MARGIN + _SIDE)
    square = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    forth = cv2.getPerspectiveTransform(corners.astype(np.float32), square)
    whole = _SIDE + 2 * _MARGIN
    above = cv2.warpPerspective(ink, forth, (whole, whole), flags=cv2.INTER_AREA)
    faint = max(thresholds(above).faint, _FAINTEST)
    across = find_rules(above, faint, shortest=0.35, thickest=_THICKEST)
    down = find_rules(np.ascontiguousarray(above.T), faint, shortest=0.35, thickest=_THICKEST)
    on_picture = cv2.warpPerspective(np.full_like(ink, 255), forth, (whole, whole), flags=cv2.INTER_NEAREST) > 0
    found = None
    for wanted in (None,) if size is None else (None, size):
        level, upright = (
            _evenly(rules, picture, None if wanted is None else wanted[axis])
            for axis, (rules, picture) in enumerate(((across, above), (down, above.T)))
        )
        if level is None or upright is None:
            continue
        crossings = np.array([[_crossing(y, x) for x in upright] for y in level])
        # What was asked for is taken as it is; else a neighbouring grid's lines may be among those found.
        edges = Edges(above, faint, on_picture, crossings)
        if wanted is None:
            edges = edges.trimmed()
        if size is None or edges.size == size:
            found = edges
            break
    if found is None:
        return None
    back = np.linalg.inv(forth)
    placed = cv2.perspectiveTransform(found.crossings.reshape(1, -1, 2), back).reshape(found.crossings.shape)
    return Mesh(placed, found.seen(), found.closed(), found.frame())


def _evenly(rules: list[Rule], ink: Pixels, count: int | None) -> list[Floats] | None:
    """The lines of a grid among those found, evenly spaced, the outermost seen: each one's place in every column."""
    middle = _MARGIN + _SIDE // 2
    places = np.array([rule.y[middle] for rule in rules])
    strengths = np.array([_strength(rule, ink) for rule in rules])
    best: tuple[float, list[int | None]] | None = None
    for first in range(len(rules)):
        for last in range(first + 1, len(rules)):
            length = places[last] - places[first]
            if length < 0.5 * _SIDE:
                continue
            for parts in range(1, _MOST + 1) if count is None else (count,):
                step = length / parts
                if step < 20:
                    break
                wanted = places[first] + step * np.arange(parts + 1)
                off = np.abs(places[None, :] - wanted[:, None])
                # A dark and long line that is a little off rather than a faint one in the right place.
                fit = np.where(off < 0.2 * step, strengths[None] - off / step, -1.0)
                nearest = fit.argmax(1)
                hit = off[np.arange(parts + 1), nearest] < 0.2 * step
                inside = int(((places > places[first] - 2) & (places < places[last] + 2)).sum())
                stray = inside - len(set(nearest[hit]))
                score = hit.sum() - 1.5 * (~hit).sum() - 0.7 * stray + 4 * length / _SIDE
                score += strengths[first] + strengths[last]
                if best is None or score > best[0]:
                    best = (score, [int(i) if ok else None for i, ok in zip(nearest, hit, strict=True)])
    if best is None:
        return None
    chosen = best[1]
    known = [number for number, i in enumerate(chosen) if i is not None]
    tracks = {number: rules[i] for number, i in enumerate(chosen) if i is not None}
    # Lines that were not seen lie between those that were.
    stacked = np.stack([tracks[number].y for number in known])
    lines = []
    for number in range(len(chosen)):
        after = int(np.clip(np.searchsorted(known, number), 1, len(known) - 1))
        a, b = known[after - 1], known[after]
        share = (number - a) / (b - a)
        lines.append(stacked[after - 1] * (1 - share) + stacked[after] * share)
    return lines


def _strength(rule: Rule, ink: Pixels) -> float:
    """How dark and how long a line is: 1: black from side to side."""
    columns = np.arange(max(0, rule.start), min(ink.shape[1], rule.stop))
    rows = np.clip(np.rint(rule.y[columns]).astype(np.intp), 0, len(ink) - 1)
    return float(ink[rows, columns].astype(np.float64).sum()) / 255 / _SIDE


def _crossing(level: Floats, upright: Floats) -> tuple[float, float]:
    """Where a level line y(x) and an upright line x(y) cross."""
    columns = np.arange(len(level))
    x = y = float(_MARGIN + _SIDE / 2)
    for _ in range(8):
        x = float(np.interp(y, columns, upright))
        y = float(np.interp(x, columns, level))
    return x, y


def _signed(corners: Floats) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _area(corners: Floats) -> float:
    return abs(_signed(corners))
