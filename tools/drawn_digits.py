"""Draws the data set `drawn_digits` anew: digits as pens write them in Europe, beside the forms that MNIST has.

    PYTHONPATH=src python tools/drawn_digits.py

MNIST was written in the United States: a 1 is a plain stroke there, and a 7 has seldom a bar. Elsewhere a 1 has an
upstroke as long as half of it, which readers of MNIST take for a 7. Here each form of a digit is a few strokes through
a few points; every figure moves the points a little, slants and stretches the whole, and takes another pen. Needed only
where the set is changed.
"""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from figurate.figures import FigurePreprocessing

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "figurate" / "datasets" / "files" / "drawn_digits"

SEED = 40
TRAIN, TEST = 600, 100  # of each digit
LEVELS = 32  # of grey, as `printed_digits` has
SIDE = 160  # pixels of the sheet on which a digit is drawn before it is brought into form
FORM = FigurePreprocessing(height=28, width=28, box=(20, 20))

Stroke = list[tuple[float, float]]

# Points (x, y) in a unit square, y downwards; a stroke bends smoothly through its points, and strokes meet in corners.
FORMS: dict[int, list[list[Stroke]]] = {
    0: [
        [[(0.5, 0.0), (0.1, 0.3), (0.1, 0.7), (0.5, 1.0), (0.9, 0.7), (0.9, 0.3), (0.5, 0.0)]],
        [[(0.6, 0.02), (0.2, 0.2), (0.08, 0.6), (0.4, 1.0), (0.85, 0.75), (0.85, 0.25), (0.45, 0.05)]],
    ],
    1: [
        [[(0.0, 0.5), (0.55, 0.0)], [(0.55, 0.0), (0.5, 1.0)]],
        [[(0.1, 0.35), (0.5, 0.0)], [(0.5, 0.0), (0.5, 1.0)]],
        [[(0.0, 0.62), (0.35, 0.35), (0.65, 0.0)], [(0.65, 0.0), (0.5, 1.0)]],
        [[(0.25, 0.22), (0.5, 0.0)], [(0.5, 0.0), (0.5, 1.0)]],
        [[(0.1, 0.35), (0.5, 0.0)], [(0.5, 0.0), (0.5, 1.0)], [(0.15, 1.0), (0.85, 1.0)]],
        [[(0.5, 0.0), (0.5, 1.0)]],
    ],
    2: [
        [[(0.08, 0.25), (0.4, 0.0), (0.85, 0.2), (0.7, 0.55), (0.05, 1.0)], [(0.05, 1.0), (0.95, 0.97)]],
        [[(0.1, 0.2), (0.5, 0.0), (0.85, 0.25), (0.5, 0.65), (0.1, 0.95), (0.1, 0.75), (0.5, 0.9), (1.0, 0.95)]],
        [[(0.05, 0.15), (0.5, 0.02), (0.8, 0.25), (0.45, 0.7), (0.0, 1.0), (0.35, 0.92), (0.95, 1.0)]],
    ],
    3: [
        [[(0.1, 0.12), (0.5, 0.0), (0.85, 0.22), (0.4, 0.47)], [(0.4, 0.47), (0.9, 0.68), (0.6, 1.0), (0.05, 0.9)]],
        [[(0.1, 0.02), (0.85, 0.02)], [(0.85, 0.02), (0.42, 0.4)], [(0.42, 0.4), (0.92, 0.65), (0.5, 1.0), (0.05, 0.88)]],
    ],
    4: [
        [[(0.35, 0.0), (0.02, 0.62)], [(0.02, 0.62), (0.98, 0.58)], [(0.68, 0.3), (0.62, 1.0)]],
        [[(0.65, 0.0), (0.02, 0.68)], [(0.02, 0.68), (1.0, 0.68)], [(0.65, 0.0), (0.65, 1.0)]],
        [[(0.45, 0.0), (0.1, 0.65)], [(0.1, 0.65), (0.95, 0.5)], [(0.8, 0.1), (0.5, 1.0)]],
        [[(0.1, 0.05), (0.12, 0.5)], [(0.12, 0.5), (0.85, 0.48)], [(0.82, 0.0), (0.78, 1.0)]],
    ],
    5: [
        [[(0.9, 0.0), (0.25, 0.03)], [(0.25, 0.03), (0.15, 0.45)], [(0.15, 0.45), (0.75, 0.45), (0.8, 0.85), (0.05, 0.95)]],
        [[(0.2, 0.05), (0.12, 0.45)], [(0.12, 0.45), (0.8, 0.5), (0.7, 0.95), (0.02, 0.92)], [(0.2, 0.04), (1.0, 0.0)]],
    ],
    6: [
        [[(0.8, 0.0), (0.3, 0.3), (0.08, 0.72), (0.4, 1.0), (0.85, 0.8), (0.6, 0.52), (0.12, 0.75)]],
        [[(0.55, 0.0), (0.15, 0.5), (0.2, 0.95), (0.75, 0.95), (0.8, 0.62), (0.45, 0.52), (0.14, 0.75)]],
    ],
    7: [
        [[(0.02, 0.05), (0.95, 0.0)], [(0.95, 0.0), (0.4, 1.0)], [(0.25, 0.52), (0.9, 0.46)]],
        [[(0.05, 0.18), (0.08, 0.02)], [(0.08, 0.02), (0.9, 0.03)], [(0.9, 0.03), (0.55, 0.45), (0.4, 1.0)], [(0.2, 0.5), (0.85, 0.5)]],
        [[(0.02, 0.04), (0.9, 0.02)], [(0.9, 0.02), (0.5, 0.5), (0.35, 1.0)]],
        [[(0.0, 0.12), (0.35, 0.02), (0.6, 0.1), (0.95, 0.0)], [(0.95, 0.0), (0.45, 1.0)], [(0.3, 0.5), (0.85, 0.45)]],
        [[(0.05, 0.3), (0.1, 0.05)], [(0.1, 0.05), (0.75, 0.02)], [(0.75, 0.02), (0.5, 0.5), (0.4, 1.0)], [(0.1, 0.62), (0.95, 0.6)]],
        [[(0.1, 0.28), (0.3, 0.05), (0.75, 0.12), (0.6, 0.5), (0.4, 1.0)], [(0.15, 0.58), (1.0, 0.55)]],
    ],
    8: [
        [[(0.75, 0.12), (0.4, 0.0), (0.15, 0.22), (0.5, 0.48), (0.85, 0.78), (0.45, 1.0), (0.12, 0.78), (0.5, 0.48), (0.8, 0.22), (0.7, 0.08)]],
        [[(0.5, 0.0), (0.2, 0.22), (0.5, 0.45), (0.8, 0.22), (0.5, 0.0)], [(0.5, 0.45), (0.1, 0.72), (0.5, 1.0), (0.9, 0.72), (0.5, 0.45)]],
    ],
    9: [
        [[(0.82, 0.22), (0.5, 0.0), (0.12, 0.22), (0.4, 0.5), (0.8, 0.25)], [(0.82, 0.15), (0.75, 0.7), (0.4, 1.0), (0.1, 0.92)]],
        [[(0.8, 0.15), (0.4, 0.0), (0.12, 0.28), (0.45, 0.5), (0.8, 0.2)], [(0.8, 0.1), (0.7, 1.0)]],
        [[(0.85, 0.1), (0.35, 0.02), (0.15, 0.35), (0.6, 0.45), (0.85, 0.1), (0.8, 0.65), (0.45, 1.0), (0.12, 0.9)]],
    ],
}  # fmt: skip


