"""Pictures taken in: every format and mode shows what people see, and what is no picture is refused by name."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from figurate import errors
from figurate.figures import open_picture
from figurate.figures.pictures import MOST_PIXELS

Pixels = npt.NDArray[np.uint8]

# An upright picture whose four corners differ: (6, 9).
GREY: Pixels = (np.arange(54, dtype=np.uint8) * 4 + 20).reshape(6, 9)
COLOUR: Pixels = np.stack([GREY, 255 - GREY, np.full_like(GREY, 90)], axis=2)


def packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def grey_palette(**options: Any) -> bytes:
    """The grey picture as numbers into a palette in a mixed order."""
    order = np.random.default_rng(0).permutation(256)
    image = Image.fromarray(np.argsort(order)[GREY].astype(np.uint8), "L").convert("P")
    image.putpalette(np.repeat(order, 3).astype(np.uint8).tobytes())
    image.putdata(np.argsort(order)[GREY].ravel().tolist())
    return packed(image, **options)


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF", "PPM", "WEBP"])
def test_grey_files_of_every_format_are_the_same(kind: str, tmp_path: Path) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    path = tmp_path / f"picture.{kind.lower()}"
    path.write_bytes(packed(Image.fromarray(GREY), kind, **options))
    data = path.read_bytes()
    for picture in (path, str(path), data, bytearray(data), memoryview(data), Image.open(io.BytesIO(data))):
        np.testing.assert_array_equal(open_picture(picture, channels=1), GREY)
        np.testing.assert_array_equal(open_picture(picture, channels=3), np.repeat(GREY[:, :, None], 3, axis=2))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_colour_files_of_every_format_are_the_same(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    data = packed(Image.fromarray(COLOUR), kind, **options)
    np.testing.assert_array_equal(open_picture(data), COLOUR)
    # Grey is Pillow's own "L".
    np.testing.assert_array_equal(open_picture(data, channels=1), np.asarray(Image.fromarray(COLOUR).convert("L")))


def test_jpegs_are_nearly_the_same() -> None:
    smooth = np.repeat(np.repeat(GREY, 8, axis=0), 8, axis=1)
    grey = Image.fromarray(smooth)
    for image, shape in ((grey, (48, 72)), (grey.convert("RGB"), (48, 72, 3)), (grey.convert("CMYK"), (48, 72, 3))):
        found = open_picture(packed(image, "JPEG", quality=95))
        assert found.shape == shape
        assert np.abs(open_picture(found, channels=1).astype(int) - smooth).max() <= 6


def test_palettes_are_looked_up() -> None:
    np.testing.assert_array_equal(open_picture(grey_palette()), GREY)
    few = Image.fromarray(COLOUR).quantize(64)
    np.testing.assert_array_equal(open_picture(packed(few)), np.asarray(few.convert("RGB")))


def test_transparent_parts_lie_on_white() -> None:
    ink = np.full((8, 8), 0, np.uint8)
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:6, 3:5] = 255
    alpha[2:6, 5] = 128  # half covered
    seen = 255 - alpha
    files = {
        "LA": packed(Image.merge("LA", [Image.fromarray(ink), Image.fromarray(alpha)])),
        "RGBA": packed(Image.merge("RGBA", [Image.fromarray(ink)] * 3 + [Image.fromarray(alpha)])),
        "WebP": packed(
            Image.merge("RGBA", [Image.fromarray(ink)] * 3 + [Image.fromarray(alpha)]), "WEBP", lossless=True
        ),
        "TIFF": packed(Image.merge("RGBA", [Image.fromarray(ink)] * 3 + [Image.fromarray(alpha)]), "TIFF"),
    }
    for name, data in files.items():
        np.testing.assert_array_equal(open_picture(data), seen, err_msg=name)
    np.testing.assert_array_equal(open_picture(np.dstack([ink, ink, ink, alpha]), channels=1), seen)


def test_transparent_parts_lie_on_black_where_strokes_are_white() -> None:
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:6, 3:5] = 255
    white = Image.new("L", (8, 8), 255)
    data = packed(Image.merge("LA", [white, Image.fromarray(alpha)]))
    np.testing.assert_array_equal(open_picture(data), alpha)


def test_a_palette_with_a_transparent_colour_lies_on_white() -> None:
    dark = np.where(GREY > 128, np.uint8(3), np.uint8(0))
    image = Image.fromarray(dark).convert("P")
    image.putpalette([0, 0, 0] * 3 + [10, 10, 10] + [0, 0, 0] * 252)
    image.putdata(dark.ravel().tolist())
    for kind in ("PNG", "GIF"):
        found = open_picture(packed(image, kind, transparency=0))
        np.testing.assert_array_equal(found, np.where(GREY > 128, np.uint8(10), np.uint8(255)), err_msg=kind)


def test_one_bit_is_black_and_white() -> None:
    bits = GREY > 128
    for kind in ("PNG", "TIFF", "BMP"):
        found = open_picture(packed(Image.fromarray(bits), kind))
        np.testing.assert_array_equal(found, np.where(bits, 255, 0), err_msg=kind)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight(kind: str) -> None:
    deep = GREY.astype(np.uint16) * 257
    np.testing.assert_array_equal(open_picture(packed(Image.fromarray(deep), kind)), GREY)


@pytest.mark.parametrize(("bits", "white"), [(10, 1023), (12, 4095), (14, 16383)])
def test_cameras_fewer_bits_fill_the_range(bits: int, white: int) -> None:
    scene = np.array([[0, white // 2], [white // 4, white]], np.uint16)
    found = open_picture(packed(Image.fromarray(scene), "PNG"))
    np.testing.assert_array_equal(found, [[0, 127], [64, 255]], err_msg=f"{bits} bits")


def test_floats_in_a_tiff_count_from_0_to_1_or_to_255() -> None:
    for scale in (1 / 255, 1.0):
        floats = (GREY * scale).astype(np.float32)
        np.testing.assert_array_equal(open_picture(packed(Image.fromarray(floats), "TIFF")), GREY)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_exif_orientation_is_applied(orientation: int, kind: str) -> None:
    # How the camera would have stored it: what undoes Pillow's own table of what each number asks for.
    upright = Image.fromarray(np.repeat(np.repeat(GREY, 8, axis=0), 8, axis=1))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright if orientation == 1 else upright.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    data = packed(stored, kind, exif=exif, **options)
    for picture in (data, Image.open(io.BytesIO(data))):
        found = open_picture(picture, channels=1)
        assert found.shape == (48, 72)
        assert np.abs(found.astype(int) - np.asarray(upright)).max() <= (6 if kind == "JPEG" else 0)


def test_of_several_frames_it_is_the_first() -> None:
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    for kind in ("GIF", "TIFF"):
        data = packed(frames[0], kind, save_all=True, append_images=frames[1:])
        np.testing.assert_array_equal(open_picture(data, channels=1), GREY, err_msg=kind)


@pytest.mark.parametrize(
    "mode",
    [
        "1",
        "L",
        "P",
        "RGB",
        "RGBA",
        "CMYK",
        "YCbCr",
        "LAB",
        "HSV",
        "I",
        "F",
        "LA",
        "PA",
        "La",
        "RGBX",
        "RGBa",
        "I;16",
        "I;16L",
        "I;16B",
    ],
)
def test_images_of_every_mode_are_taken(mode: str) -> None:
    found = open_picture(Image.new(mode, (5, 4)), channels=1)
    assert found.shape == (4, 5)
    assert found.dtype == np.uint8
    if mode not in ("LA", "PA", "La", "RGBA", "RGBa", "CMYK", "YCbCr", "LAB"):  # clear, white or green where all is 0
        assert found.max() == 0


# -- arrays ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8", ">u2", ">f4"])
def test_arrays_of_every_type_are_pixels(dtype: str) -> None:
    np.testing.assert_array_equal(open_picture(GREY.astype(dtype)), GREY)
    np.testing.assert_array_equal(open_picture(COLOUR.astype(dtype)), COLOUR)
    np.testing.assert_array_equal(open_picture(GREY.astype(dtype)[:, :, None]), GREY)


def test_ranges_of_arrays_are_understood() -> None:
    np.testing.assert_array_equal(open_picture(GREY / 255.0), GREY)
    np.testing.assert_array_equal(open_picture(GREY.astype(np.int32) * 257), GREY)
    signed = np.array([[-1.0, 0.0], [0.5, 1.0]])
    np.testing.assert_array_equal(open_picture(signed), [[0, 128], [191, 255]])
    np.testing.assert_array_equal(open_picture(GREY > 128), np.where(GREY > 128, 255, 0))
    np.testing.assert_array_equal(open_picture(GREY.tolist()), GREY)
    np.testing.assert_array_equal(open_picture(np.full((2, 2), -3)), 0)
    assert open_picture(GREY) is GREY  # nothing to do


def test_grey_and_colour_are_turned_into_one_another() -> None:
    np.testing.assert_array_equal(open_picture(GREY, channels=3)[:, :, 1], GREY)
    grey = Image.fromarray(COLOUR).convert("L")
    np.testing.assert_array_equal(open_picture(COLOUR, channels=1), np.asarray(grey))


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros(5), r"as an array \(height, width\).* received the shape \(5,\)"),
        (np.zeros((3, 4, 5)), r"received the shape \(3, 4, 5\). Pass one picture, or several as a list"),
        (np.zeros((2, 3, 4, 3)), r"received the shape \(2, 3, 4, 3\)"),
        (np.zeros((0, 4)), r"received the shape \(0, 4\)"),
        (np.array(3), r"received the shape \(\)"),
        (np.zeros((2, 2), complex), "pixels as numbers, received an array of complex128"),
        (np.array([["a"]]), "pixels as numbers, received an array of <U1"),
        (np.zeros((2, 2), object), "pixels as numbers, received an array of object"),
        (np.full((2, 2), np.nan), "finite pixels, received NaN or infinity. Replace them"),
        (np.array([[0, np.inf]]), "finite pixels, received NaN or infinity"),
        ([[1, 2], [3]], "as rows of one length, received .* Pass a numpy array"),
        (5, "as a path, bytes, a Pillow image or an array, received 5. Open it first"),
        (None, "received None"),
    ],
)
def test_other_arrays_and_objects_are_refused(picture: Any, message: str) -> None:
    with pytest.raises(errors.DataError, match=message):
        open_picture(picture)


def test_other_channels_are_refused() -> None:
    with pytest.raises(errors.DataError, match="expects 1 or 3 channels, or None, received 2"):
        open_picture(GREY, channels=2)


# -- what is no picture ------------------------------------------------------------------------------------------------


def png_claiming(width: int, height: int) -> bytes:
    """A PNG file of some hundred bytes that says it is as large as that."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def damaged(tmp_path: Path) -> dict[str, tuple[bytes, str]]:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8))
    png, jpeg, tiff = packed(noise), packed(noise, "JPEG"), packed(noise, "TIFF")
    return {
        "cut.png": (png[: len(png) // 2], "the picture is damaged .*truncated.*Save or copy it again"),
        "cut.jpg": (jpeg[: len(jpeg) // 2], "the picture is damaged"),
        "cut.tif": (tiff[: len(tiff) // 2], "the picture is damaged|received something else"),
        "flipped.png": (png[:60] + bytes([png[60] ^ 255]) + png[61:], "the picture is damaged"),
        "text.png": (b"no picture at all", r"expected a picture \(PNG, .*it begins with 6e 6f 20 70"),
        "empty.png": (b"", "received something else .it is empty"),
        "page.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "received something else"),
        "bomb.png": (png_claiming(60_000, 60_000), "at most 100,000,000 pixels, received .*. Make it smaller"),
        "large.png": (png_claiming(12_000, 10_000), r"at most 100,000,000 pixels, received 12,000 × 10,000"),
        "flat.png": (png_claiming(0, 10), "damaged|at least one pixel|something else"),
    }


NAMES = sorted(damaged(Path()))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_picture_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    data, message = damaged(tmp_path)[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(errors.FileFormatError, match=message) as caught:
        open_picture(path)
    assert f"`{path}`" in str(caught.value)
    with pytest.raises(errors.FileFormatError, match=f"the picture: .*({message})"):
        open_picture(data)


def test_a_damaged_image_that_is_open_already_is_refused() -> None:
    image = Image.open(io.BytesIO(damaged(Path())["cut.png"][0]))
    with pytest.raises(errors.FileFormatError, match=r"the picture: the picture is damaged .*truncated"):
        open_picture(image)


def test_an_image_that_is_too_large_is_refused() -> None:
    image = Image.new("1", (MOST_PIXELS // 1000 + 1, 1000))
    with pytest.raises(errors.FileFormatError, match="the picture: expected a picture of at most 100,000,000 pixels"):
        open_picture(image)


def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for size in ((60_000, 60_000), (12_000, 10_000)):
        with pytest.raises(errors.FileFormatError, match="at most 100,000,000 pixels"):
            open_picture(png_claiming(*size))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


def test_a_folder_is_refused_and_nothing_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for _ in range(3):
        with pytest.raises(IsADirectoryError, match=r"folder|directory") as caught:
            open_picture(tmp_path)
        assert caught.value.filename == str(tmp_path)
    if sys.platform == "linux":
        assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe.png"
    os.mkfifo(path)
    with pytest.raises(
        errors.FileFormatError, match=r"pipe\.png`: expected a picture file, received a device or a pipe"
    ):
        open_picture(path)


def test_a_missing_file_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.png"):
        open_picture(tmp_path / "nowhere.png")
