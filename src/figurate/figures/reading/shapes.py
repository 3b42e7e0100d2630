"""What shape alone says: how often a level or an upright line crosses a piece's strokes, and how many holes it has.

Figures are simple: of MNIST's, one in a thousand is crossed more than 4.5 times, across and down together, on average.
"""

from __future__ import annotations

import numpy as np

from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.pieces import Piece


def crossings(piece: Piece) -> tuple[float, float]:
    """How many strokes a level line and an upright line through a piece cross, on average."""
    mask = np.pad(piece.mask, 1).astype(np.int8)
    across = np.count_nonzero(np.diff(mask, axis=1) == 1) / max(1, piece.height)
    down = np.count_nonzero(np.diff(mask, axis=0) == 1) / max(1, piece.width)
    return across, down


def intricacy(piece: Piece) -> float:
    """By how much a piece is more intricate than figures are: 0 for all but a few of these."""
    across, down = crossings(piece)
    return max(0.0, across + down - 4.3) + 1.5 * max(0.0, across - 2.1)


def holes(piece: Piece) -> int:
    """How many holes a piece has; specks of paper within a stroke are none."""
    cv2 = opencv()
    mask = np.pad(piece.mask, 1).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    # The first is the ink, the second the ground outside.
    least = max(3.0, 0.004 * piece.height * piece.height)
    return int((stats[1:count, cv2.CC_STAT_AREA] > least).sum()) - 1


def scribbled(piece: Piece, height: float, *, strictly: bool = False) -> bool:
    """Whether a whole piece is too intricate for the figures there is room for in it.

    Args:
        piece: Uncut; perhaps several figures that touch.
        height: Of the figures in its line.
        strictly: Where nothing else speaks for figures.
    """
    if max(piece.height, piece.width) < 0.4 * height:
        return False
    room = max(1.0, piece.width / (0.7 * height))
    across, down = crossings(piece)
    most, more, both = (0.8, 1.3, 4.3) if strictly else (1.0, 1.5, 4.6)
    return across / room + down > both or across > most + more * room or holes(piece) >= 2 + 2 * np.ceil(room)
