"""Pieces of ink that hang together, each with the box around it; specks and what is no ink left out.

A pixel belongs to a piece if it is a little dark and hangs together with one as dark as strokes are (hysteresis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.ink import noise_of
from figurate.figures.reading.opencv import opencv

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Thresholds:
    """How dark ink is on a page, of 255.

    Attributes:
        low: What is darker may be ink.
        high: A piece of ink is as dark as that somewhere.
        stroke: How dark strokes are.
        faint: What is darker is no noise; the paper's own lines may be no darker.
    """

    low: float
    high: float
    stroke: float
    faint: float


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of ink.

    Attributes:
        left, top, width, height: The box around it, in pixels.
        area: Its pixels.
        mask: (height, width), whether a pixel of the box is its own.
    """

    left: int
    top: int
    width: int
    height: int
    area: int
    mask: npt.NDArray[np.bool_]

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the box's middle."""
        return self.left + self.width / 2, self.top + self.height / 2


def thresholds(ink: Pixels) -> Thresholds:
    """How dark the ink of a page (h, w) is, from how its pixels are spread."""
    noise = noise_of(ink)
    floor, faint = max(3.5 * noise, 16.0), max(2.5 * noise, 10.0)
    counts = np.bincount(ink[::2, ::2].ravel(), minlength=256).astype(np.float64)
    counts[: int(floor)] = 0
    if counts.sum() < 20:
        return Thresholds(floor, 2 * floor, 4 * floor, faint)
    split = max(floor, _otsu(counts))
    dark = counts.copy()
    dark[: int(split)] = 0
    stroke = float(np.searchsorted(np.cumsum(dark), 0.6 * dark.sum()))
    low = max(floor, 0.30 * stroke)
    return Thresholds(low, max(1.2 * low, 0.5 * stroke), stroke, faint)


def find_pieces(ink: Pixels, limits: Thresholds, *, least_area: int = 6) -> list[Piece]:
    """The pieces of ink on a page, none smaller than `least_area` pixels.

    Args:
        ink: (h, w), the paper's own lines taken away.
        limits: From `thresholds`.
        least_area: In pixels.
    """
    cv2 = opencv()
    dark = (ink > limits.low).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    darkest = np.zeros(count, bool)
    darkest[labels[ink > limits.high]] = True
    pieces = []
    for number in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[number])
        if not darkest[number] or area < least_area:
            continue
        mask = labels[top : top + height, left : left + width] == number
        pieces.append(Piece(left, top, width, height, area, mask))
    return pieces


def joined(pieces: list[Piece]) -> Piece:
    """Several pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    left, top = min(piece.left for piece in pieces), min(piece.top for piece in pieces)
    right, bottom = max(piece.right for piece in pieces), max(piece.bottom for piece in pieces)
    mask = np.zeros((bottom - top, right - left), bool)
    for piece in pieces:
        mask[piece.top - top : piece.bottom - top, piece.left - left : piece.right - left] |= piece.mask
    return Piece(left, top, right - left, bottom - top, sum(piece.area for piece in pieces), mask)


def ink_in(ink: Pixels, piece: Piece, limits: Thresholds, margin: int = 2) -> Pixels:
    """A piece's ink alone, on black: its strokes as bright as 255, its edges soft.

    Args:
        ink: (h, w) of the page.
        piece: What to cut out.
        limits: From `thresholds`.
        margin: Pixels around its box.

    Returns:
        (piece.height + 2 margin, piece.width + 2 margin) uint8.
    """
    cv2 = opencv()
    top, left = piece.top - margin, piece.left - margin
    high, wide = piece.height + 2 * margin, piece.width + 2 * margin
    out = np.zeros((high, wide), np.uint8)
    rows = slice(max(top, 0), min(top + high, ink.shape[0]))
    columns = slice(max(left, 0), min(left + wide, ink.shape[1]))
    out[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = ink[rows, columns]
    mask = np.zeros((high, wide), np.uint8)
    mask[margin : margin + piece.height, margin : margin + piece.width] = piece.mask
    # A stroke's soft edge lies outside the pixels that count as dark.
    out[cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0] = 0
    own = out[mask > 0]
    darkest = max(float(np.quantile(own, 0.7)), limits.low + 1) if own.size else limits.stroke
    base = 0.4 * limits.low
    scaled = (out.astype(np.float32) - base) * (255 / (0.95 * darkest - base))
    alone: Pixels = np.clip(scaled, 0, 255).astype(np.uint8)
    return alone


def usual_height(pieces: list[Piece]) -> float:
    """How high the figures on a page usually are, in pixels: half of the ink belongs to higher pieces."""
    if not pieces:
        return 0.0
    heights = np.array([piece.height for piece in pieces], float)
    weights = np.array([min(piece.height, 3 * piece.width) for piece in pieces], float)
    order = np.argsort(heights)
    reached = np.cumsum(weights[order])
    return float(heights[order][int(np.searchsorted(reached, 0.5 * reached[-1]))])


def _otsu(counts: npt.NDArray[np.float64]) -> float:
    """The level that parts a histogram best in two."""
    levels = np.arange(len(counts))
    below = np.cumsum(counts)
    total, weighted = below[-1], np.cumsum(counts * levels)
    above = total - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (weighted[-1] * below - weighted * total) ** 2 / (below * above)
    return float(np.argmax(np.nan_to_num(between, nan=0.0, posinf=0.0)))
