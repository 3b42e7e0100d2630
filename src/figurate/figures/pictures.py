"""Pictures taken in: files, Pillow's images and arrays as uint8 pixels, safely; nothing is done to what they show.

Which of it is ground and which figure, and what form the figure gets, is `preprocessing.py`'s matter.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figurate.errors import DataError, FileFormatError, shown

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["FORMATS", "MOST_PIXELS", "open_picture"]

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
"""What Pillow may try: raster formats whose decoders are in everyday use."""

MOST_PIXELS = 100_000_000
"""Pictures with more pixels are refused before they are decoded."""

# No picture below the limit takes more bytes than this, however little its packing helps.
_MOST_BYTES = 1 << 30
_EXIF_ORIENTATION = 0x0112
_LIGHT = 160.0

Pixels = npt.NDArray[np.uint8]


def open_picture(picture: Any, *, channels: int | None = None) -> Pixels:
    """The pixels of a picture, upright and as people see it.

    Args:
        picture: The path of a PNG, JPEG, BMP, GIF, WebP, TIFF or PNM file, its bytes, a Pillow image, or an array
            (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) of any number type; floats up to 1 count as 0..1.
        channels: 1: grey, 3: red, green, blue; None: as the picture is.

    Returns:
        (h, w) or (h, w, 3), uint8, perhaps the array itself. EXIF's orientation is applied, transparent parts lie on
        white (under light strokes on black), 16 bits become 8. Of several frames it is the first.

    Raises:
        FileFormatError: It is no picture, a damaged one, or larger than 100 million pixels; the message has its name.
        DataError: It is an array of another shape or without values, or nothing that a picture comes as.
        OSError: The file cannot be read.

    Example:
        >>> open_picture(np.zeros((28, 28), np.uint8)).shape
        (28, 28)
    """
    if channels not in (None, 1, 3):
        raise DataError(f"`open_picture` expects 1 or 3 channels, or None, received {shown(channels)}.")
    if isinstance(picture, np.ndarray):
        pixels = _from_array(picture)
    elif isinstance(picture, (str, os.PathLike)):
        pixels = _from_file(os.fspath(picture))
    elif isinstance(picture, (bytes, bytearray, memoryview)):
        pixels = _decoded(io.BytesIO(picture), "the picture")
    else:
        pixels = _from_object(picture)
    return _in_channels(pixels, channels)


def _in_channels(pixels: Pixels, channels: int | None) -> Pixels:
    if channels == 3 and pixels.ndim == 2:
        return np.repeat(pixels[:, :, None], 3, axis=2)
    if channels == 1 and pixels.ndim == 3:
        # ITU-R BT.601's luma, in whole numbers as Pillow's own "L" has it.
        weighed = pixels.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
        return ((weighed + 0x8000) >> 16).astype(np.uint8)
    return pixels


# -- arrays ------------------------------------------------------------------------------------------------------------


def _from_array(array: npt.NDArray[Any]) -> Pixels:
    """Pixels of an array of any number type."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or array.size == 0:
        raise DataError(
            "Expected a picture as an array (height, width), or (height, width, 3) in colour, received the shape "
            f"{array.shape}. Pass one picture, or several as a list."
        )
    if array.dtype.kind not in "uifb":
        raise DataError(f"Expected a picture's pixels as numbers, received an array of {array.dtype}. Convert it.")
    pixels = array if array.dtype == np.uint8 else _as_bytes(array)
    return _on_ground(pixels[:, :, :3], pixels[:, :, 3]) if pixels.ndim == 3 and pixels.shape[2] == 4 else pixels


def _as_bytes(array: npt.NDArray[Any]) -> Pixels:
    if array.dtype == np.bool_:
        return np.where(array, np.uint8(255), np.uint8(0))
    low, high = array.min(), array.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DataError("Expected a picture of finite pixels, received NaN or infinity. Replace them first.")
    if low < 0:
        scale, offset = 255.0 / max(float(high) - float(low), 1e-30), float(low)
    elif array.dtype.kind == "f" and high <= 1:
        scale, offset = 255.0, 0.0
    elif high <= 255:
        scale, offset = 1.0, 0.0
    else:
        scale, offset = 255.0 / _range_of(int(np.ceil(high))), 0.0
    return np.rint((array.astype(np.float64) - offset) * scale).clip(0, 255).astype(np.uint8)


def _range_of(high: int) -> int:
    """What white is where the greatest value is this: cameras give 10, 12, 14 or 16 bits, all in 16."""
    return next((limit for limit in (1023, 4095, 16383, 65535) if high <= limit), high)


# -- files and Pillow's images -----------------------------------------------------------------------------------------


def _from_file(path: str) -> Pixels:
    # Checked after opening, and opened without waiting: a pipe in a folder must not hold everything up.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "Expected a picture file, received a folder", path)
        if not stat.S_ISREG(status.st_mode):
            raise FileFormatError(f"`{path}`: expected a picture file, received a device or a pipe. Name a file.")
        if status.st_size > _MOST_BYTES:
            raise FileFormatError(
                f"`{path}`: expected a picture of at most {_MOST_BYTES:,} bytes, received {status.st_size:,}. Make it "
                "smaller."
            )
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read()
    finally:
        os.close(descriptor)
    return _decoded(io.BytesIO(data), f"`{path}`")


