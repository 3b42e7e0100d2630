"""Networks with the recipes that train them, so that nobody has to design one: one file each.

`get` gives a preset by its name. Presets fit themselves to figures of 8 × 8 to 64 × 64 pixels and 1 to 4 channels, and
to any number of classes; sizes.py says how.

Example:
    >>> from figurate import presets
    >>> presets.names()
    ('lesson', 'fast', 'small', 'tiny', 'best')
    >>> model = presets.get("tiny").build((28, 28), 10)
    >>> model.count_params() < 5000
    True
"""

from __future__ import annotations

from figurate.errors import unknown_name
from figurate.presets.base import Preset, Recipe
from figurate.presets.best import BEST
from figurate.presets.fast import FAST
from figurate.presets.lesson import LESSON
from figurate.presets.small import SMALL
from figurate.presets.tiny import TINY

__all__ = ["Preset", "Recipe", "get", "names"]

# Nothing here or in these files loads numpy before a preset is used, so that the command line's help comes at once.
_PRESETS = {preset.name: preset for preset in (LESSON, FAST, SMALL, TINY, BEST)}


def names() -> tuple[str, ...]:
    """The names of the presets that `get` knows."""
    return tuple(_PRESETS)


def get(name: str) -> Preset:
    """The preset of this name.

    Args:
        name: One of `names()`.

    Raises:
        ConfigurationError: There is none; the message has the nearest name.

    Example:
        >>> get("fast").recipe.batch_size
        128
    """
    if not isinstance(name, str) or name not in _PRESETS:
        raise unknown_name("preset", name if isinstance(name, str) else repr(name), _PRESETS)
    return _PRESETS[name]
