"""Which figures are nearly the same: all pairs that correlate strongly, found without comparing every pair.

A figure is looked at without its mean brightness and its contrast, as a direction. Two figures whose pixels correlate
with r then stand sqrt(2 - 2 r) apart, and no projection takes them further apart. So the figures, reduced to 8 × 8 and
turned to their principal axes, are cut into slabs along the first axis, each slab and its neighbourhood along the
second, and so on, until few are left to be compared pair by pair. What looks alike then is compared in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from figurate.datasets.checking.material import Material

__all__ = ["MOST_FIGURES", "NEAR", "Pairs", "similar_pairs"]

NEAR = 0.99
"""The correlation from which figures count as nearly the same.

Measured on MNIST, where no figure stands twice: a copy of a figure saved as JPEG of quality 75 has 0.998 with it, of
quality 50 0.994, one scaled up and back 0.991; of the 2.4 billion pairs of different figures 3 reach 0.99, all of them
narrow ones, and at 0.985 they would be hundreds.
"""

MOST_FIGURES = 1_000_000
"""Among more no near twins are looked for: the time grows faster than their number."""

_COARSE = 0.985  # reduced figures nearly always correlate more, rarely a little less
_COARSE_OF_MANY = 0.995  # a copy saved as JPEG of quality 75 keeps 0.999; what is lost are copies of little likeness
_MANY = 150_000  # figures; from here on the wider search would take minutes
_GRID = 8
_AXES = 32  # of 64; they hold 98 % of what differs between MNIST's figures
_CUTS = 8  # axes along which is cut: beyond, figures differ by less than the reach
_FEW = 1 << 20  # pairs not worth another cut
_TILE = (
    87  # 87 × 87 × 34 products < 2^18: below, OpenBLAS wakes no threads, which on a busy machine wait for each other
)
_FLAT = 1e-6
_MOST_PAIRS = 2_000_000  # 32 MB
_VALUES = 1 << 23  # compared in full at once: 32 MB


class Pairs(NamedTuple):
    """Pairs of figures: `first` < `second`, their correlation `r`, all (n,); and whether the search went to its end."""

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    r: npt.NDArray[np.float32]
    complete: bool


def similar_pairs(material: Material, figures: npt.NDArray[np.int64]) -> Pairs:
    """All pairs among some figures that correlate with `NEAR` or more.

    Args:
        material: Where the figures are.
        figures: Their numbers, rising, none of them blank and no two of them equal.

    Returns:
        The pairs, in rising order. Where they would be too many, those found until then. Among more than 150,000
        figures those pairs are missed whose reduced forms correlate with less than 0.995.
    """
    nothing = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32), complete=True)
    if len(figures) < 2:
        return nothing
    if len(figures) > MOST_FIGURES:
        return nothing._replace(complete=False)
    along = _along_axes(_reduced(material, figures))
    keys: list[npt.NDArray[np.int64]] = []
    complete, found = True, 0
    everything = np.argsort(along[:, 0], kind="stable")
    coarse = _COARSE if len(figures) <= _MANY else _COARSE_OF_MANY
    reach = float(np.sqrt(2 - 2 * coarse))  # how far apart such figures stand at most
    for first, second in _candidates(along, everything, everything, reach):
        keys.append(np.minimum(first, second) * len(figures) + np.maximum(first, second))
        found += len(first)
        if found > _MOST_PAIRS:
            complete = False
            break
    if not keys:
        return nothing
    unique = np.unique(np.concatenate(keys))  # those within a slab are found both ways round
    first, second = figures[unique // len(figures)], figures[unique % len(figures)]
    r = _correlations(material, first, second)
    near = r >= NEAR
    return Pairs(first[near], second[near], r[near], complete)


def _reduced(material: Material, figures: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """The figures in grey, reduced to 8 × 8, without mean, of length 1: (n, 64)."""
    height, width = material.figure_shape[:2]
    rows, columns = _areas(height), _areas(width)
    reduced = np.empty((len(figures), len(rows) * len(columns)), np.float32)
    done = 0
    for start, block in material.blocks():
        own = figures[done : int(np.searchsorted(figures, start + len(block)))] - start
        grey = block[own].astype(np.float32)
        if grey.ndim == 4:
            grey = grey.mean(axis=3)
        small = (rows @ (grey @ columns.T)).reshape(len(own), reduced.shape[1])  # own may be empty
        reduced[done : done + len(own)] = _directions(small)
        done += len(own)
    return reduced


def _along_axes(reduced: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The figures along their principal axes, the longest first: (n, up to 32)."""
    sample = reduced[:: max(1, len(reduced) // 20_000)]
    mean = sample.mean(axis=0)
    sample = sample - mean
    _, axes = np.linalg.eigh(sample.T @ sample)
    along: npt.NDArray[np.float32] = np.ascontiguousarray((reduced - mean) @ axes[:, ::-1][:, :_AXES])
    return along


def _areas(length: int) -> npt.NDArray[np.float32]:
    """The matrix that reduces `length` pixels to at most 8 by the mean of the area that each covers."""
    cells = min(length, _GRID)
    edges = np.linspace(0, length, cells + 1)
    pixels = np.arange(length)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    areas = overlap.clip(min=0)
    matrix: npt.NDArray[np.float32] = (areas / areas.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix


def _directions(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows without their mean, of length 1; flat ones become zero."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions: npt.NDArray[np.float32] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > _FLAT)
    return directions


def _candidates(
    along: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    reach: float,
    axis: int = 0,
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Pairs, one of `rows` and one of `others`, that stand within the reach; some of them more than once.

    On the first axis `rows` and `others` are the same, sorted along it, and a slab looks only ahead.
    """
    if len(rows) * len(others) <= _FEW or axis == min(_CUTS, along.shape[1]):
        yield from _compared(along, rows, others, reach)
        return
    if axis:
        rows = rows[np.argsort(along[rows, axis], kind="stable")]
        others = others[np.argsort(along[others, axis], kind="stable")]
    here, there = along[rows, axis], along[others, axis]
    start = 0
    while start < len(rows):
        end = int(np.searchsorted(here, here[start] + reach, side="right"))
        low = start if axis == 0 else int(np.searchsorted(there, here[start] - reach))
        high = int(np.searchsorted(there, here[end - 1] + reach, side="right"))
        yield from _candidates(along, rows[start:end], others[low:high], reach, axis + 1)
        start = end


def _compared(
    along: npt.NDArray[np.float32], rows: npt.NDArray[np.int64], others: npt.NDArray[np.int64], reach: float
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The pairs among `rows` and `others` that stand within the reach, all of them compared."""
    # |a - b|² = |a|² + |b|² - 2 a·b, as one product of rows with two more columns.
    left, right = along[rows], along[others]
    left = np.column_stack([left, -0.5 * np.einsum("ij,ij->i", left, left), np.ones(len(rows), np.float32)])
    right = np.column_stack([right, np.ones(len(others), np.float32), -0.5 * np.einsum("ij,ij->i", right, right)])
    bound = np.float32(-0.5 * reach**2 - _FLAT)
    for row in range(0, len(rows), _TILE):
        some = rows[row : row + _TILE]
        for column in range(0, len(others), _TILE):
            products = left[row : row + _TILE] @ right[column : column + _TILE].T
            # Of the flat array: in two dimensions it takes 50 times as long.
            within = np.flatnonzero(products >= bound)
            if len(within):
                first, second = some[within // products.shape[1]], others[column + within % products.shape[1]]
                different = first != second
                yield first[different], second[different]


def _correlations(
    material: Material, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """How the pixels of each pair correlate, all channels together."""
    r = np.empty(len(first), np.float32)
    step = max(1, _VALUES // int(np.prod(material.figure_shape)))
    for start in range(0, len(first), step):
        span = slice(start, start + step)
        figures, places = np.unique(np.concatenate([first[span], second[span]]), return_inverse=True)
        directions = _directions(material.take(figures))  # a figure is in many pairs
        one, other = np.split(places.reshape(-1), 2)
        r[span] = np.einsum("ij,ij->i", directions[one], directions[other])
    return r
