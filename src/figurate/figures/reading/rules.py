"""The paper's own lines, ruled, squared or a grid's, followed over the page and taken away without cutting strokes.

A line is followed strip by strip, so that it may bend with the paper. Its own darkness is divided out: what is written
across it stays, only where a line is as dark as the pen the stroke is filled in from above and below.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.opencv import opencv

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_STRIPS = 48  # of a page, at least: a line is looked at piece by piece, next to straight each
_STRIP = 32  # pixels of a piece at most
_COVERED = 0.6  # of a strip's columns have to be dark where a line runs
_FEWEST_STRIPS = 6
_WINDOW = 160  # pixels of a line whose median is the line's own darkness: figures cover less than half of them
_DARKER = 1.3  # than on the whole a line may be in one of its windows


@dataclass(frozen=True)
class Rule:
    """A line that runs from left to right.

    Attributes:
        y: (w,) its middle in each column of the picture, extended to both edges.
        start, stop: The columns in which it was seen.
        thickness: In pixels.
    """

    y: Floats
    start: int
    stop: int
    thickness: float


def find_rules(ink: Pixels, threshold: float, *, shortest: float = 0.25, thickest: float = 12.0) -> list[Rule]:
    """Lines that run from left to right, from top to bottom.

    Args:
        ink: (h, w), roughly upright.
        threshold: What is brighter may be a line.
        shortest: As a share of the picture's width.
        thickest: In pixels; what is thicker is no line.
    """
    cv2 = opencv()
    high, wide = ink.shape
    strips = max(1, wide // max(8, min(_STRIP, wide // _STRIPS)))
    dark = cv2.dilate((ink > threshold).astype(np.uint8) * 255, np.ones((3, 1), np.uint8))
    covered = cv2.resize(dark, (strips, high), interpolation=cv2.INTER_AREA)
    width = wide / strips
    live: list[_Track] = []
    done: list[_Track] = []
    for strip in range(strips):
        runs = _runs(covered[:, strip] > 255 * _COVERED, thickest)
        for track in live:
            track.follow(strip, runs)
        live, ended = [t for t in live if t.alive(strip)], [t for t in live if not t.alive(strip)]
        done += ended
        taken = {track.at[-1][1] for track in live if track.at[-1][0] == strip}
        live += [_Track(strip, run) for run in runs if run[0] not in taken]
    need = max(_FEWEST_STRIPS, shortest * strips)
    kept = [track for track in [*done, *live] if track.length >= need and track.filled >= 0.6]
    rules = [track.rule(wide, width) for track in kept]
    return sorted(_apart(rules), key=lambda rule: float(rule.y[wide // 2]))


def remove_rules(ink: Pixels, rules: list[Rule], threshold: float) -> Pixels:
    """The ink (h, w) without these lines; what is not on them stays as it is."""
    if not rules:
        return ink
    out = ink.copy()
    for rule in rules:
        _remove(out, rule, threshold)
    return out


class _Track:
    """A line as far as it has been followed: (strip, y, thickness) of each sighting."""

    def __init__(self, strip: int, run: tuple[float, float]) -> None:
        self.at: list[tuple[int, float, float]] = [(strip, *run)]

    @property
    def length(self) -> int:
        return self.at[-1][0] - self.at[0][0] + 1

    @property
    def filled(self) -> float:
        return len(self.at) / self.length

    def alive(self, strip: int) -> bool:
        # A line hides behind figures that stand on it; one that was just found does not.
        return strip - self.at[-1][0] <= min(6, 1 + len(self.at) // 2)

    def slope(self) -> float:
        recent = self.at[-12:]
        if len(recent) < 3:
            return 0.0
        return (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])

    def follow(self, strip: int, runs: list[tuple[float, float]]) -> None:
        expected = self.at[-1][1] + self.slope() * (strip - self.at[-1][0])
        reach = 2.5 + 0.5 * (strip - self.at[-1][0])
        near = min(runs, key=lambda run: abs(run[0] - expected), default=None)
        if near is not None and abs(near[0] - expected) <= reach:
            self.at.append((strip, *near))

    def rule(self, wide: int, width: float) -> Rule:
        x = np.array([(strip + 0.5) * width for strip, _, _ in self.at])
        y = np.array([height for _, height, _ in self.at])
        if len(y) > 4:
            y = np.convolve(np.pad(y, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        columns = np.arange(wide)
        along = np.interp(columns, x, y)
        # Beyond what was seen it goes on as it went on the whole.
        reach = min(len(x) - 1, 16)
        left, right = (y[reach] - y[0]) / (x[reach] - x[0]), (y[-1] - y[-1 - reach]) / (x[-1] - x[-1 - reach])
        along += np.minimum(columns - x[0], 0) * left + np.maximum(columns - x[-1], 0) * right
        start, stop = max(0, round(x[0] - width / 2)), min(wide, round(x[-1] + width / 2))
        return Rule(along, start, stop, float(np.median([thick for _, _, thick in self.at])))


def _runs(dark: npt.NDArray[np.bool_], thickest: float) -> list[tuple[float, float]]:
    """(middle, thickness) of the runs of dark pixels in a column that was widened by a pixel either way."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(np.int8), [0]])))
    starts, stops = edges[::2], edges[1::2]
    return [
        (float(start + stop - 1) / 2, float(max(1, stop - start - 2)))
        for start, stop in zip(starts, stops, strict=True)
        if stop - start - 2 <= thickest
    ]


