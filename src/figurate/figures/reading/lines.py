"""Pieces of ink into lines: what stands side by side, however the line bends, from top to bottom.

The page is level by now, more or less. Crumbs go to the figures they lie beside; what stands nowhere is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from figurate.figures.reading.pieces import Piece, joined

# In heights of the page's figures:
_LOWEST, _HIGHEST, _WIDEST = 0.4, 2.6, 14.0
_FARTHEST = 8.0
_CRUMB_BESIDE = 0.35
_BREAK, _MENDED = 0.12, 1.2  # between the halves of a figure, and how high it is


@dataclass(frozen=True, eq=False)
class Row:
    """Pieces that make a line.

    Attributes:
        pieces: From left to right.
        height: Of its figures, in pixels.
    """

    pieces: list[Piece]
    height: float

    @property
    def y(self) -> float:
        """How far down the page it stands."""
        return float(np.median([piece.middle[1] for piece in self.pieces]))


def rows_of(pieces: list[Piece], height: float) -> list[Row]:
    """The lines of a page, from top to bottom.

    Args:
        pieces: All its pieces of ink, crumbs and all.
        height: Of the page's figures, in pixels.
    """
    pieces = _mended(pieces, height)
    bodies = [
        piece
        for piece in pieces
        if _LOWEST * height <= piece.height <= _HIGHEST * height and piece.width <= _WIDEST * height
    ]
    bodies.sort(key=lambda piece: piece.middle[0])
    chains = _merged(_chains(bodies, height), height)
    held = set(map(id, bodies))
    crumbs = [piece for piece in pieces if id(piece) not in held and piece.height < _LOWEST * height]
    _give_out(crumbs, chains, height)
    rows = [Row(sorted(chain, key=lambda piece: piece.middle[0]), _height(chain, height)) for chain in chains]
    return sorted(rows, key=lambda row: row.y)


def _mended(pieces: list[Piece], height: float) -> list[Piece]:
    """Halves of figures that lie one above the other, next to touching, as one piece each."""
    halves = [piece for piece in pieces if 0.15 * height <= piece.height <= 0.8 * height]
    halves.sort(key=lambda piece: piece.top)
    gone: set[int] = set()
    mended = []
    for number, upper in enumerate(halves):
        if id(upper) in gone:
            continue
        for lower in halves[number + 1 :]:
            shared = min(upper.right, lower.right) - max(upper.left, lower.left)
            if (
                id(lower) not in gone
                and -0.1 * height <= lower.top - upper.bottom <= _BREAK * height
                and lower.bottom - upper.top <= _MENDED * height
                and shared >= 0.4 * min(upper.width, lower.width)
                and max(upper.right, lower.right) - min(upper.left, lower.left) <= 1.2 * height
            ):
                gone |= {id(upper), id(lower)}
                mended.append(joined([upper, lower]))
                break
    return [piece for piece in pieces if id(piece) not in gone] + mended


def _chains(bodies: list[Piece], height: float) -> list[list[Piece]]:
    """Neighbours linked: each with the one to its right whose neighbour to the left it is."""
    count = len(bodies)
    right: list[int | None] = [None] * count
    left: list[tuple[float, int] | None] = [None] * count
    for i, piece in enumerate(bodies):
        best: tuple[float, int] | None = None
        for j in range(i + 1, count):
            other = bodies[j]
            gap = other.left - piece.right
            if gap > _FARTHEST * height:
                continue
            cost = _cost(piece, other, height)
            if cost is not None and (best is None or cost < best[0]):
                best = (cost, j)
        if best is None:
            continue
        cost, j = best
        known = left[j]
        if known is None or cost < known[0]:
            if known is not None:
                right[known[1]] = None
            left[j] = (cost, i)
            right[i] = j
    chains = []
    for i in range(count):
        if left[i] is None:
            chain, at = [], i
            while True:
                chain.append(bodies[at])
                following = right[at]
                if following is None:
                    break
                at = following
            chains.append(chain)
    return chains


def _cost(piece: Piece, other: Piece, height: float) -> float | None:
    """How unlike neighbours two pieces are; None where they are none."""
    overlap = min(piece.bottom, other.bottom) - max(piece.top, other.top)
    lower = min(piece.height, other.height)
    gap = max(0.0, other.left - piece.right)
    off = abs(piece.middle[1] - other.middle[1])
    if overlap < 0.35 * lower or off > 0.9 * height:
        return None
    return gap + 1.5 * off


def _merged(chains: list[list[Piece]], height: float) -> list[list[Piece]]:
    """Chains that continue one another, or stand in one another's gaps, as one."""
    chains = sorted(chains, key=len, reverse=True)
    merged: list[list[Piece]] = []
    for chain in chains:
        best: tuple[float, list[Piece]] | None = None
        for other in merged:
            off = max(abs(_level(other, piece) - piece.middle[1]) for piece in (chain[0], chain[-1]))
            if off < 0.42 * height and (best is None or off < best[0]):
                best = (off, other)
        if best is None:
            merged.append(list(chain))
        else:
            best[1].extend(chain)
            best[1].sort(key=lambda piece: piece.middle[0])
    return merged


def _level(chain: list[Piece], at: Piece) -> float:
    """How far down the page a chain runs where a piece is: from its nearest pieces."""
    near = sorted(chain, key=lambda piece: abs(piece.middle[0] - at.middle[0]))[:5]
    return float(np.median([piece.middle[1] for piece in near]))


def _give_out(crumbs: list[Piece], chains: list[list[Piece]], height: float) -> None:
    """Each crumb to the chain with the piece it lies beside."""
    reach = _CRUMB_BESIDE * height
    bodies = [(piece, number) for number, chain in enumerate(chains) for piece in chain]
    if not bodies:
        return
    boxes = np.array([(piece.left, piece.top, piece.right, piece.bottom) for piece, _ in bodies], float)
    found: list[tuple[Piece, int]] = []
    for crumb in crumbs:
        across = np.maximum(np.maximum(boxes[:, 0] - crumb.right, crumb.left - boxes[:, 2]), 0)
        down = np.maximum(np.maximum(boxes[:, 1] - crumb.bottom, crumb.top - boxes[:, 3]), 0)
        away = np.hypot(across, down)
        nearest = int(away.argmin())
        if away[nearest] <= reach:
            found.append((crumb, bodies[nearest][1]))
    for crumb, number in found:
        chains[number].append(crumb)


def _height(chain: list[Piece], height: float) -> float:
    bodies = [piece.height for piece in chain if piece.height >= _LOWEST * height]
    if len(bodies) < 3:
        return height
    return float(np.quantile(bodies, 0.6))
