"""Digits drawn along the paths of pens, in MNIST's form; they ship with the package, nothing is fetched.

MNIST was written in the United States. Elsewhere a 1 has a long upstroke and a 7 a bar, and a reader of MNIST alone
takes the one for the other. Each form of a digit is a few strokes, drawn by tools/drawn_digits.py with points moved a
little by chance, slants, proportions and pens of all kinds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from figurate.datasets import folder

if TYPE_CHECKING:
    from figurate.datasets.folder import Data

__all__ = ["class_names", "kind", "load_data"]

class_names: tuple[str, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
"""The names of the ten classes, by label."""

kind = "characters"
"""What the figures show, as `presets.get` takes it."""

_FOLDER = Path(__file__).parent / "files" / "drawn_digits"


def load_data() -> Data:
    """Load the drawn digits.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, uint8 arrays: x (6000, 28, 28) and (1000, 28, 28), 0 to 255, ink high;
        y (6000,) and (1000,), the digits.

    Raises:
        FileFormatError: The installed files are missing or damaged.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_train.dtype, y_test[:4].tolist()
        ((6000, 28, 28), dtype('uint8'), [0, 1, 2, 3])
    """
    return folder.read(_FOLDER)
