"""What happens to pictures of figures before they reach a reader: paper, light, scanners, phones, file formats.

Every function takes one picture, dark strokes on a light ground, as a grey Pillow image of any size, and a numpy
generator; it returns the bytes of a picture file, so that what a file says (16 bits, EXIF, alpha) is read from a file.
Thicknesses and distances are in parts of the picture's height. Nothing here knows a model, or figurate.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

Perturbation = Callable[[Image.Image, np.random.Generator], bytes]
Plane = np.ndarray[Any, np.dtype[np.float64]]

# What EXIF's orientations 2 to 8 tell a viewer to do, undone: a viewer that obeys shows the picture upright.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_ORIENTATION = 0x0112


def generator(name: str, seed: int, draw: int, number: int) -> np.random.Generator:
    """The generator of one picture's chance: a matter of its address alone, whatever else is measured."""
    return np.random.default_rng([zlib.crc32(name.encode()), seed, draw, number])


def clean(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """The picture as it is."""
    return _png(picture)


def inverted(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Light on dark."""
    return _png(Image.fromarray(255 - np.asarray(picture)))


def grey_paper(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Ink on grey paper with clouds and grain."""
    values = _plane(_enlarged(picture, chance))
    paper = chance.uniform(110, 235)
    ink = chance.uniform(0, 0.4) * paper
    ground = (
        paper + chance.uniform(0, 6) * _clouds(values.shape, chance) + chance.uniform(1, 5) * _grain(values, chance)
    )
    return _png(_image(ink + (ground - ink) * values / 255))


def light_gradient(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Light that falls to as little as half across the picture, from any side."""
    values = _plane(_enlarged(picture, chance))
    angle, least = chance.uniform(0, 2 * np.pi), chance.uniform(0.5, 0.8)
    down, across = np.mgrid[0 : values.shape[0], 0 : values.shape[1]]
    along = down * np.sin(angle) + across * np.cos(angle)
    along = (along - along.min()) / (along.max() - along.min())
    return _png(_image(values * chance.uniform(0.8, 1.0) * (1 - (1 - least) * along)))


def any_size(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """14 to 400 pixels high, every factor as likely as another."""
    height = round(14 * (400 / 14) ** chance.random())
    width = max(1, round(picture.width * height / picture.height))
    smooth = [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]
    return _png(picture.resize((width, height), smooth[chance.integers(len(smooth))]))


def off_centre(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Strokes moved until they touch the edge, or two edges that meet."""
    values = np.asarray(picture)
    ink = np.argwhere(values < 192)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    downs = (-top, values.shape[0] - 1 - bottom, int(chance.integers(-top, values.shape[0] - bottom)))
    acrosses = (-left, values.shape[1] - 1 - right, int(chance.integers(-left, values.shape[1] - right)))
    down, across = ((0, 2), (1, 2), (2, 0), (2, 1), (0, 0), (0, 1), (1, 0), (1, 1))[chance.integers(8)]
    moved = Image.new("L", picture.size, 255)
    moved.paste(picture, (int(acrosses[across]), int(downs[down])))
    return _png(moved)


def exif_rotated(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Stored turned or mirrored, with the mark by which viewers show it upright."""
    orientation = int(chance.choice([3, 6, 8, 3, 6, 8, 2, 4, 5, 7]))  # phones turn; mirrors are rarer
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    stored = picture.transpose(_STORED[orientation])
    if chance.random() < 0.75:
        return _file(stored, "JPEG", quality=95, exif=exif)
    return _file(stored, "PNG", exif=exif)


def jpeg_30(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """A JPEG of quality 30."""
    return _file(_enlarged(picture, chance), "JPEG", quality=30)


def salt(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Of all pixels, 5 % are white: holes in dark strokes."""
    values = np.array(picture)
    values[chance.random(values.shape) < 0.05] = 255
    return _png(Image.fromarray(values))


def salt_inverted(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Light strokes on a dark ground, and 5 % of all pixels as light as strokes."""
    values = 255 - np.asarray(picture)
    values[chance.random(values.shape) < 0.05] = 255
    return _png(Image.fromarray(values))


def salt_and_pepper(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Of all pixels, 5 % are white or black, either as likely."""
    values = np.array(picture)
    dice = chance.random(values.shape)
    values[dice < 0.025] = 255
    values[dice > 0.975] = 0
    return _png(Image.fromarray(values))


def ruled(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """On ruled paper: lines across, thinner than strokes, from faint to as dark as these, grey or blue."""
    return _on_lines(picture, chance, both=False)


def squared(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """On squared paper: as ruled, both ways."""
    return _on_lines(picture, chance, both=True)


def sixteen_bit(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """A grey file of 16 bits a pixel."""
    values = np.asarray(picture).astype(np.uint16) * 257
    return _file(Image.fromarray(values), "PNG" if chance.random() < 0.75 else "TIFF")


def alpha(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """Black strokes on a transparent ground."""
    return _transparent(picture, chance, 0)


def alpha_white(picture: Image.Image, chance: np.random.Generator) -> bytes:
    """White strokes on a transparent ground."""
    return _transparent(picture, chance, 255)


PERTURBATIONS: dict[str, Perturbation] = {
    function.__name__: function
    for function in (
        clean,
        inverted,
        grey_paper,
        light_gradient,
        any_size,
        off_centre,
        exif_rotated,
        jpeg_30,
        salt,
        salt_inverted,
        salt_and_pepper,
        ruled,
        squared,
        sixteen_bit,
        alpha,
        alpha_white,
    )
}
"""Every one by its name; "clean" is what the others are held against."""


def _on_lines(picture: Image.Image, chance: np.random.Generator, *, both: bool) -> bytes:
    picture = _enlarged(picture, chance)
    values = _plane(picture)
    unit = picture.height / 28
    thickness = chance.uniform(0.25, 0.6) * min(_pen(values), 2 * unit)
    spacing = chance.uniform(5.0, 14.0) * unit
    level = chance.uniform(0, 200)
    colour = np.array([1.0, 1.0, 1.0]) if chance.random() < 0.5 else np.array([0.9, 1.05, 1.3])
    cover = _lines(values.shape[0], thickness, spacing, chance)[:, None] * np.ones(values.shape[1])
    if both:
        cover = np.maximum(cover, _lines(values.shape[1], thickness, spacing, chance)[None, :])
    printed = 255 - cover[:, :, None] * (255 - np.minimum(level * colour, 255))
    drawn = printed * (values / 255)[:, :, None]
    return _png(Image.fromarray(np.clip(drawn, 0, 255).round().astype(np.uint8)))


def _pen(values: Plane) -> float:
    """How thick strokes are, in pixels: a stroke has its length twice in its outline and once in its area."""
    dark = np.pad(values < 128, 1)
    outline = int(np.count_nonzero(dark[1:] != dark[:-1])) + int(np.count_nonzero(dark[:, 1:] != dark[:, :-1]))
    return 2 * int(np.count_nonzero(dark)) / max(outline, 1)


def _lines(size: int, thickness: float, spacing: float, chance: np.random.Generator) -> Plane:
    """How much of each of `size` pixels lies under lines, 0 to 1."""
    starts = np.arange(chance.uniform(-spacing, 0), size, spacing)
    pixels = np.arange(size)[:, None]
    under = np.minimum(pixels + 1, starts + thickness) - np.maximum(pixels, starts)
    return np.asarray(under.clip(0, 1).sum(axis=1).clip(0, 1))


def _transparent(picture: Image.Image, chance: np.random.Generator, colour: int) -> bytes:
    strokes = Image.fromarray(255 - np.asarray(picture))
    bands = [Image.new("L", picture.size, colour)] * (3 if chance.random() < 0.75 else 1)
    return _png(Image.merge("RGBA" if len(bands) == 3 else "LA", [*bands, strokes]))


def _enlarged(picture: Image.Image, chance: np.random.Generator) -> Image.Image:
    """The picture once, twice or four times as large, so that paper and lines may be finer than its pixels."""
    factor = int(chance.choice([1, 2, 4]))
    size = (picture.width * factor, picture.height * factor)
    return picture if factor == 1 else picture.resize(size, Image.Resampling.BICUBIC)


def _clouds(shape: tuple[int, ...], chance: np.random.Generator) -> Plane:
    """Slow changes of about 1: noise at 5 × 5 points, enlarged."""
    points = Image.fromarray(chance.normal(size=(5, 5)).astype(np.float32))
    return np.asarray(points.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float64)


def _grain(values: Plane, chance: np.random.Generator) -> Plane:
    return np.asarray(chance.normal(size=values.shape))


def _plane(picture: Image.Image) -> Plane:
    return np.asarray(picture, np.float64)


def _image(values: Plane) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))


def _png(picture: Image.Image) -> bytes:
    return _file(picture, "PNG", compress_level=1)


def _file(picture: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
