"""The edges of a grid's cells, and which are drawn: tells a grid from its neighbour, and from squared paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.opencv import opencv

Pixels = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_POINTS = 24  # of an edge are looked at
_BESIDE = 3  # pixels beside which a line may run
_DRAWN = 0.6  # of its points are dark on an edge that is drawn


@dataclass(frozen=True, eq=False)
class Edges:
    """A grid seen straight from above.

    Attributes:
        ink: (h, w).
        faint: What is darker may be a line.
        on_picture: (h, w) whether a pixel is on the picture at all.
        crossings: (rows + 1, columns + 1, 2): x and y where the grid's lines cross.
    """

    ink: Pixels
    faint: float
    on_picture: Bits
    crossings: Floats

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns)."""
        return len(self.crossings) - 1, self.crossings.shape[1] - 1

    def seen(self) -> float:
        """The share of edges that are drawn."""
        level, upright = self._level(), self._upright()
        return float(np.concatenate([level.ravel(), upright.ravel()]).mean())

    def frame(self) -> float:
        """How dark the faintest of the four outer lines is."""
        level, upright = self._widened(1), self._widened(0)
        corners = self.crossings
        sides = [self._along(level, corners[i, :-1], corners[i, 1:])[0].mean() for i in (0, -1)]
        sides += [self._along(upright, corners[:-1, j], corners[1:, j])[0].mean() for j in (0, -1)]
        return float(min(sides))

    def trimmed(self) -> Edges:
        """Without the columns and rows at its ends whose cells have no edges: gaps to the next grid."""
        grid = self
        for _ in range(4):
            level, upright = grid._level().mean(0), grid._upright().mean(1)
            top, bottom = int(upright[0] < 0.5), int(upright[-1] < 0.5)
            left, right = int(level[0] < 0.5), int(level[-1] < 0.5)
            if not (top or bottom or left or right) or min(grid.size) < 3:
                break
            rows, columns = grid.crossings.shape[:2]
            grid = Edges(
                self.ink, self.faint, self.on_picture, grid.crossings[top : rows - bottom, left : columns - right]
            )
        return grid

    def closed(self) -> float:
        """The share of lines that do not go on beyond the grid; 1 where nothing beyond it is on the picture."""
        going_on: list[bool] = []
        for crossings, ink in (
            (self.crossings, self._widened(1)),
            (self.crossings.transpose(1, 0, 2), self._widened(0)),
        ):
            own, _ = self._along(ink, crossings[:, 0], crossings[:, -1])
            for end, before in ((crossings[:, 0], crossings[:, 1]), (crossings[:, -1], crossings[:, -2])):
                step = end - before
                # Beyond the outer line's own thickness, up to half a cell.
                beyond, inside = self._along(ink, end + 0.15 * step, end + 0.5 * step)
                going_on += [bool(value) for value in (beyond > 0.6 * own)[inside > 0.3]]
        return 1.0 - float(np.mean(going_on)) if going_on else 1.0

    def _level(self) -> Bits:
        """(rows + 1, columns) whether the upper or lower edge of a cell is drawn."""
        return self._drawn(self._widened(1), self.crossings[:, :-1], self.crossings[:, 1:])

    def _upright(self) -> Bits:
        """(rows, columns + 1) whether the left or right edge of a cell is drawn."""
        return self._drawn(self._widened(0), self.crossings[:-1], self.crossings[1:])

    def _drawn(self, ink: Pixels, start: Floats, stop: Floats) -> Bits:
        dark = (ink > self.faint).view(np.uint8)
        share, _ = self._along(dark, start, stop)
        return share > _DRAWN

    def _widened(self, axis: int) -> Pixels:
        """The darkest of the pixels above and below each (1), or to its left and right (0)."""
        cv2 = opencv()
        kernel = np.ones((2 * _BESIDE + 1, 1) if axis else (1, 2 * _BESIDE + 1), np.uint8)
        widened: Pixels = cv2.dilate(self.ink, kernel)
        return widened

    def _along(self, values: Pixels, start: Floats, stop: Floats) -> tuple[Floats, Floats]:
        """For each way from start to stop (…, 2): the mean of values on it, and how much of it is on the picture."""
        at = np.linspace(0.1, 0.9, _POINTS)[:, None]
        points = start[..., None, :] * (1 - at) + stop[..., None, :] * at
        x, y = np.rint(points[..., 0]).astype(np.intp), np.rint(points[..., 1]).astype(np.intp)
        high, wide = values.shape
        inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
        x, y = np.clip(x, 0, wide - 1), np.clip(y, 0, high - 1)
        inside &= self.on_picture[y, x]
        counted = inside.sum(-1)
        return (values[y, x] * inside).sum(-1) / np.maximum(counted, 1), counted / _POINTS
