"""The figures of a set made arrays of one shape: picture files decoded as planned, arrays brought into form if need be.

What is best for them is chosen in `survey.py`, decoding is done by `decoding.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.dataset import Skipped
from figurate.datasets.decoding import Different, cpus, decode
from figurate.datasets.found import Found, Part, figures_joined
from figurate.datasets.picture_rows import Problem
from figurate.datasets.spool import converted, gather
from figurate.datasets.survey import SAMPLE, Plan, Wish, alike, plan, readable, sample, scaled, some_of
from figurate.errors import FileFormatError

if TYPE_CHECKING:
    from figurate.datasets.decoding import Pictures
    from figurate.figures import FigurePreprocessing

__all__ = ["array_parts", "picture_parts"]


def picture_parts(found: Found, wish: Wish, strict: bool, threads: int | None) -> FigurePreprocessing:
    """Decode the pictures of every part, in place; what cannot be read is left out and noted.

    Args:
        found: The set; its parts get arrays.
        wish: What the caller wants.
        strict: Whether to stop at the first picture that cannot be read.
        threads: Processes that decode.

    Returns:
        The form that the figures have.

    Raises:
        FileFormatError: No picture could be read, or, if strict, one could not.
    """
    pictures = figures_joined([part.figures for part in found.parts.values()])
    assert not isinstance(pictures, np.ndarray)
    seen = sample(pictures)
    if not seen:  # what was looked at is damaged; the rest may not be
        seen = list(islice(readable(pictures.items()), SAMPLE))
    if not seen:
        raise _none(found, pictures)
    different: set[str] = set()
    while True:
        chosen = plan(seen, wish, sizes="size" in different, colours="colour" in different)
        try:
            skipped = _decode(found, chosen, strict, threads)
            break
        except Different as error:
            # The sample was of one kind, and a picture beyond it is not. At most twice.
            different.add(error.kind)
    found.skipped += skipped
    found.notes += chosen.notes
    found.brought_into_form = chosen.order.form is not None
    return chosen.form


def _decode(found: Found, chosen: Plan, strict: bool, threads: int | None) -> list[Skipped]:
    made: dict[str, Part] = {}
    skipped: list[Skipped] = []
    for name, part in found.parts.items():
        assert not isinstance(part.figures, np.ndarray)
        rows, problems = decode(part.figures, chosen.order, threads, stop_at_first=strict)
        lost = [_skipped(part, problem) for problem in problems]
        if lost and strict:
            raise FileFormatError(f"`{lost[0].file}`: {lost[0].reason}. Without `strict` it is left out.")
        skipped += lost
        made[name] = _without(replace(part, figures=rows), problems)
    for name, part in made.items():
        if len(part) == 0:
            raise FileFormatError(
                f"`{found.what}`: expected pictures that can be read, received none in part {name}: "
                f"`{skipped[0].file}`: {skipped[0].reason}, and {len(skipped) - 1:,} more."
            )
    found.parts = made
    return skipped


def _skipped(part: Part, problem: Problem) -> Skipped:
    return Skipped(part.places[problem.row] if part.places is not None else str(problem.row), problem.reason)


def _without(part: Part, problems: list[Problem]) -> Part:
    """A part less the pictures that could not be read."""
    if not problems:
        return part
    kept = np.ones(len(part), bool)
    kept[[problem.row for problem in problems]] = False
    indices = np.flatnonzero(kept)
    assert isinstance(part.figures, np.ndarray)
    return Part(
        gather(part.figures, indices),
        part.labels.take(indices) if part.labels is not None else None,
        part.places.take(indices) if part.places is not None else None,
        part.groups.take(indices) if part.groups is not None else None,
    )


def _none(found: Found, pictures: Pictures) -> FileFormatError:
    from figurate.datasets.picture_rows import open_one, reason_of

    [part, *_] = found.parts.values()
    reason = "no picture"
    try:
        open_one(next(iter(pictures.items())))
    except (FileFormatError, OSError, MemoryError) as error:
        reason = reason_of(error)
    where = part.places[0] if part.places is not None else found.what
    return FileFormatError(
        f"`{found.what}`: expected pictures, received {len(pictures):,} files of which none can be read; the first is "
        f"`{where}`: {reason.rstrip('.')}."
    )


def array_parts(found: Found, wish: Wish, threads: int | None) -> FigurePreprocessing | None:
    """Learn the form of a set of arrays, and bring them into another one if that is wanted, in place.

    Args:
        found: The set; its parts hold uint8 figures.
        wish: What the caller wants.
        threads: That bring figures into form.

    Returns:
        The form that the figures have; None where it was not to be looked for.
    """
    from figurate.figures import FigurePreprocessing

    arrays = [part.figures for part in found.parts.values() if isinstance(part.figures, np.ndarray)]
    shape = arrays[0].shape[1:]
    same = all(array.shape[1:] == shape for array in arrays)
    if isinstance(wish.preprocessing, FigurePreprocessing):
        form = wish.preprocessing
        fits = same and shape == form.figure_shape
        if fits and (form.box is None or alike(FigurePreprocessing.learn(some_of(arrays[0])), form)):
            return form
        found.notes.append("Brought into the model's form.")
    else:
        asked = wish.size not in (None, shape[:2]) or wish.channels not in (None, 1 if len(shape) == 2 else 3)
        if wish.preprocessing is None and not asked and same:
            return None
        learned = FigurePreprocessing.learn(some_of(arrays[0]))
        if not asked and same:
            found.notes += _notes(learned)
            return learned
        form = scaled(learned, wish.size or (learned.height, learned.width))
        channels = wish.channels or learned.channels
        form = replace(form, channels=channels, box=form.box if channels == 1 and wish.preprocessing else None)
        found.notes.append(f"Brought to {form.height} × {form.width} pixels.")
    for part in found.parts.values():
        assert isinstance(part.figures, np.ndarray)
        part.figures = _brought(part.figures, form, threads)
    found.brought_into_form = True
    return form


def _brought(x: NDArray[Any], form: FigurePreprocessing, threads: int | None) -> NDArray[Any]:
    def change(rows: NDArray[Any]) -> NDArray[Any]:
        return form.all(list(rows), threads=threads or cpus())

    return converted(x, change, np.uint8, tuple(form.figure_shape))


def _notes(form: FigurePreprocessing) -> list[str]:
    """What is worth saying of a form that figures have already: nothing where they are no strokes."""
    if form.box is None:
        return []
    return [
        f"The figures stay as they are; their form: strokes within {form.box[0]:.0f} × {form.box[1]:.0f} of "
        f"{form.height} × {form.width} pixels, on {form.ground} ground."
    ]
