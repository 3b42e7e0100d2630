"""Pictures as they come: digits of all sizes on paper that is even or unevenly lit, ruled, noisy, dark or light."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]


def drawn(digit: Pixels, rng: np.random.Generator) -> Pixels:
    """A digit (28, 28), light on dark, as a picture of 12 to 140 rows."""
    rows = int(rng.integers(12, 140))
    columns = max(8, int(rows * rng.uniform(0.6, 1.6)))
    margins = rng.integers(0, 12, (2, 2))
    turned = Image.fromarray(np.pad(digit, margins)).rotate(float(rng.uniform(-15, 15)))
    ink = np.asarray(turned.resize((columns, rows), Image.Resampling.BILINEAR), np.float64) / 255
    kind = int(rng.integers(0, 8))
    ground = _paper(ink.shape, kind, rng)
    picture = ground * (1 - ink) + np.minimum(rng.uniform(0, 90), ground) * ink
    if kind in (3, 4, 5):
        picture += rng.normal(0, rng.uniform(1, 20), picture.shape)
    if kind == 6:
        salt = rng.random(picture.shape)
        picture[salt < 0.03], picture[salt > 0.97] = 0, 255
    if kind == 7:
        picture[:, :2] = 30  # what lies beside the paper
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return 255 - pixels if rng.random() < 0.4 else pixels


def _paper(shape: tuple[int, ...], kind: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    ground = np.full(shape, rng.uniform(140, 255))
    down, across = np.arange(shape[0])[:, np.newaxis], np.arange(shape[1])
    if kind in (1, 4):
        v, u = 2 * down / shape[0] - 1, 2 * across / shape[1] - 1
        ground *= 1 - 0.35 * rng.random() * (u + v + 2) / 4 - 0.2 * rng.random() * u * u
    if kind in (2, 4):
        every, tone = int(rng.integers(6, 20)), rng.uniform(90, 200)
        sloping = down + np.rint(rng.uniform(-0.04, 0.04) * across)
        ground = np.where(sloping % every < 1 + (every > 14), np.minimum(ground, tone), ground)
        if rng.random() < 0.5:
            ground[:, across % every < 1] = np.minimum(ground[:, across % every < 1], tone)
    return ground
