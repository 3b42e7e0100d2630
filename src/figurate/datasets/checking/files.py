"""Findings about picture files as they lie on the disk: unreadable ones, sizes, kinds of pixels, polarity.

What loading has made of them (one size, one polarity) is in the arrays; here it is told what it had to deal with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from figurate.datasets.checking.material import Material
from figurate.datasets.checking.pixels import UNCLEAR, polarities, polarity_finding
from figurate.datasets.checking.report import Example, Finding, Group
from figurate.datasets.checking.thumbnails import reduced, thumbnail
from figurate.errors import FigurateError

__all__ = ["Scan", "file_findings", "scanned", "unreadable_finding"]

_KINDS = {
    "1": "black and white",
    "L": "grey",
    "P": "palette",
    "RGB": "colour",
    "CMYK": "CMYK",
    "YCbCr": "colour",
    "LA": "grey with alpha",
    "PA": "palette with alpha",
    "RGBA": "colour with alpha",
    "I": "16 bit grey",
    "F": "floating point",
}
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KINDS = {0: "grey", 2: "colour", 3: "palette", 4: "grey with alpha", 6: "colour with alpha"}
_SMALL = 1 << 16  # bytes of a PNG whose head is read here: Pillow's takes longer than all the rest
_AT_ONCE = 1 << 18  # pixels judged at once
_MOST_SHAPES = 64
_ODD_AREA = 16.0  # so many times larger or smaller than the middle one
_ODD_SHAPE = 3.0  # so many times wider or higher than the middle one
_TOLD = 6


@dataclass
class Scan:
    """What the picture files are: one entry for each figure that is a file of its own.

    Args:
        figures: Their numbers in the material, (n,).
        sizes: (width, height), (n, 2); 0 where it could not be told.
        kinds: What kind of pixels, in words.
        polarity: One of `pixels.py`'s three, (n,).
    """

    figures: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    kinds: list[str] = field(default_factory=list)
    polarity: npt.NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))


def scanned(material: Material) -> Scan | None:
    """Look at every picture file; None where the figures are rows of something else.

    A file that has become unreadable since loading counts as of unknown kind.
    """
    found = list(_files(material))
    if not found:
        return None
    scan = Scan(
        np.array([figure for figure, _ in found], np.int64),
        np.zeros((len(found), 2), np.int64),
        ["unknown"] * len(found),
        np.full(len(found), UNCLEAR, np.int8),
    )
    waiting: dict[tuple[int, ...], list[tuple[int, npt.NDArray[np.uint8]]]] = {}
    for index, (_, path) in enumerate(found):
        try:
            scan.kinds[index], *scan.sizes[index], pixels = _looked_into(path)
        except (FigurateError, OSError, ValueError, SyntaxError, MemoryError):
            continue
        # Of one size together: one by one it would take longer than decoding them.
        same = waiting.setdefault(pixels.shape, [])
        same.append((index, pixels))
        if len(same) * pixels.size >= _AT_ONCE:
            _judge(scan, waiting.pop(pixels.shape))
        elif len(waiting) > _MOST_SHAPES:
            _judge(scan, waiting.pop(next(iter(waiting))))
    for same in waiting.values():
        _judge(scan, same)
    return scan


def _judge(scan: Scan, same: list[tuple[int, npt.NDArray[np.uint8]]]) -> None:
    """Note the polarity of pictures of one shape."""
    scan.polarity[[index for index, _ in same]] = polarities(np.stack([pixels for _, pixels in same]))


def _files(material: Material) -> Iterator[tuple[int, str]]:
    """Every figure that came from a picture file, and the file."""
    for part, start in zip(material.parts, material.starts, strict=False):
        if part.origins is not None and len(part.y) and part.file(0) is not None:
            yield from enumerate(map(str, part.origins), start)


def _looked_into(path: str) -> tuple[str, int, int, npt.NDArray[np.uint8]]:
    """A picture's kind of pixels, its width and height as they lie in the file, and its pixels."""
    from figurate.datasets.picture_rows import open_one

    with open(path, "rb") as file:
        data = file.read(_SMALL + 1)
    if len(data) <= _SMALL and data[:8] == _PNG and data[12:16] == b"IHDR" and data[25] in _PNG_KINDS:
        kind = "black and white" if data[24:26] == b"\x01\x00" else _PNG_KINDS[data[25]]
        kind = f"16 bit {kind}" if data[24] == 16 else kind
        if data.find(b"tRNS", 33, data.find(b"IDAT")) > 0:
            kind += " with alpha"
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        return kind, width, height, open_one(data)
    kind, width, height = _header(path)
    # Large ones, reduced: what is ground and what figure is told by a hundred pixels as well.
    return kind, width, height, reduced(open_one(path))


