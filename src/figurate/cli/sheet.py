"""A sheet of pictures beside what a model saw of them, written by `figurate predict --out`.

Drawn with Pillow alone, so that it needs no extra package.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from figurate.cli.pictures import Seen

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

MOST = 200
"""So many pictures fit on a sheet that can still be looked at."""

_CELL = 112
_GAP = 12
_TEXT = 40
_COLUMNS = 4
_NAME = 36  # letters of a file's name
# Fonts with more letters than Pillow's own, where there are any: the last for Chinese, Japanese and Korean.
_FONTS = ("DejaVuSans.ttf", "Arial Unicode.ttf", "arialuni.ttf", "NotoSansCJK-Regular.ttc", "msgothic.ttc")
_PAPER, _INK, _FRAME = (250, 250, 248), (30, 30, 30), (200, 200, 196)


def sheet(pictures: Sequence[Seen], readings: Sequence[str], ending: str = ".png") -> bytes:
    """A picture file of the sheet: each picture, the figure beside it, what was read below.

    Args:
        pictures: Which.
        readings: A line for each.
        ending: Of the file, which says its format.
    """
    from PIL import Image, ImageDraw

    columns = min(_COLUMNS, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    wide, high = 2 * _CELL + 3 * _GAP, _CELL + _TEXT + _GAP
    page = Image.new("RGB", (columns * wide + _GAP, rows * high + _GAP), _PAPER)
    draw = ImageDraw.Draw(page)
    letters = set("".join([*readings, *(_short(picture.name, _NAME) for picture in pictures)]))
    large, small = _font(15, letters), _font(11, letters)
    for number, (picture, reading) in enumerate(zip(pictures, readings, strict=True)):
        left, top = _GAP + number % columns * wide, _GAP + number // columns * high
        shown = [picture.figure] if picture.original is None else [picture.original, picture.figure]
        for place, pixels in enumerate(shown):
            at = left + place * (_CELL + _GAP), top
            draw.rectangle((at[0] - 1, at[1] - 1, at[0] + _CELL, at[1] + _CELL), outline=_FRAME)
            page.paste(_fitted(pixels), at)
        draw.text((left, top + _CELL + 2), reading, _INK, large)
        draw.text((left, top + _CELL + 21), _short(picture.name, _NAME), (110, 110, 110), small)
    file = io.BytesIO()
    page.save(file, "JPEG" if ending.lower() in (".jpg", ".jpeg") else "PNG")
    return file.getvalue()


def _fitted(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Image:
    """Pixels in a cell, as sharp as they are."""
    from PIL import Image

    image = Image.fromarray(pixels if pixels.ndim == 2 or pixels.shape[2] == 3 else pixels[:, :, 0])
    scale = _CELL / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    cell = Image.new("RGB", (_CELL, _CELL), _PAPER)
    cell.paste(image.convert("RGB").resize(size, way), ((_CELL - size[0]) // 2, (_CELL - size[1]) // 2))
    return cell


def _font(size: int, letters: set[str]) -> FreeTypeFont | ImageFont:
    """Pillow's own font; where it lacks letters, the one at hand that lacks the fewest."""
    from PIL import ImageFont

    best = ImageFont.load_default(size)
    fewest = _lacking(best, letters)
    for name in (*_FONTS, _of_matplotlib()):
        if fewest == 0:
            break
        try:
            font = ImageFont.truetype(name, size)
        except OSError:
            continue
        lacking = _lacking(font, letters)
        if lacking < fewest:
            best, fewest = font, lacking
    return best


def _lacking(font: FreeTypeFont | ImageFont, letters: set[str]) -> int:
    """How many of these letters the font draws as it draws what is no letter at all."""
    nothing = bytes(font.getmask("\U0010ffff"))
    return sum(bytes(font.getmask(letter)) == nothing for letter in letters if letter.isprintable())


def _of_matplotlib() -> str:
    """The font that matplotlib brings along, without loading that."""
    from importlib.util import find_spec

    found = find_spec("matplotlib")
    folder = os.path.dirname(found.origin) if found is not None and found.origin else ""
    return os.path.join(folder, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else "…" + text[1 - most :]
