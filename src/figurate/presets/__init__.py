"""Networks with the recipes that train them, so that nobody has to design one: one file each.

`get` gives a preset by its name, for characters or for pictures of things. Presets fit themselves to figures of 8 × 8
to 64 × 64 pixels and 1 to 4 channels, and to any number of classes; sizes.py says how.

Example:
    >>> from figurate import presets
    >>> presets.names()
    ('lesson', 'fast', 'small', 'tiny', 'best')
    >>> model = presets.get("tiny").build((28, 28), 10)
    >>> model.count_params() < 5000
    True
"""

from __future__ import annotations

from typing import Literal

from figurate.errors import ConfigurationError, shown, unknown_name
from figurate.presets.base import Preset, Recipe
from figurate.presets.best import BEST
from figurate.presets.fast import FAST
from figurate.presets.lesson import LESSON
from figurate.presets.small import SMALL
from figurate.presets.tiny import TINY

__all__ = ["KINDS", "Preset", "Recipe", "get", "names"]

KINDS = ("characters", "things")
"""What figures may be pictures of, as `get` takes it."""

# Nothing here or in these files loads numpy before a preset is used, so that the command line's help comes at once.
_PRESETS = {preset.name: preset for preset in (LESSON, FAST, SMALL, TINY, BEST)}


def names() -> tuple[str, ...]:
    """The names of the presets that `get` knows."""
    return tuple(_PRESETS)


def get(name: str, kind: Literal["characters", "things"] = "characters") -> Preset:
    """The preset of this name.

    Args:
        name: One of `names()`.
        kind: What the figures show: "characters" (digits, letters, symbols), which lean and bend but are never
            mirrored; or "things" (garments, sprites), which may be, and take longer to learn. It chooses the recipe,
            and for "best" the network, too.

    Raises:
        ConfigurationError: There is no such name, and the message has the nearest one; or no such kind.

    Example:
        >>> get("fast").recipe.epochs < get("fast", kind="things").recipe.epochs
        True
    """
    if not isinstance(name, str) or name not in _PRESETS:
        raise unknown_name("preset", name if isinstance(name, str) else repr(name), _PRESETS)
    if kind not in KINDS:
        raise ConfigurationError(f"`presets.get` expects kind='characters' or 'things', received {shown(kind)}.")
    preset = _PRESETS[name]
    return preset.things if kind == "things" and preset.things is not None else preset
