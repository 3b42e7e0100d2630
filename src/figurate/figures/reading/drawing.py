"""A page with what was read drawn over it: boxes and classes, coloured by how sure the model is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from figurate.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

    from figurate.figures.reading.page import Page

# Okabe and Ito's colours, told apart with any colour vision: sure, not quite, unsure.
_COLOURS = ((0.8, (0, 114, 178)), (0.55, (230, 159, 0)), (0.0, (213, 94, 0)))
_LONGEST = 2400  # pixels: a larger picture is drawn smaller


def draw(page: Page) -> Image:
    """The picture with a box around each figure, and above it what it was read as.

    Blue: the model is at least 80 % sure; orange: at least 55 %; red: less.

    Raises:
        DataError: The page holds no picture.
    """
    from PIL import Image, ImageDraw, ImageFont

    if page.picture is None:
        raise DataError("Expected a page with its picture, received one without. Draw what `read` returned.")
    picture = Image.fromarray(page.picture).convert("RGB")
    scale = min(1.0, _LONGEST / max(picture.size))
    if scale < 1:
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BOX)
    canvas = ImageDraw.Draw(picture)
    heights = [figure.box[3] * scale for figure in page.figures]
    size = float(np.clip(0.55 * float(np.median(heights)) if heights else 12.0, 10.0, 60.0))
    font = ImageFont.load_default(size)
    thick = max(1, round(size / 12))
    for figure in page.figures:
        colour = next(colour for least, colour in _COLOURS if figure.probability >= least)
        left, top, wide, high = (value * scale for value in figure.box)
        canvas.rectangle(
            (left - thick, top - thick, left + wide + thick, top + high + thick), outline=colour, width=thick
        )
        # Within the picture, and readable on any ground: a lid above the box.
        x0, y0, x1, y1 = canvas.textbbox((0, 0), figure.class_, font=font)
        pad = max(1, round(size / 10))
        x = min(max(0.0, left - thick), max(0.0, picture.width - (x1 - x0) - 2 * pad))
        y = max(0.0, top - thick - (y1 - y0) - 2 * pad)
        canvas.rectangle((x, y, x + x1 - x0 + 2 * pad, y + y1 - y0 + 2 * pad), fill=colour)
        canvas.text((x + pad - x0, y + pad - y0), figure.class_, fill=(255, 255, 255), font=font)
    return picture