def draw(digit: int, chance: np.random.Generator) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """One digit in MNIST's form, (28, 28)."""
    forms = FORMS[digit]
    strokes = forms[chance.integers(len(forms))]
    pen = chance.uniform(0.05, 0.15)
    slant, turn = chance.normal(0.08, 0.14), chance.normal(0, 0.08)
    wide = chance.uniform(0.45, 0.85) * (0.8 if digit == 1 else 1.0)
    jitter = 0.04
    moved: dict[tuple[float, float], tuple[float, float]] = {}  # where strokes meet they still do
    sheet = Image.new("L", (SIDE, SIDE))
    pencil = ImageDraw.Draw(sheet)
    scale, radius = 0.6 * SIDE, pen * 0.6 * SIDE / 2
    for stroke in strokes:
        points = []
        for point in stroke:
            if point not in moved:
                moved[point] = tuple(np.asarray(point) + chance.normal(0, jitter, 2))
            x, y = moved[point][0] - 0.5, moved[point][1] - 0.5
            x = x * wide - slant * y
            x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
            points.append((SIDE / 2 + scale * x, SIDE / 2 + scale * y))
        path = _smooth(np.array(points))
        for x, y in path:
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        pencil.line([tuple(point) for point in path], 255, max(1, round(2 * radius)))
    return FORM.from_ink(np.asarray(sheet))


def _smooth(points: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A curve through points: Catmull and Rom's spline."""
    if len(points) == 2:
        return np.linspace(points[0], points[1], 24)
    padded = np.concatenate([points[:1], points, points[-1:]])
    part = np.linspace(0, 1, 12, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5 * (2 * b + (c - a) * part + (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3)
        )
    return np.concatenate([*pieces, points[-1:]])


def main() -> None:
    """Draw the set and write its four files."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for part, (name, count) in enumerate({"train": TRAIN, "t10k": TEST}.items()):
        chance = np.random.default_rng([SEED, part])
        labels = np.tile(np.arange(10, dtype=np.uint8), count)
        figures = np.stack([draw(int(label), chance) for label in labels])
        figures = np.rint(np.rint(figures / 255 * (LEVELS - 1)) * 255 / (LEVELS - 1)).astype(np.uint8)
        for kind, array in (("images-idx3", figures), ("labels-idx1", labels)):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            packed = gzip.compress(header + array.tobytes(), 9, mtime=0)
            (TARGET / f"{name}-{kind}-ubyte.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
