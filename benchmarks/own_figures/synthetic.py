"""Pictures to develop on: MNIST's training figures made to look like a stranger's, then perturbed as `perturb` does.

How pictures are brought into form is settled with these; the drawn digits beside this file are for measuring alone.
A figure is enlarged, drawn with a thinner or thicker pen, leaned, scaled and put somewhere on a white canvas.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.own_figures.perturb import PERTURBATIONS, generator
from figurate.datasets import mnist

_SCALE = 8  # a figure is drawn this much larger, so that what is done to it leaves no steps


def pictures(kind: str, count: int, seed: int = 0) -> tuple[list[bytes], np.ndarray]:
    """Picture files of figures from MNIST's training part.

    Args:
        kind: One of `PERTURBATIONS`.
        count: How many.
        seed: Chooses the figures, how they are drawn and how they are perturbed; the same figures, drawn alike, come
            for every `kind`.

    Returns:
        The files' bytes, and the labels (count,) int64.

    Example:
        >>> files, labels = pictures("ruled", 500, seed=1)
    """
    figures, labels = drawings(count, seed)
    perturb = PERTURBATIONS[kind]
    return [perturb(figure, generator(kind, seed, 0, number)) for number, figure in enumerate(figures)], labels


def drawings(count: int, seed: int = 0) -> tuple[list[Image.Image], np.ndarray]:
    """The same before they are perturbed: grey images, dark on white, 28 × 28 pixels mostly, and their labels."""
    (x, y), _ = mnist.load_data()
    chosen = np.random.default_rng([seed, 1]).choice(len(x), count, replace=count > len(x))
    figures = [drawing(x[index], generator("drawing", seed, 0, number)) for number, index in enumerate(chosen)]
    return figures, y[chosen].astype(np.int64)


def drawing(figure: np.ndarray, chance: np.random.Generator) -> Image.Image:
    """One figure (28, 28), light on dark, drawn anew, dark on a white canvas."""
    side = int(chance.choice([28, 28, 28, 40, 64]))
    ink = Image.fromarray(np.asarray(figure)).resize((28 * _SCALE, 28 * _SCALE), Image.Resampling.BICUBIC)
    pen = int(chance.integers(-1, 3))  # eighths of a pixel of MNIST's, on either side
    if pen:
        ink = ink.filter((ImageFilter.MaxFilter if pen > 0 else ImageFilter.MinFilter)(2 * abs(pen) * 2 + 1))
    lean = chance.normal(0, 0.08)
    ink = ink.transform(ink.size, Image.Transform.AFFINE, (1, lean, -lean * 14 * _SCALE, 0, 1, 0))
    # A drawn line has sharp edges, MNIST's are blurred.
    ink = ink.point(lambda value: min(255, max(0, round((value - 96) * 4))))
    ink = ink.crop(ink.getbbox())
    height = chance.uniform(0.45, 0.9) * side
    width = ink.width * height / ink.height * chance.uniform(0.85, 1.2)
    shrink = min(1.0, 0.9 * side / width)
    size = (max(2, round(width * shrink)), max(4, round(height * shrink)))
    ink = ink.resize(size, Image.Resampling.BOX if chance.random() < 0.5 else Image.Resampling.LANCZOS)
    place = int(chance.integers(1, side - ink.width)), int(chance.integers(1, side - ink.height))
    canvas = Image.new("L", (side, side), 255)
    canvas.paste(Image.new("L", ink.size, 0), place, ink)
    return canvas