def _header(path: str) -> tuple[str, int, int]:
    """A picture's kind of pixels, width and height; its pixels are not decoded."""
    import warnings

    from PIL import Image

    from figurate.figures.pictures import FORMATS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how large it is, is told; loading has judged it
        with Image.open(path, formats=FORMATS) as image:
            kind = _KINDS.get(image.mode, "16 bit grey" if image.mode.startswith("I") else image.mode)
            if "transparency" in image.info and "alpha" not in kind:
                kind += " with alpha"
            return kind, image.width, image.height


def unreadable_finding(material: Material, examples: int) -> Finding | None:
    """The files that were skipped."""
    skipped = material.skipped
    if not skipped:
        return None
    number = len(skipped)
    shown: list[Group] = [
        (Example(place=material.short(file), file=file, text=reason),) for file, reason in skipped[:examples]
    ]
    return Finding(
        "unreadable",
        "error",
        number,
        f"{number:,} file{'' if number == 1 else 's'} could not be read and {'was' if number == 1 else 'were'} left "
        "out. Mend, replace or remove them.",
        tuple(shown),
        {"files": [{"file": file, "reason": reason} for file, reason in skipped]},
    )


def file_findings(material: Material, scan: Scan, examples: int) -> Iterator[Finding]:
    """What there is to say about the files' sizes, kinds of pixels and polarity."""

    def example(index: int, text: str) -> Example:
        figure = int(scan.figures[index])
        part, row = material.part_of(figure)
        return material.example(figure, text, thumbnail(str(part.file(row))))

    yield _sizes(scan, example, examples)
    yield _modes(scan, example, examples)
    finding = polarity_finding(scan.polarity, example, fitted=material.fitted, examples=examples)
    if finding is not None:
        yield finding


def _sizes(scan: Scan, example: Callable[[int, str], Example], examples: int) -> Finding:
    known = np.flatnonzero(scan.sizes.all(axis=1))
    counts = Counter((int(width), int(height)) for width, height in scan.sizes[known])
    words = [f"{width} × {height} ({count:,})" for (width, height), count in counts.most_common(_TOLD)]
    more = f" and {len(counts) - _TOLD:,} other sizes" if len(counts) > _TOLD else ""
    details = {
        "sizes": len(counts),
        "most_common": [
            {"width": width, "height": height, "files": count} for (width, height), count in counts.most_common(100)
        ],
    }
    odd = _odd(scan.sizes[known])
    message = f"{'One size' if len(counts) == 1 else f'{len(counts):,} sizes'}: {', '.join(words)}{more}."
    if not odd.any():
        shown = _one_of_each([f"{width} × {height}" for width, height in scan.sizes], example, examples)
        return Finding("sizes", "note", len(known), message, shown if len(counts) > 1 else (), details)
    number = int(odd.sum())
    message += (
        f" {number:,} {'is' if number == 1 else 'are'} far larger, smaller, wider or higher than most: look whether "
        f"{'it is one figure' if number == 1 else 'each is one figure'}, and no page, line or scrap."
    )
    chosen = known[odd][:examples]
    groups = tuple((example(int(index), "{} × {} pixels".format(*scan.sizes[index])),) for index in chosen)
    return Finding("sizes", "warning", number, message, groups, {**details, "odd": number})


def _odd(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which sizes stand out, by their area or their proportions, from the middle ones."""
    if not len(sizes):
        return np.zeros(0, bool)
    areas, shapes = sizes.prod(axis=1) / 1.0, sizes[:, 0] / sizes[:, 1]
    odd = np.zeros(len(sizes), bool)
    for values, most in ((areas, _ODD_AREA), (shapes, _ODD_SHAPE)):
        ratio = values / np.median(values)
        odd |= (ratio > most) | (ratio < 1 / most)
    return odd


def _modes(scan: Scan, example: Callable[[int, str], Example], examples: int) -> Finding:
    counts = Counter(scan.kinds)
    words = [f"{kind} ({count:,})" for kind, count in counts.most_common()]
    return Finding(
        "modes",
        "note",
        len(scan.kinds),
        f"{words[0][0].upper()}{', '.join(words)[1:]}." + (" Loading makes them one kind." if len(counts) > 1 else ""),
        _one_of_each(scan.kinds, example, examples) if len(counts) > 1 else (),
        {"kinds": dict(counts.most_common())},
    )


def _one_of_each(values: list[str], example: Callable[[int, str], Example], examples: int) -> tuple[Group, ...]:
    """An example of each value, the most frequent first."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        first.setdefault(value, index)
    return tuple((example(first[value], value),) for value, _ in Counter(values).most_common(examples))
