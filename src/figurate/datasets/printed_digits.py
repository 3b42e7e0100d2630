"""Printed digits, rendered from fonts in MNIST's form; they ship with the package, nothing is fetched.

Of about a hundred designs (sans, serif, typewriter; bold, light, narrow and italic; figures on the line and old-style
ones), some designs make the test part and none of their figures is learned from. Each digit is there twice: as the font
has it, and as a print or a photograph may show it. tools/printed_digits.py renders them; the fonts and their licences
are listed in NOTICE, every face in files/printed_digits/faces.csv.
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

_FOLDER = Path(__file__).parent / "files" / "printed_digits"


def load_data() -> Data:
    """Load the printed digits.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, uint8 arrays: x (n, 28, 28), 0 to 255, ink high; y (n,), the digits.
        Figures lie face by face, digit by digit.

    Raises:
        FileFormatError: The installed files are missing or damaged.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape[1:], x_train.dtype, y_test[:6].tolist()
        ((28, 28), dtype('uint8'), [0, 0, 1, 1, 2, 2])
    """
    return folder.read(_FOLDER)
