"""MNIST's form made with Pillow and scipy, the way recipes do it: one picture after the other, one thread.

Ground and strokes are told apart by the border, cut at a fixed part of the range, cropped, fitted into 20 × 20 with
Pillow and put with the centre of mass that scipy finds into the middle of 28 × 28. It does less than figurate's form:
nothing is done about paper, light, noise or lines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from benchmarks.competitor import Job, main
from benchmarks.own_figures.form_pictures import timed

BOX, SIDE = 20, 28


def form(picture: np.ndarray) -> np.ndarray:
    """A picture (h, w) uint8 as a figure (28, 28) uint8, light on dark."""
    ink = picture.astype(np.float32)
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    ground = float(np.median(border))
    ink = np.abs(ink - ground)
    ink *= 255 / max(float(ink.max()), 1.0)
    rows, columns = np.nonzero(ink > 64)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = BOX / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    fitted = np.asarray(Image.fromarray(ink.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS))
    figure = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    figure[top : top + size[1], left : left + size[0]] = fitted
    down, across = ndimage.center_of_mass(figure)
    moved = ndimage.shift(figure, (SIDE / 2 - down, SIDE / 2 - across), order=1)
    return np.asarray(moved)


def run(job: Job) -> dict[str, Any]:
    return timed(job, lambda pictures: np.stack([form(picture) for picture in pictures]))


if __name__ == "__main__":
    main(run)
