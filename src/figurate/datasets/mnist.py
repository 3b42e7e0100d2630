"""MNIST, 70,000 handwritten digits, which ships with the package; nothing is fetched.

By Y. LeCun, C. Cortes and C. J. C. Burges, http://yann.lecun.com/exdb/mnist/, under Creative Commons Attribution-Share
Alike 3.0 (see NOTICE).
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

_FOLDER = Path(__file__).parent / "files" / "mnist"


def load_data(path: str = "mnist.npz") -> Data:
    """Load MNIST.

    The arrays lie over private mappings of the package's files: loading takes milliseconds, pages come in as they are
    used, and writing to an array changes nothing but that array.

    Args:
        path: Taken for Keras' sake, where it names a cache file; it has no effect here.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, plain uint8 arrays: x (60000, 28, 28) and (10000, 28, 28), 0 to 255,
        ink high; y (60000,) and (10000,), the digits.

    Raises:
        FileFormatError: The installed files are missing or damaged.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_train.dtype, y_test[:3].tolist()
        ((60000, 28, 28), dtype('uint8'), [7, 2, 1])
    """
    return folder.read(_FOLDER, mapped=True)
