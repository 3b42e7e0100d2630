"""A picture file as a figure in a model's form: grey or colour, its size, bytes. Nothing is centred or cleaned.

Pixels stay bytes here; giving them the range that a model was trained on is models.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from figurate.errors import DataError, FileFormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

# What Pillow may try: raster formats whose decoders are in everyday use.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_MOST_PIXELS = 50_000_000
_MIDDLE = 127.5


@dataclass(frozen=True)
class Form:
    """The form of one figure: (height, width), or (height, width, channels) where `channels` isn't 0."""

    height: int
    width: int
    channels: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture in a model's form.

    Attributes:
        pixels: as `Form` says, uint8.
        resized_from: (height, width) of the file, if that was another.
        is_light: whether most of it is lighter than the middle.
    """

    pixels: NDArray[np.uint8]
    resized_from: tuple[int, int] | None
    is_light: bool


def read(path: Path, form: Form, *, invert: bool = False) -> Picture:
    """Read a picture file.

    Args:
        path: of the file.
        form: to bring it into.
        invert: whether to turn dark into light.

    Raises:
        FileFormatError: where it is no picture, or a damaged one.
        DataError: where it is larger than any figure's picture should be.
        OSError: where it can't be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise DataError(
                    f"Expected a picture of at most {_MOST_PIXELS // 1_000_000} million pixels, received "
                    f"{image.width} × {image.height}. Make it smaller."
                )
            flat = _on_white(image).convert("RGB" if form.channels == 3 else "L")
    except UnidentifiedImageError:
        raise FileFormatError(f"not a picture in a format known here ({', '.join(_FORMATS)})") from None
    except Image.DecompressionBombError as error:
        raise DataError(f"the picture is too large: {error}") from None
    except (SyntaxError, ValueError, OSError) as error:
        if isinstance(error, (DataError, FileNotFoundError, PermissionError, IsADirectoryError)):
            raise
        raise FileFormatError(f"the picture is damaged: {error}") from None
    before = (flat.height, flat.width)
    if before != (form.height, form.width):
        flat = flat.resize(
            (form.width, form.height), Image.Resampling.LANCZOS if _shrinks(flat, form) else Image.Resampling.BICUBIC
        )
    pixels = np.asarray(flat, dtype=np.uint8)
    if invert:
        pixels = 255 - pixels
    if form.channels == 1:
        pixels = pixels[:, :, None]
    resized_from = None if before == (form.height, form.width) else before
    return Picture(pixels, resized_from, is_light=float(np.median(pixels)) > _MIDDLE)


def _on_white(image: Image) -> Image:
    """Lay a picture with transparent parts on white, as viewers show it; others stay as they are."""
    from PIL import Image as Images

    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    rgba = image.convert("RGBA")
    ground = Images.new("RGBA", rgba.size, "white")
    ground.alpha_composite(rgba)
    return ground


def _shrinks(image: Image, form: Form) -> bool:
    return image.width > form.width or image.height > form.height
