"""A model that reads digits written and printed, paper that is drawn on, and the shared photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from figurate import presets
from figurate.datasets import digits, mnist

PHOTOS = Path(__file__).resolve().parents[5] / "shared" / "data" / "photos"

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="session")
def model() -> Any:
    """`fast`, after half of what it may learn."""
    pytest.importorskip("cv2")
    (x, y), _ = digits.load_data()
    return presets.get("fast").fit(x[:40000], y[:40000], seed=0, epochs=1, verbose=0, class_names=digits.class_names)


@pytest.fixture(scope="session")
def figures() -> list[Pixels]:
    """One clear test figure of each class, (28, 28), light on black."""
    _, (x, y) = mnist.load_data()
    # The second of each class among the first hundred.
    return [x[np.flatnonzero(y == label)[1]] for label in range(10)]


@pytest.fixture(scope="session")
def photographs() -> list[Path]:
    found = sorted(PHOTOS.glob("*.jpg"))
    if not found:
        pytest.skip("the shared photographs are not at hand")
    return found


class Sheet:
    """Paper that is drawn on: 1 where it is white, (height, width) float32."""

    def __init__(self, height: int, width: int) -> None:
        self.light = np.ones((height, width), np.float32)

    def put(self, figure: Pixels, top: int, left: int, height: int, ink: float = 0.15) -> int:
        """A figure whose box of 28 pixels is `height` high; returns where it ends."""
        drawn = np.asarray(Image.fromarray(figure).resize((height, height), Image.Resampling.BICUBIC), np.float32) / 255
        self.light[top : top + height, left : left + height] *= 1 - drawn * (1 - ink)
        return left + height

    def write(self, text: str, figures: list[Pixels], top: int, left: int, height: int, apart: float = 1.0) -> None:
        for number, character in enumerate(text):
            self.put(figures[int(character)], top, left + round(number * height * apart), height)

    def rule(self, *, across: range | None = None, down: range | None = None, ink: float = 0.6, thick: int = 2) -> None:
        for y in across or ():
            self.light[y : y + thick] *= ink
        for x in down or ():
            self.light[:, x : x + thick] *= ink

    def photograph(self, *, seed: int = 0, uneven: bool = True, board: bool = False) -> Pixels:
        """Light from the left, the camera's noise; light on dark where it is a board."""
        picture = 1 - 0.9 * self.light if board else self.light * 0.85
        if uneven:
            picture = picture * np.linspace(1.0, 0.5, picture.shape[1], dtype=np.float32)
        noise = np.random.default_rng(seed).normal(0, 0.01, picture.shape)
        return (np.clip(picture + noise, 0, 1) * 255).astype(np.uint8)


@pytest.fixture
def sheet() -> type[Sheet]:
    return Sheet
