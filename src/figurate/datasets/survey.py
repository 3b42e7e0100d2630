"""What becomes of the figures, chosen by looking at some of them: left as they are, brought into a form, or fitted.

The form itself is `figurate.figures`'. No threshold here was set by a test set: they say what "strokes on plain ground"
means for pictures of any source, generously.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.picture_rows import Item, Order, Pixels, open_one
from figurate.errors import ConfigurationError, FileFormatError

if TYPE_CHECKING:
    from figurate.datasets.decoding import Pictures
    from figurate.figures import FigurePreprocessing

__all__ = ["LEARNED_FROM", "SAMPLE", "Plan", "Wish", "plan", "readable", "sample", "scaled", "some_of", "strokes"]

SAMPLE = 500
"""Pictures that are looked at."""

LEARNED_FROM = 1000
"""Figures of an array that its form is learned from."""

_JUDGED = 100  # of the sample, which is in random order, for whether they show strokes
_SAMPLE_PIXELS = 50_000_000  # of large photographs, fewer are looked at
_LOOKED_AT = 128  # pixels of a side that are looked at
_LEAST, _MOST = 8, 64  # sides that are chosen
_STROKES_SIDE = 28  # strokes need no more, as MNIST and EMNIST show, and time grows with the square
_BOX = 20 / 28  # of the side, as in MNIST

Choice: TypeAlias = "Literal['auto'] | FigurePreprocessing | None"


@dataclass(frozen=True)
class Wish:
    """What the caller wants the figures to be.

    Args:
        size: (height, width), or None to choose.
        channels: 1 or 3, or None to choose.
        preprocessing: "auto", None to only fit the size, or a form.
    """

    size: tuple[int, int] | None
    channels: int | None
    preprocessing: Choice

    @classmethod
    def checked(cls, size: int | Sequence[int] | None, channels: int | None, preprocessing: Any) -> Wish:
        """The arguments of `load`, checked.

        Raises:
            ConfigurationError: One is out of range.
        """
        from figurate.figures import FigurePreprocessing

        sides = (size, size) if isinstance(size, int) else size
        if sides is not None:
            whole = [int(side) for side in sides if isinstance(side, int | np.integer) and not isinstance(side, bool)]
            if len(whole) != 2 or len(tuple(sides)) != 2 or not all(1 <= side <= 4096 for side in whole):
                raise ConfigurationError(
                    f"`load` expects size as pixels of a side or (height, width), 1 to 4096, received {size!r}. Try 28."
                )
            sides = (whole[0], whole[1])
        if channels not in (None, 1, 3):
            raise ConfigurationError(
                f"`load` expects channels of 1 (grey), 3 (colour) or None (as the figures are), received {channels!r}."
            )
        if preprocessing not in ("auto", None) and not isinstance(preprocessing, FigurePreprocessing):
            raise ConfigurationError(
                f"`load` expects preprocessing of 'auto', None or a FigurePreprocessing, received {preprocessing!r}."
            )
        if isinstance(preprocessing, FigurePreprocessing) and (sides is not None or channels is not None):
            raise ConfigurationError(
                "`load` expects either a FigurePreprocessing, which has a size and channels of its own, or size and "
                "channels, received both. Leave size and channels out."
            )
        return cls(sides, channels, preprocessing)


@dataclass(frozen=True)
class Plan:
    """What becomes of picture files.

    Args:
        order: What is done with each.
        form: What a model is to do with pictures later.
        notes: What was decided, in sentences.
    """

    order: Order
    form: FigurePreprocessing
    notes: list[str]


def sample(pictures: Pictures) -> list[Pixels]:
    """Decode up to 500 pictures from all over, fewer of large ones; those that cannot be read are passed over."""
    count = len(pictures)
    indices = np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64))
    indices = np.random.Generator(np.random.PCG64(0)).permutation(indices)
    found: list[Pixels] = []
    pixels = 0
    for picture in readable(pictures.sample(indices.tolist())):
        found.append(picture)
        pixels += picture.size
        if pixels > _SAMPLE_PIXELS:
            break
    return found


def readable(items: Iterator[Item]) -> Iterator[Pixels]:
    """The pictures that can be read."""
    for item in items:
        try:
            yield open_one(item)
        except (FileFormatError, OSError, MemoryError):
            continue


def some_of(x: NDArray[Any]) -> NDArray[Any]:
    """Up to 1,000 figures of an array, from all over it: (k, …)."""
    if len(x) <= LEARNED_FROM:
        return x
    return x[np.linspace(0, len(x) - 1, LEARNED_FROM).astype(np.int64)]


def plan(seen: Sequence[Pixels], wish: Wish, *, sizes: bool = False, colours: bool = False) -> Plan:
    """Choose what becomes of picture files.

    Args:
        seen: Some of them, as `sample` gives them; at least one.
        wish: What the caller wants.
        sizes: Whether they are known to be of several sizes, whatever the sample says.
        colours: Whether they are known to be coloured.

    Returns:
        The order and the form.
    """
    from figurate.figures import FigurePreprocessing

    shapes = {picture.shape[:2] for picture in seen}
    one = None if sizes or len(shapes) > 1 else next(iter(shapes))
    coloured = colours or any(picture.ndim == 3 for picture in seen)
    learned = None
    if one is not None and max(one) <= _MOST and min(one) >= 4 and not coloured and wish.preprocessing is not None:
        learned = FigurePreprocessing.learn(np.stack(seen[:LEARNED_FROM]))
    if isinstance(wish.preprocessing, FigurePreprocessing):
        form = wish.preprocessing
        if learned is not None and alike(learned, form):
            return _as_they_are(form)
        return Plan(_order(form), form, [f"Brought into form: {_words(form)}."])
    suits = one is not None and wish.size in (None, one) and wish.channels in (None, 3 if coloured else 1)
    if learned is not None and learned.box is not None and suits:
        return _as_they_are(learned, f"All figures are of one form and stay as they are: {_words(learned)}.")
    if wish.preprocessing == "auto" and wish.channels != 3 and strokes(seen[:_JUDGED]):
        side = min(max(_side(seen), _LEAST), _STROKES_SIDE)
        size = wish.size or (side, side)
        box = (_BOX * size[0], _BOX * size[1])
        form = FigurePreprocessing(height=size[0], width=size[1], box=box)
        return Plan(_order(form), form, [f"Strokes on plain ground, brought into form: {_words(form)}."])
    size = wish.size or _fitting(seen)
    channels = wish.channels or (3 if coloured else 1)
    form = FigurePreprocessing(height=size[0], width=size[1], channels=channels)
    if suits and size == one:
        return _as_they_are(form, f"All figures are {size[0]} × {size[1]} pixels and stay as they are.")
    return Plan(_order(form), form, [f"Fitted to {_words(form)}, proportions kept."])


def scaled(form: FigurePreprocessing, size: tuple[int, int]) -> FigurePreprocessing:
    """A form at another size: what strokes fill, and how thick they are, grow with it."""
    rows, columns = size[0] / form.height, size[1] / form.width
    box = None if form.box is None else (form.box[0] * rows, form.box[1] * columns)
    least = min(rows, columns)
    width = None if form.stroke_width is None else (form.stroke_width[0] * least, form.stroke_width[1] * least)
    return replace(form, height=size[0], width=size[1], box=box, stroke_width=width)


def strokes(pictures: Sequence[Pixels]) -> bool:
    """Whether pictures show strokes on plain ground: letters, digits, signs, drawings with one pen.

    Of ten, at least nine have a border of one tone, which may change evenly from side to side as light does; ink of one
    colour that covers 0.3 to 45 of 100 pixels; and ink that is thin for its extent, as nothing filled is.
    """
    return len(pictures) > 0 and sum(map(_shows_strokes, pictures)) >= 0.9 * len(pictures)


def _shows_strokes(picture: Pixels) -> bool:
    step = max(1, max(picture.shape[:2]) // _LOOKED_AT)
    picture = picture[::step, ::step]
    tones = (picture if picture.ndim == 2 else picture.mean(axis=2)).astype(np.float32)
    edge = np.ones(tones.shape, bool)
    edge[1:-1, 1:-1] = False
    if picture.ndim == 3 and not _one_colour(picture.astype(np.float32), edge):
        return False
    # The ground: a plane through the border's tones. What is no ground at all has no say.
    rows, columns = np.indices(tones.shape, np.float32)
    places = np.stack([np.ones(edge.sum(), np.float32), rows[edge], columns[edge]], axis=1)
    near = np.abs(tones[edge] - np.median(tones[edge])) <= 64
    plane, *_ = np.linalg.lstsq(places[near], tones[edge][near], rcond=None)
    away = np.abs(tones - (plane[0] + plane[1] * rows + plane[2] * columns))
    if float((away[edge] <= 24).mean()) < 0.85:
        return False
    contrast = float(np.percentile(away, 99.8))  # of ink, not of a speck
    ink = away > contrast / 2
    return contrast >= 48 and 0.003 <= float(ink.mean()) <= 0.45 and _thin(ink)


def _one_colour(picture: NDArray[np.float32], edge: NDArray[np.bool_]) -> bool:
    """Whether all colours lie on one line from the ground's colour: one pen's, more and less of it."""
    away = (picture - np.median(picture[edge], axis=0)).reshape(-1, 3)
    spread = np.linalg.eigvalsh(away.T @ away)
    return bool(spread[-1] >= 0.95 * max(float(spread.sum()), 1e-6)) or bool(np.ptp(picture, axis=2).mean() <= 16)


def _thin(ink: NDArray[np.bool_]) -> bool:
    """Whether little of the ink lies deep within ink: farther from its edge than a twelfth of its extent."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    extent = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    side = 2 * max(1, round(extent / 12)) + 1
    if min(ink.shape) < side:
        return True
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), np.int32)
    sums[1:, 1:] = ink.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    within = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return int((within == side * side).sum()) <= 0.25 * int(ink.sum())


