"""Pictures for the tests: figures drawn with a few strokes, and files of every kind that hold them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]


def stroke(kind: int, side: int = 40, shift: int = 0, ground: int = 255, ink: int = 20) -> Pixels:
    """A bar, a cross or a ring, dark on light: (side, side)."""
    picture = np.full((side, side), ground, np.uint8)
    low, high, middle = side // 5, side - side // 5, side // 2 + shift
    width = max(2, side // 12)
    if kind != 2:
        picture[low:high, middle : middle + width] = ink
    if kind == 1:
        picture[side // 2 : side // 2 + width, low:high] = ink
    if kind == 2:
        picture[low:high, low:high] = ink
        picture[low + width : high - width, low + width : high - width] = ground
    return picture


def photo(seed: int, shape: tuple[int, ...] = (30, 40, 3)) -> Pixels:
    """Coloured noise, which shows no strokes."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def save(picture: Pixels, path: Path) -> Path:
    """Write a picture in the format of its name's ending; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path


def png(picture: Pixels) -> bytes:
    """A picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def tree(folder: Path, classes: Sequence[str], each: int = 5, side: int = 40) -> Path:
    """A folder for each class, with strokes of a kind a class, on pictures of several sizes."""
    for kind, name in enumerate(classes):
        for number in range(each):
            save(stroke(kind % 3, side + number % 3, shift=number % 3), folder / name / f"{number}.png")
    return folder


def digits(count: int) -> tuple[Pixels, npt.NDArray[np.uint8]]:
    """MNIST's first figures: (count, 28, 28), and their labels."""
    from figurate.datasets import mnist

    (x, y), _ = mnist.load_data()
    return np.array(x[:count]), np.array(y[:count])
