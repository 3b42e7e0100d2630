"""A line into figures: pieces joined where a stroke is broken, cut where figures touch, as the model reads best.

Every piece is cut wherever it might be; every run of neighbouring parts might be a figure; the model reads them all,
and the cheapest way through the line wins (the lattice of classical text recognition).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.cuts import find_cuts, parts
from figurate.figures.reading.judging import Judge, sureness
from figurate.figures.reading.lines import Row
from figurate.figures.reading.pieces import Piece, Thresholds, ink_in, joined
from figurate.figures.reading.shapes import intricacy
from figurate.figures.reading.wholeness import whole

Pixels = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float64]

_MOST_PIECES = 4  # that make one figure at most
# Costs:
_WORST = 7.0
_UNSURE = 3.0  # times the logarithm of how sure the model is
_WIDE, _WIDER = 1.12, 12.0  # a figure's width that costs nothing, in heights, and what more of it costs
_INTRICATE = 5.0
_NOT_WHOLE, _SURELY_NOT = 1.0, 0.05  # times the logarithm of how likely it is one whole figure, at least so likely
_A_FIGURE = 0.1  # one more figure
_A_CUT, _A_NARROW_CUT, _A_THICK_CUT = 0.6, 1.0, 0.6
_A_JOIN = 0.25
_WIDEST = 1.8  # in heights, of one figure
_CUT_FROM = 1.0  # in heights: what is narrower is one figure
# Where wholes are told from parts, cuts are tried more freely:
_A_CUT_TOLD, _CUT_FROM_TOLD = 0.3, 0.6
_A_GAP = 7.0  # as wide as figures are high, within one figure


@dataclass(frozen=True, eq=False)
class Reading:
    """A figure of a line.

    Attributes:
        piece: Its ink.
        probabilities: (classes,) what the model makes of it.
        sure: How sure that is, comparable between models.
        entire: How likely it is one whole figure, by its shape and what is around it; None where nobody was asked.
        whole: The uncut piece it was cut out of; None where nothing was cut.
        cut: How many strokes' thickness the cut goes through.
    """

    piece: Piece
    probabilities: Probabilities
    sure: float
    entire: float | None
    whole: Piece | None = None
    cut: float = 0.0

    @property
    def best(self) -> int:
        return int(self.probabilities.argmax())

    @property
    def probability(self) -> float:
        return float(self.probabilities.max())


@dataclass(frozen=True, eq=False)
class _Part:
    """A piece or what is between two cuts of one.

    Attributes:
        piece: Its ink.
        whole: The uncut piece.
        cut: How many strokes' thickness of ink the cut to its left goes through; None at the piece's own edge.
    """

    piece: Piece
    whole: Piece
    cut: float | None


def read_rows(ink: Pixels, rows: list[Row], limits: Thresholds, judge: Judge) -> list[list[Reading]]:
    """The figures of every line, from left to right; the model is asked once for all.

    Args:
        ink: (h, w) of the page.
        rows: Its lines.
        limits: How dark its ink is.
        judge: The model.
    """
    lattices = [Lattice(row, judge.digits_alone) for row in rows]
    inks = [ink_in(ink, piece, limits) for lattice in lattices for piece in lattice.pieces]
    probabilities = judge.probabilities(inks)
    sure = sureness(probabilities)
    entire: list[float | None] = [None] * len(inks)
    if judge.digits_alone:
        entire = list(whole(ink, [(piece, one.height) for one in lattices for piece in one.pieces], limits))
    found, at = [], 0
    for lattice in lattices:
        own = slice(at, at + len(lattice.pieces))
        found.append(lattice.best(probabilities[own], sure[own], entire[own]))
        at += len(lattice.pieces)
    return found


class Lattice:
    """All the figures that a line might consist of.

    Args:
        row: The line.
        told: Whether wholes will be told from parts.
    """

    def __init__(self, row: Row, told: bool) -> None:
        narrowest = _CUT_FROM_TOLD if told else _CUT_FROM
        self._a_cut = _A_CUT_TOLD if told else _A_CUT
        self.height = row.height
        self._parts = [part for piece in row.pieces for part in _parts(piece, row.height, narrowest)]
        self.spans: list[tuple[int, int]] = []
        self.pieces: list[Piece] = []
        for start in range(len(self._parts)):
            for stop in range(start + 1, len(self._parts) + 1):
                run = self._parts[start:stop]
                if sum(part.cut is None for part in run[1:]) >= _MOST_PIECES or not self._may_join(run):
                    break
                piece = joined([part.piece for part in run])
                if piece.width > _WIDEST * row.height and stop - start > 1:
                    break
                self.spans.append((start, stop))
                self.pieces.append(piece)
        areas = [piece.area for piece in row.pieces if piece.height > 0.6 * row.height]
        self._area = float(np.median(areas)) if areas else 1.0

    def _may_join(self, run: list[_Part]) -> bool:
        if len(run) == 1 or run[-1].cut is not None:
            return True
        right = max(part.piece.right for part in run[:-1])
        gap = run[-1].piece.left - right
        small = min(part.piece.area for part in run) < 0.8 * max(part.piece.area for part in run)
        return gap < (0.3 if small else 0.15) * self.height

    def best(self, probabilities: Probabilities, sure: Probabilities, entire: Sequence[float | None]) -> list[Reading]:
        """The figures of the cheapest way through the line."""
        count = len(self._parts)
        cost = np.full(count + 1, np.inf)
        cost[0] = 0.0
        came: list[tuple[int, int] | None] = [None] * (count + 1)
        ending: dict[int, list[int]] = {}
        for number, (_, stop) in enumerate(self.spans):
            ending.setdefault(stop, []).append(number)
        for stop in range(1, count + 1):
            part = self._parts[stop - 1]
            # Left out: -1.
            options = [(cost[stop - 1] + self._left_out(part), stop - 1, -1)]
            for number in ending.get(stop, []):
                start = self.spans[number][0]
                options.append((cost[start] + self._cost(number, float(sure[number]), entire[number]), start, number))
            cheapest = min(options)
            cost[stop], came[stop] = cheapest[0], cheapest[1:]
        found, at = [], count
        while at > 0:
            step = came[at]
            assert step is not None
            at, number = step
            if number >= 0:
                stop = self.spans[number][1]
                cut = (
                    self._parts[at] if self._parts[at].cut is not None else self._parts[stop] if stop < count else None
                )
                thick, uncut = (0.0, None) if cut is None or cut.cut is None else (cut.cut, cut.whole)
                own = self.pieces[number], probabilities[number], float(sure[number]), entire[number]
                found.append(Reading(*own, uncut, thick))
        return found[::-1]

    def _cost(self, number: int, sure: float, entire: float | None) -> float:
        start, stop = self.spans[number]
        piece, height = self.pieces[number], self.height
        cost = _A_FIGURE + min(_WORST, -_UNSURE * float(np.log(max(sure, 1e-9))))
        wide, high = piece.width / height, piece.height / height
        cost += _WIDER * max(0.0, wide - _WIDE) + 8 * max(0.0, 0.5 - max(high, 0.8 * wide)) + 4 * max(0.0, high - 1.5)
        cost += _INTRICATE * intricacy(piece)
        if entire is not None:
            cost -= _NOT_WHOLE * float(np.log(max(entire, _SURELY_NOT)))
        cost += self._cut_cost(self._parts[start])
        right = self._parts[start].piece.right
        for part in self._parts[start + 1 : stop]:
            if part.cut is None:
                cost += _A_JOIN + _A_GAP * max(0.0, part.piece.left - right) / height
            right = max(right, part.piece.right)
        return cost

    def _cut_cost(self, part: _Part) -> float:
        """What the cut to the left of a part costs: more where it goes through more, and where the piece is narrow."""
        if part.cut is None:
            return 0.0
        narrow = max(0.0, 1 - part.whole.width / self.height)
        return self._a_cut + _A_NARROW_CUT * narrow + _A_THICK_CUT * max(0.0, part.cut - 1.5)

    def _left_out(self, part: _Part) -> float:
        share = part.piece.area / self._area
        cost = 0.1 + min(_WORST + 1, 12 * share)
        return cost + (2.0 + self._cut_cost(part) if part.cut is not None else 0.0)


def _parts(piece: Piece, height: float, narrowest: float) -> list[_Part]:
    """A piece, or what is between its cuts."""
    if piece.width < narrowest * height:
        return [_Part(piece, piece, None)]
    # A stroke's thickness: what a cut through one costs is not counted.
    thickness = max(1.0, 2 * piece.area / max(1, _outline(piece)))
    cuts = [cut for cut in find_cuts(piece, height) if cut.ink <= max(3.5 * thickness, 0.45 * height)]
    found: list[_Part] = []
    between = parts(piece, cuts)
    for number, part in enumerate(between):
        if part.area == 0:
            continue
        cut = cuts[number - 1].ink / thickness if number and found else None
        found.append(_Part(part, piece, cut))
    return found


def _outline(piece: Piece) -> int:
    """Pixels on the edge of a piece."""
    mask = np.pad(piece.mask, 1)
    inner = mask[1:-1, :-2] & mask[1:-1, 2:] & mask[:-2, 1:-1] & mask[2:, 1:-1]
    return int((piece.mask & ~inner).sum())
