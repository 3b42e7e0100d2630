"""The short cut for plain PNGs: where it answers, it answers what Pillow and `open_picture` do."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from figurate.datasets.picture_rows import grey
from figurate.datasets.quick_png import quick_png
from figurate.errors import FileFormatError
from figurate.figures import open_picture
from tests.python.datasets.drawn import photo, png, stroke


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PLAIN = {
    "grey": photo(0, (9, 7)),
    "colour": photo(1, (9, 7, 3)),
    "one pixel": photo(2, (1, 1)),
    "wide": photo(3, (1, 500)),
    "flat": np.zeros((40, 40), np.uint8),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("level", [0, 1, 9])
def test_plain_ones_are_decoded(name: str, level: int) -> None:
    buffer = io.BytesIO()
    Image.fromarray(PLAIN[name]).save(buffer, "PNG", compress_level=level)
    pixels = quick_png(buffer.getvalue())
    assert pixels is not None
    np.testing.assert_array_equal(pixels, PLAIN[name])
    np.testing.assert_array_equal(pixels, open_picture(buffer.getvalue()))


@pytest.mark.parametrize("colours", [17, 200])
def test_palettes(colours: int) -> None:
    buffer = io.BytesIO()
    Image.fromarray(photo(4)).quantize(colours).save(buffer, "PNG", bits=8)
    pixels = quick_png(buffer.getvalue())
    assert pixels is not None
    np.testing.assert_array_equal(grey(pixels), grey(open_picture(buffer.getvalue())))


def test_what_is_not_plain_is_left_to_others() -> None:
    image = Image.fromarray(stroke(0))
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", "")
    others: dict[str, tuple[Image.Image, dict[str, Any]]] = {
        "16 bits": (Image.fromarray(stroke(0).astype(np.uint16) * 257), {}),
        "one bit": (image.convert("1"), {}),
        "alpha": (image.convert("LA"), {}),
        "transparent tone": (image, {"transparency": 0}),
        "text": (image, {"pnginfo": info}),
        "exif": (image, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"}),
    }
    for name, (one, options) in others.items():
        buffer = io.BytesIO()
        one.save(buffer, "PNG", **options)
        assert quick_png(buffer.getvalue()) is None, name
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    assert quick_png(buffer.getvalue()) is None
    assert quick_png(b"") is None


GOOD = png(photo(5, (9, 7)))


def test_every_cut_and_every_altered_byte() -> None:
    for end in range(len(GOOD)):
        assert quick_png(GOOD[:end]) is None
    for at in range(len(GOOD)):
        altered = GOOD[:at] + bytes([GOOD[at] ^ 0x55]) + GOOD[at + 1 :]
        pixels = quick_png(altered)
        if pixels is not None:  # Nothing that is decoded had its checksum altered.
            np.testing.assert_array_equal(pixels, photo(5, (9, 7)))


@pytest.mark.parametrize("rows", [b"", b"\0" * 20, b"\0" * 71, (b"\x07" + b"\0" * 7) * 9], ids=len)
def test_too_few_or_wrong_pixels(rows: bytes) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 7, 9, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert quick_png(data) is None
    with pytest.raises(FileFormatError, match="picture"):
        open_picture(data)


def test_a_bomb_unpacks_to_no_more_than_its_pixels() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    packed = zlib.compress(b"\0" * 50_000_000)
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    pixels = quick_png(data)
    assert pixels is None or pixels.tolist() == [[0, 0], [0, 0]]
    huge = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0))
    assert quick_png(b"\x89PNG\r\n\x1a\n" + huge + chunk(b"IDAT", packed) + chunk(b"IEND", b"")) is None


def test_pixels_stay_when_others_are_decoded() -> None:
    pictures = [photo(seed, (9, 7)) for seed in range(20)]
    decoded = [quick_png(png(picture)) for picture in pictures]
    for picture, pixels in zip(pictures, decoded, strict=True):
        assert pixels is not None
        np.testing.assert_array_equal(pixels, picture)


def test_two_threads_at_once() -> None:
    pictures = [photo(seed, (30, 30)) for seed in range(50)]
    encoded = [png(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        for pixels, picture in zip(pool.map(quick_png, encoded * 20), pictures * 20, strict=True):
            assert pixels is not None
            np.testing.assert_array_equal(pixels, picture)
