"""Digits of every kind together: MNIST's handwritten ones, printed ones, and those that pens draw elsewhere.

What stands in a form or a filled-in puzzle is partly printed and partly written. A network that learned from MNIST
alone takes a printed 1 for a 7, and a 1 with a long upstroke, too. All three sets ship with the package; nothing is
fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from figurate.datasets import drawn_digits, mnist, printed_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.datasets.folder import Data

__all__ = ["class_names", "kind", "load_data"]

class_names: tuple[str, ...] = mnist.class_names
"""The names of the ten classes, by label."""

kind = "characters"
"""What the figures show, as `presets.get` takes it."""

_WRITTEN = 3  # handwritten training figures to a printed one and a drawn one


def load_data() -> Data:
    """Load MNIST, the printed and the drawn digits as one set.

    Of five training figures three are MNIST's, one is printed and one drawn. There are fewer of the last two than that
    takes, so each comes two to four times, its copies near each other: figures split off at the end have next to none
    among the others. The order is always the same. Test figures are MNIST's 10,000, then the printed and the drawn
    ones, each once.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, uint8 arrays: x (100000, 28, 28) and (12380, 28, 28), 0 to 255, ink
        high; y (100000,) and (12380,), the digits.

    Raises:
        FileFormatError: The installed files are missing or damaged.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_train.dtype, y_test[:3].tolist()
        ((100000, 28, 28), dtype('uint8'), [7, 2, 1])
    """
    (written, *others) = [module.load_data() for module in (mnist, printed_digits, drawn_digits)]
    groups = len(written[0][0]) // _WRITTEN
    # Each as often as another, give or take one.
    repeated = [np.arange(groups) * len(other[0][0]) // groups for other in others]
    x, y = (
        _woven(written[0][half], [other[0][half][rows] for other, rows in zip(others, repeated, strict=True)])
        for half in (0, 1)
    )
    x_test, y_test = (np.concatenate([part[1][half] for part in (written, *others)]) for half in (0, 1))
    return (x, y), (x_test, y_test)


def _woven(written: NDArray[Any], others: list[NDArray[Any]]) -> NDArray[Any]:
    """`_WRITTEN` of the first, then one of each other, and so on: (3n, …) and k of (n, …) make ((3 + k) n, …)."""
    count = len(others[0])
    rows = written[: _WRITTEN * count].reshape(count, _WRITTEN, *written.shape[1:])
    return np.concatenate([rows, *(other[:, None] for other in others)], axis=1).reshape(-1, *written.shape[1:])
