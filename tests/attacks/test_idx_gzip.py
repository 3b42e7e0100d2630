"""Gzipped IDX files that are cut, altered, or unpack to more than they say: refused, in bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import idx
from figurate.errors import FileFormatError


def header(code: int, *shape: int) -> bytes:
    return bytes([0, 0, code, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)


def packed(content: bytes, size: int | None = None) -> bytes:
    """`content` gzipped; the trailer's unpacked size is forged where `size` is given."""
    data = gzip.compress(content, mtime=0)
    return data if size is None else data[:-4] + (size % (1 << 32)).to_bytes(4, "little")


FIGURES = header(8, 50, 4, 4) + np.random.default_rng(3).integers(0, 256, 800, np.uint8).tobytes()
GOOD = packed(FIGURES)
ZEROS = bytes(20_000_000)

ATTACKS = {
    "magic alone": (b"\x1f\x8b", "the gzip data are cut short, at 2 bytes"),
    "half": (GOOD[: len(GOOD) // 2], "end in the unpacked size"),
    "half, size forged": (GOOD[:400] + len(FIGURES).to_bytes(4, "little"), "the gzip data are (cut short|damaged)"),
    "without its trailer": (GOOD[:-8], "end in the unpacked size"),
    "no gzip method": (b"\x1f\x8b\x07" + GOOD[3:], r"the gzip data are damaged \(.*unknown compression method"),
    "wrong checksum": (
        GOOD[:-8] + bytes([GOOD[-8] ^ 1]) + GOOD[-7:],
        r"the gzip data are damaged \(.*incorrect data check",
    ),
    "an altered byte": (GOOD[:300] + bytes([GOOD[300] ^ 0x55]) + GOOD[301:], "damaged"),
    "bytes after the end": (GOOD + b"more", "end in the unpacked size"),
    "a second member": (GOOD + GOOD, "the gzip data hold more"),
    "no IDX inside": (packed(b"hello, world, and so on"), "whose first two bytes are 0, received 68 65 6c 6c"),
    "nothing inside": (packed(b""), "expected an IDX header of at least 8 bytes, received 0 bytes"),
    "header cut short": (packed(FIGURES[:13]), "expected an IDX header of 16 bytes for 3 dimensions, received 13"),
    "gzip in gzip": (packed(GOOD), "whose first two bytes are 0, received 1f 8b"),
    "fewer values than promised": (packed(FIGURES[:-1]), r"\(816 bytes in all\), .* end in the unpacked size 815"),
    "more values than promised": (packed(FIGURES + b"!"), r"\(816 bytes in all\), .* end in the unpacked size 817"),
    "fewer, size forged": (packed(FIGURES[:-1], 816), r"damaged \(.*incorrect length check|hold fewer"),
    "promises a gigabyte": (packed(header(8, 1 << 30) + bytes(99), 8 + (1 << 30)), r"\(1,073,741,832 bytes in all\)"),
    # The trailer holds the size modulo 2^32 only.
    "promises 5 GiB": (
        packed(header(8, 5 << 10, 1 << 20) + bytes(99), 12 + (5 << 30)),
        r"\(5,368,709,132 bytes in all\)",
    ),
    "bomb behind a small header": (packed(header(8, 50, 4, 4) + ZEROS), r"\(816 bytes in all\), .* size 20,000,016"),
    "bomb with a forged size": (packed(header(8, 50, 4, 4) + ZEROS, 816), "the gzip data hold more"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_in_bounded_memory(name: str, tmp_path: Path) -> None:
    content, message = ATTACKS[name]
    path = tmp_path / "attack.gz"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match=message) as caught:
            idx.read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(f"`{path}`: ")
    assert peak < 1_500_000  # some chunks of 256 KiB, whatever is promised


def test_a_promise_beyond_the_ceiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "attack.gz"
    path.write_bytes(GOOD)
    monkeypatch.setattr(idx, "_UNPACKED_LIMIT", 815)
    with pytest.raises(FileFormatError, match=r"expected at most 815 bytes unpacked, .* Unpack it with `gunzip` first"):
        idx.read(path)


def test_every_cut_of_a_good_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    for size in range(2, len(GOOD)):
        path.write_bytes(GOOD[:size])
        with pytest.raises(FileFormatError, match=r"`.*cut\.gz`: .*again\."):
            idx.read(path)


def test_a_good_file_of_maximal_compression_is_read(tmp_path: Path) -> None:
    # Zeros pack about a thousand to one, next to the limit that the reader assumes.
    deflate = zlib.compressobj(9, wbits=31)
    content = header(8, 20_000_000) + ZEROS
    path = tmp_path / "zeros.gz"
    path.write_bytes(deflate.compress(content) + deflate.flush())
    assert len(content) / path.stat().st_size > 1000
    values = idx.read(path)
    assert values.shape == (20_000_000,)
    assert not values.any()