def _from_object(picture: object) -> Pixels:
    from PIL import Image

    if isinstance(picture, Image.Image):
        _check_size(picture, "the picture")
        with _as_damaged("the picture"):  # images that were opened are decoded only now
            return _pixels(picture)
    if hasattr(picture, "__array__") or isinstance(picture, (list, tuple)):
        try:
            array = np.asarray(picture)
        except ValueError:
            raise DataError(
                f"Expected a picture as rows of one length, received {shown(picture)}. Pass a numpy array."
            ) from None
        return _from_array(array)
    raise DataError(
        f"Expected a picture as a path, bytes, a Pillow image or an array, received {shown(picture)}. Open it first."
    )


def _decoded(file: io.BytesIO, name: str) -> Pixels:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow's own limit is a warning first; ours goes before both.
            warnings.simplefilter("ignore")
            with _as_damaged(name), Image.open(file, formats=FORMATS) as image:
                _check_size(image, name)
                return _pixels(image)
    except UnidentifiedImageError:
        raise FileFormatError(
            f"{name}: expected a picture ({', '.join(FORMATS)}), received something else ({_first_bytes(file)}). "
            "Convert it, or leave it out."
        ) from None
    except Image.DecompressionBombError:
        raise FileFormatError(
            f"{name}: expected a picture of at most {MOST_PIXELS:,} pixels, received more. Make it smaller."
        ) from None


@contextlib.contextmanager
def _as_damaged(name: str) -> Iterator[None]:
    """Give what Pillow's decoders throw at damaged files the picture's name."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except (FileFormatError, UnidentifiedImageError, Image.DecompressionBombError):
        raise
    except (SyntaxError, ValueError, OSError, EOFError, OverflowError, MemoryError, TypeError, KeyError) as error:
        raise FileFormatError(f"{name}: the picture is damaged ({error}). Save or copy it again.") from None
    except Exception as error:  # zlib's and struct's errors have no common base
        raise FileFormatError(f"{name}: the picture is damaged ({error!r}). Save or copy it again.") from None


def _first_bytes(file: io.BytesIO) -> str:
    head = file.getvalue()[:8]
    return f"it begins with {head.hex(' ')}" if head else "it is empty"


def _check_size(image: Image, name: str) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise FileFormatError(
            f"{name}: expected a picture of at most {MOST_PIXELS:,} pixels, received {image.width:,} × "
            f"{image.height:,}. Make it smaller."
        )
    if image.width * image.height == 0:
        raise FileFormatError(f"{name}: expected a picture of at least one pixel, received none. Leave it out.")


def _pixels(image: Image) -> Pixels:
    """(h, w) or (h, w, 3) of an image of any mode."""
    from PIL import Image as Images, ImageOps

    if image.mode == "L" and "transparency" not in image.info and not _is_turned(image):
        return np.asarray(image)  # nearly all small pictures: the rest of this takes longer than to decode one
    if _is_turned(image):
        image = ImageOps.exif_transpose(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.asarray(image)
        return _as_bytes(values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("=")))
    if image.mode == "LAB":
        return _from_lab(image)
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        if image.mode == "La":
            image = image.convert("LA")
        rgba = np.asarray(image.convert("RGBA"))
        return _grey_if_grey(_on_ground(rgba[:, :, :3], rgba[:, :, 3]))
    if image.mode == "1":
        return np.asarray(image.convert("L"))
    if image.mode in ("L", "RGB"):
        return np.asarray(image)
    if image.mode == "P" and image.palette is not None and image.palette.mode == "RGB":
        return _grey_if_grey(np.asarray(image.convert("RGB")))
    converted: Images.Image = image.convert("RGB")
    return np.asarray(converted)


def _from_lab(image: Image) -> Pixels:
    from PIL import ImageCms

    lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB"))


def _is_turned(image: Image) -> bool:
    # Only files that hold EXIF data are asked: others would be searched for it.
    if "exif" not in image.info and image.format not in ("TIFF", "MPO"):
        return False
    return bool(image.getexif().get(_EXIF_ORIENTATION, 1) != 1)


def _grey_if_grey(pixels: Pixels) -> Pixels:
    """A colour picture whose three channels are one, as a grey one: palettes and transparency hide what it is."""
    first = pixels[:, :, 0]
    grey = np.array_equal(first, pixels[:, :, 1]) and np.array_equal(first, pixels[:, :, 2])
    return np.ascontiguousarray(first) if grey else pixels


def _on_ground(colours: Pixels, alpha: Pixels) -> Pixels:
    """Colours (h, w, 3) laid on white; on black, where what is to be seen is light itself."""
    if alpha.min() == 255:
        return colours
    weight = alpha.astype(np.float32) / 255.0
    # How light the opaque parts are.
    mean = float((colours.mean(axis=2) * weight).sum() / max(float(weight.sum()), 1e-6))
    ground = 0.0 if mean > _LIGHT and weight.min() < 0.5 else 255.0
    laid = ground + (colours - ground) * weight[:, :, None]
    return np.rint(laid).clip(0, 255).astype(np.uint8)
