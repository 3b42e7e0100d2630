"""Raw IDX files that lie, are cut short or are something else: each gets its own message and allocates nothing."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from figurate.datasets import idx
from figurate.errors import FileFormatError


def header(code: int, *shape: int) -> bytes:
    return bytes([0, 0, code, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)


FIGURES = header(8, 2, 3, 3) + bytes(18)

ATTACKS = {
    "empty": (b"", "expected an IDX header of at least 8 bytes, received 0 bytes"),
    "three bytes": (b"\0\0\x08", "expected an IDX header of at least 8 bytes, received 3 bytes"),
    "a picture": (
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        r"whose first two bytes are 0, received 89 50 4e 47\. Is it another",
    ),
    "an array of numpy's": (b"\x93NUMPY\x01\0" + bytes(50), "whose first two bytes are 0, received 93 4e 55 4d"),
    "swapped magic": (b"\x03\x08\0\0" + FIGURES[4:], "whose first two bytes are 0, received 03 08 00 00"),
    "unknown type": (header(0x0A, 2) + bytes(2), r"one of IDX' type codes \(0x08, .* 0x0e\), received 0x0a"),
    "type 0": (bytes(100), r"one of IDX' type codes .* received 0x00"),
    "no dimension": (b"\0\0\x08\0" + bytes(10), "expected 1 to 8 dimensions, received 0"),
    "255 dimensions": (b"\0\0\x08\xff" + b"\0\0\0\x01" * 255 + b"\0", "expected 1 to 8 dimensions, received 255"),
    "header cut short": (FIGURES[:15], "expected an IDX header of 16 bytes for 3 dimensions, received 15"),
    "nothing but a header": (
        FIGURES[:16],
        r"header promises 2 × 3 × 3 values of uint8 \(34 bytes in all\), .* 16 bytes",
    ),
    "a dimension of 0": (header(8, 0, 28, 28), r"expected dimensions of at least 1, received \(0, 28, 28\)"),
    "one byte too few": (FIGURES[:-1], r"\(34 bytes in all\), the file holds 33 bytes\. It is cut short"),
    "one byte too many": (FIGURES + b"!", r"\(34 bytes in all\), the file holds 35 bytes\. It has bytes too many"),
    "two sets in one": (FIGURES * 2, r"the file holds 68 bytes\. It has bytes too many"),
    "promises 47 MB": (
        header(8, 60000, 28, 28) + bytes(18),
        r"60000 × 28 × 28 values of uint8 \(47,040,016 bytes in all",
    ),
    "promises a terabyte": (header(8, 1 << 20, 1 << 10, 1 << 10) + bytes(18), r"\(1,099,511,627,792 bytes in all\)"),
    # Products that wrap around in machine words: to nothing at all, and to just what is there.
    "overflows 64 bits": (
        header(0x0E, 1 << 31, 1 << 31, 1 << 31, 2, 2) + bytes(18),
        r"2147483648 × .* values of float64",
    ),
    "wraps to the right size": (
        header(8, (1 << 31) + 9, 2) + bytes(18),
        r"2147483657 × 2 values .* the file holds 30 bytes",
    ),
    "wrong type for its size": (
        header(0x0D, 2, 3, 3) + bytes(18),
        r"values of float32 \(88 bytes in all\), .* 34 bytes",
    ),
}


@pytest.mark.parametrize("mapped", [False, True], ids=["read", "mapped"])
@pytest.mark.parametrize("name", ATTACKS)
def test_refused_without_allocation(name: str, mapped: bool, tmp_path: Path) -> None:
    content, message = ATTACKS[name]
    path = tmp_path / "attack"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match=message) as caught:
            idx.read(path, mapped=mapped)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(f"`{path}`: ")
    assert peak < 200_000


def test_every_cut_of_a_good_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    for size in range(len(FIGURES)):
        path.write_bytes(FIGURES[:size])
        with pytest.raises(FileFormatError, match=r"`.*cut`: .*(expected|promises) "):
            idx.read(path, mapped=True)
