"""Which of the things that were read are figures: told by how sure the model is, by their size, and by their shape.

A scribble is unsure, has more holes than figures have, or stands alone and is of another size.
"""

from __future__ import annotations

from figurate.figures.reading.segmenting import Reading
from figurate.figures.reading.shapes import holes, intricacy, scribbled

_FAR = 1.2  # heights, from all others: alone
# How sure the model has to be:
_BESIDE = 0.5  # of a figure among others
_ALONE = 0.93  # of one that stands alone
_CUT_ALONE = 0.9  # of figures that were cut out of a thing that stands alone
_ODD = 0.97  # of one more intricate than figures are
# The same of one that is one whole figure, as far as its place tells, and of one that is none:
_ENTIRE_BESIDE, _ENTIRE_ALONE = 0.25, 0.6
_PART_BESIDE, _NEVER = 0.85, 2.0
_ENTIRE, _PART = 0.7, 0.05  # how likely one whole figure is one, and how likely none is
_MOST_HOLES = 2
_THIN_CUT = 2.2  # strokes' thickness: what two figures that only touch are parted by


def accepted(readings: list[Reading], height: float) -> list[Reading]:
    """A line's figures without what is none.

    Args:
        readings: Of the line.
        height: Of the page's figures.
    """
    groups: list[list[Reading]] = []
    for reading in readings:
        if groups and reading.piece.left - max(other.piece.right for other in groups[-1]) < _FAR * height:
            groups[-1].append(reading)
        else:
            groups.append([reading])
    return [reading for group in groups for reading in _accepted_together(group, height)]


def _accepted_together(group: list[Reading], height: float) -> list[Reading]:
    """The figures of those that stand close together."""
    wholes = {id(reading.whole or reading.piece) for reading in group}
    if len(wholes) > 1:
        return [reading for reading in group if reading.sure >= _least(reading, _BESIDE, _ENTIRE_BESIDE, _PART_BESIDE)]
    # One thing, perhaps cut into several: it is one figure, or each of its parts is one beyond doubt.
    whole = group[0].whole
    if whole is not None and (
        len(group) > 2 or max(reading.cut for reading in group) > _THIN_CUT or scribbled(whole, height, strictly=True)
    ):
        return []
    least = _ALONE if whole is None else _CUT_ALONE
    if all(
        reading.sure >= _least(reading, least, _ENTIRE_ALONE, _NEVER)
        and 0.5 * height < reading.piece.height < 1.8 * height
        for reading in group
    ):
        return group
    return []


def _least(reading: Reading, usual: float, whole: float, part: float) -> float:
    """How sure the model has to be of a shape: surer where it is odd; far too intricate ones are out.

    Args:
        reading: Of the shape.
        usual: Where nothing else is known.
        whole: Where it is one whole figure.
        part: Where it is none, at least.
    """
    odd = intricacy(reading.piece)
    extra = holes(reading.piece) - _MOST_HOLES
    if odd > 1.0 or extra > 1:
        return _NEVER
    if reading.entire is not None and reading.entire > _ENTIRE:
        return whole
    least = max(usual, _ODD) if odd > 0.1 or extra > 0 else usual
    return least if reading.entire is None or reading.entire > _PART else max(least, part)