def _side(seen: Sequence[Pixels]) -> int:
    return round(float(np.median([max(picture.shape[:2]) for picture in seen])))


def _fitting(seen: Sequence[Pixels]) -> tuple[int, int]:
    """The median height and width, both made smaller or larger until they lie within what is usual."""
    height = float(np.median([picture.shape[0] for picture in seen]))
    width = float(np.median([picture.shape[1] for picture in seen]))
    by = min(1.0, _MOST / max(height, width))
    return max(_LEAST, round(by * height)), max(_LEAST, round(by * width))


def _order(form: FigurePreprocessing) -> Order:
    return Order(tuple(form.figure_shape), form.get_config())


def _as_they_are(form: FigurePreprocessing, *notes: str) -> Plan:
    return Plan(Order(tuple(form.figure_shape), None), form, list(notes))


def alike(learned: FigurePreprocessing, form: FigurePreprocessing) -> bool:
    """Whether figures with the one form need not be brought into the other."""
    if learned.figure_shape != form.figure_shape or learned.box is None or form.box is None:
        return False
    near = all(abs(a - b) <= 0.08 * side for a, b, side in zip(learned.box, form.box, form.figure_shape, strict=False))
    return near and learned.ground == form.ground and learned.centre == form.centre


def _words(form: FigurePreprocessing) -> str:
    """A form in words."""
    text = f"{form.height} × {form.width} pixels, {'grey' if form.channels == 1 else 'colour'}"
    if form.box is not None:
        text += f", on {form.ground} ground, strokes within {form.box[0]:.0f} × {form.box[1]:.0f}"
        text += f", {'centre of mass' if form.centre == 'mass' else 'box'} in the middle"
    return text
