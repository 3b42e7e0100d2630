"""Findings about single figures: blank ones, and those of the other polarity.

Polarity is judged by the border: where most of it has one brightness, that is the ground, and the figure is what is
lighter or darker. Figures without such a ground, as photographs, have no polarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.datasets.checking.material import Material
from figurate.datasets.checking.report import Example, Finding
from figurate.errors import DataError

__all__ = ["DARK_ON_LIGHT", "LIGHT_ON_DARK", "UNCLEAR", "blank_finding", "looked_at", "polarities", "polarity_finding"]

LIGHT_ON_DARK, DARK_ON_LIGHT, UNCLEAR = 1, -1, 0
_WORDS = {LIGHT_ON_DARK: "light on dark", DARK_ON_LIGHT: "dark on light"}

_LEAST_CONTRAST = 8 / 255  # of the whole range: paler strokes are paper's texture or JPEG's noise
_GROUND_WITHIN = 0.15  # of the contrast
_GROUND_SHARE = 0.75  # of the border


def looked_at(material: Material) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int8]]:
    """Which figures are blank, and the polarity of each: two arrays (n,).

    Raises:
        DataError: Pixels are no finite numbers.
    """
    blank = np.empty(len(material), bool)
    polarity = np.empty(len(material), np.int8)
    least = _LEAST_CONTRAST * _range(material)
    for start, block in material.blocks():
        # Of each channel by itself: one colour all over shows nothing, either.
        channels = block.reshape(len(block), block.shape[1] * block.shape[2], -1)
        span = channels.max(axis=1).astype(np.float32) - channels.min(axis=1).astype(np.float32)
        contrast = span.max(axis=1)
        if not np.isfinite(contrast).all():
            where = material.example(start + int(np.argmin(np.isfinite(contrast)))).place
            raise DataError(f"Expected finite pixels, received NaN or infinity in {where}. Replace them.")
        own = slice(start, start + len(block))
        blank[own] = contrast < least
        polarity[own] = polarities(block)
    polarity[blank] = UNCLEAR
    return blank, polarity


def polarities(figures: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """The polarity of figures (n, h, w) or (n, h, w, channels), any range: (n,) of the three constants above.

    Bytes with next to no contrast have none.
    """
    grey = figures if figures.ndim == 3 else figures[..., :3].mean(axis=3)
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1]], axis=1)
    middle = border.shape[1] // 2
    ground = np.partition(border, middle, axis=1)[:, middle].astype(np.float32)
    flat = grey.reshape(len(grey), -1)
    contrast = flat.max(axis=1).astype(np.float32) - flat.min(axis=1).astype(np.float32)
    near = np.abs(border.astype(np.float32) - ground[:, None]) <= _GROUND_WITHIN * contrast[:, None]
    clear = near.mean(axis=1) >= _GROUND_SHARE
    lighter = flat.mean(axis=1, dtype=np.float32) - ground
    if figures.dtype == np.uint8:
        clear &= contrast >= _LEAST_CONTRAST * 255
    found: npt.NDArray[np.int8] = np.where(clear, np.sign(lighter), UNCLEAR).astype(np.int8)
    return found


def blank_finding(material: Material, blank: npt.NDArray[np.bool_], examples: int) -> Finding | None:
    """The figures that show nothing."""
    found = np.flatnonzero(blank)
    if not len(found):
        return None
    number = len(found)
    return Finding(
        "blank",
        "warning",
        number,
        f"{number:,} figure{'' if number == 1 else 's'} show{'s' if number == 1 else ''} nothing: all pixels are "
        "nearly the same. A network learns nothing from them but their label. Remove them, unless a class of its own "
        "is for blank ones.",
        tuple((material.example(int(figure)),) for figure in _spread(found, examples)),
        {"classes": _by_class(material, found)},
    )


def polarity_finding(polarity: npt.NDArray[np.int8], example: Any, *, fitted: bool, examples: int) -> Finding | None:
    """The figures whose polarity isn't that of most.

    Args:
        polarity: Of each, (n,).
        example: Makes an `Example` of a number and a text.
        fitted: Whether loading has brought all figures to one polarity.
        examples: How many to show.

    Returns:
        None where no figure has a clear ground.
    """
    counts = {word: int((polarity == value).sum()) for value, word in _WORDS.items()}
    clear = sum(counts.values())
    if clear * 2 < len(polarity):
        return None
    most = LIGHT_ON_DARK if counts["light on dark"] * 2 >= clear else DARK_ON_LIGHT
    others = np.flatnonzero(polarity == -most)
    details = {
        "light_on_dark": counts["light on dark"],
        "dark_on_light": counts["dark on light"],
        "unclear": len(polarity) - clear,
    }
    if not len(others):
        message = f"Figures are {_WORDS[most]}."
        return Finding("polarity", "note", clear, message, (), details)
    number = len(others)
    told = (
        f"{number:,} figure{' is' if number == 1 else 's are'} {_WORDS[-most]}, while most ({counts[_WORDS[most]]:,}) "
        f"are {_WORDS[most]}. "
    )
    told += (
        "Loading brings all of them to one polarity."
        if fitted
        else "A network takes them for something else: invert them, or load them from picture files, which turns them."
    )
    shown: Sequence[Example] = [example(int(figure), _WORDS[-most]) for figure in _spread(others, examples)]
    return Finding("polarity", "note" if fitted else "warning", number, told, tuple((one,) for one in shown), details)


def _spread(figures: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.int64]:
    """Some of many, evenly spread, so that they are not all of the first class."""
    some: npt.NDArray[np.int64] = figures[np.linspace(0, len(figures) - 1, min(len(figures), number)).astype(int)]
    return some


def _range(material: Material) -> float:
    """How far the pixels reach: 255 for bytes, else what they span."""
    if material.parts[0].x.dtype == np.uint8:
        return 255.0
    low, high = np.inf, -np.inf
    for _, block in material.blocks():
        low, high = min(low, float(block.min())), max(high, float(block.max()))
    return max(high - low, 1e-9)


def _by_class(material: Material, figures: npt.NDArray[np.int64]) -> dict[str, int]:
    counts = np.bincount(material.labels[figures], minlength=len(material.class_names))
    return {name: int(counts[label]) for label, name in enumerate(material.class_names) if counts[label]}