def _apart(rules: list[Rule]) -> list[Rule]:
    """Without those that run where a longer one runs."""
    kept: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.start - rule.stop):
        shared = slice(rule.start, rule.stop, 8)
        if all(
            np.median(np.abs(rule.y[shared] - other.y[shared])) > 1 + (rule.thickness + other.thickness) / 2
            or min(rule.stop, other.stop) - max(rule.start, other.start) < 0.5 * (rule.stop - rule.start)
            for other in kept
        ):
            kept.append(rule)
    return kept


def _remove(ink: Pixels, rule: Rule, threshold: float) -> None:
    """Divide a line's own darkness out of the ink around it, in place."""
    cv2 = opencv()
    high, wide = ink.shape
    half = int(np.ceil(rule.thickness / 2)) + 3
    # As far as it was seen and a little farther; where it isn't, nothing is found to be divided out.
    columns = np.arange(max(0, rule.start - 4 * _STRIP), min(wide, rule.stop + 4 * _STRIP))
    rows = np.rint(rule.y[columns]).astype(np.intp)[None, :] + np.arange(-half, half + 1)[:, None]
    inside = (rows >= 0) & (rows < high)
    band = np.where(inside, ink[np.clip(rows, 0, high - 1), columns], 0).astype(np.float32)
    windows = max(1, round(len(columns) / _WINDOW))
    cuts = np.linspace(0, len(columns), windows + 1).round().astype(int)
    middles = (cuts[1:] + cuts[:-1]) / 2
    own = np.stack([np.median(band[:, a:b], axis=1) for a, b in pairwise(cuts)], axis=1)
    own = np.minimum(own, _DARKER * np.median(own, axis=1, keepdims=True))
    # A line wanders by parts of a pixel within a window: its neighbours' darkness counts, too.
    own = cv2.dilate(own.astype(np.float32), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    darkness = np.stack([np.interp(np.arange(len(columns)), middles, row) for row in own])
    darkness[darkness < 0.4 * threshold] = 0
    through = np.clip(1 - darkness / 255, 0.05, 1)
    clean = np.clip(255 - (255 - band) / through, 0, 255).astype(np.float32)
    if float(own.max()) > 0.3 * 255:
        clean = _bridged(band, clean, darkness > 0.3 * 255)
    clean = np.minimum(clean, band)
    ink[rows[inside], np.broadcast_to(columns, rows.shape)[inside]] = clean[inside]


def _bridged(
    band: npt.NDArray[np.float32], clean: npt.NDArray[np.float32], dark: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """Strokes that come in from above and go out below filled in where the line is as dark as they are."""
    cv2 = opencv()
    lean = 2 * (len(band) // 4) + 1
    beside = np.ones((1, lean), np.uint8)
    above, below = cv2.dilate(clean[:2].max(0)[None], beside)[0], cv2.dilate(clean[-2:].max(0)[None], beside)[0]
    both = np.minimum(above, below)
    straight = np.maximum(clean[:2].max(0), clean[-2:].max(0))
    filled = np.minimum(both, cv2.dilate(straight[None], np.ones((1, 3), np.uint8))[0])
    return np.where(dark, np.maximum(clean, filled[None, :]), clean)
