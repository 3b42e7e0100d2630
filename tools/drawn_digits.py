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

# Points "x,y" in hundredths of a square, y downwards; a stroke bends smoothly through its points, and strokes, parted
# by a bar, meet in corners.
FORMS = {
    0: [
        "50,0 10,30 10,70 50,100 90,70 90,30 50,0",
        "60,2 20,20 8,60 40,100 85,75 85,25 45,5",
    ],
    1: [
        "0,50 55,0 | 55,0 50,100",
        "10,35 50,0 | 50,0 50,100",
        "0,62 35,35 65,0 | 65,0 50,100",
        "25,22 50,0 | 50,0 50,100",
        "10,35 50,0 | 50,0 50,100 | 15,100 85,100",
        "50,0 50,100",
    ],
    2: [
        "8,25 40,0 85,20 70,55 5,100 | 5,100 95,97",
        "10,20 50,0 85,25 50,65 10,95 10,75 50,90 100,95",
        "5,15 50,2 80,25 45,70 0,100 35,92 95,100",
    ],
    3: [
        "10,12 50,0 85,22 40,47 | 40,47 90,68 60,100 5,90",
        "10,2 85,2 | 85,2 42,40 | 42,40 92,65 50,100 5,88",
    ],
    4: [
        "35,0 2,62 | 2,62 98,58 | 68,30 62,100",
        "65,0 2,68 | 2,68 100,68 | 65,0 65,100",
        "45,0 10,65 | 10,65 95,50 | 80,10 50,100",
        "10,5 12,50 | 12,50 85,48 | 82,0 78,100",
    ],
    5: [
        "90,0 25,3 | 25,3 15,45 | 15,45 75,45 80,85 5,95",
        "20,5 12,45 | 12,45 80,50 70,95 2,92 | 20,4 100,0",
    ],
    6: [
        "80,0 30,30 8,72 40,100 85,80 60,52 12,75",
        "55,0 15,50 20,95 75,95 80,62 45,52 14,75",
    ],
    7: [
        "2,5 95,0 | 95,0 40,100 | 25,52 90,46",
        "5,18 8,2 | 8,2 90,3 | 90,3 55,45 40,100 | 20,50 85,50",
        "2,4 90,2 | 90,2 50,50 35,100",
        "0,12 35,2 60,10 95,0 | 95,0 45,100 | 30,50 85,45",
        "5,30 10,5 | 10,5 75,2 | 75,2 50,50 40,100 | 10,62 95,60",
        "10,28 30,5 75,12 60,50 40,100 | 15,58 100,55",
    ],
    8: [
        "75,12 40,0 15,22 50,48 85,78 45,100 12,78 50,48 80,22 70,8",
        "50,0 20,22 50,45 80,22 50,0 | 50,45 10,72 50,100 90,72 50,45",
    ],
    9: [
        "82,22 50,0 12,22 40,50 80,25 | 82,15 75,70 40,100 10,92",
        "80,15 40,0 12,28 45,50 80,20 | 80,10 70,100",
        "85,10 35,2 15,35 60,45 85,10 80,65 45,100 12,90",
    ],
}


def draw(digit: int, chance: np.random.Generator) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """One digit in MNIST's form, (28, 28)."""
    forms = FORMS[digit]
    strokes = [
        [tuple(int(number) / 100 for number in point.split(",")) for point in stroke.split()]
        for stroke in forms[chance.integers(len(forms))].split("|")
    ]
    pen = chance.uniform(0.05, 0.15)
    slant, turn = chance.normal(0.08, 0.14), chance.normal(0, 0.08)
    wide = chance.uniform(0.45, 0.85) * (0.8 if digit == 1 else 1.0)
    jitter = 0.04
    moved: dict[tuple[float, ...], tuple[float, ...]] = {}  # where strokes meet they still do
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
