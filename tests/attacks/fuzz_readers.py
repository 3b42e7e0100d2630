"""Fuzz the readers that are our own: python tests/attacks/fuzz_readers.py --seconds 20

Changes sound files of every kind, guided by what the readers do with them (atheris). A reader may read what it gets, or
raise one of figurate's errors; anything else, warnings too, ends the run with exit status 77 and the input in a file
`crash-…`. Bounded in time and memory; test_data_fuzz.py runs it for some seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import os
import struct
import sys
import tempfile
import warnings
import zlib
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["figurate.datasets"]):
    from figurate.datasets import idx, idx_sets, npy, picture_csv, pixel_csv, quick_png, table, unpack
    from figurate.datasets.found import Columns
    from figurate.datasets.labels import class_name

import numpy as np

from figurate.errors import FigurateError

MOST = 4096  # bytes of an input
MEMORY = 2048  # MB

X = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)


def as_idx(path: str) -> None:
    idx.read(path)
    idx.read(path, mapped=True)


def as_mapping(path: str) -> None:
    os.replace(path, os.path.join(os.path.dirname(path), "x-mapping.txt"))
    idx_sets._class_names(os.path.dirname(path), "x")


def as_table(path: str) -> None:
    head = table.head_of(path)
    for kind in ("image", "label", "split"):
        table.find_column(path, head.names, kind, None)
    pixel_csv.is_pixel_csv(head)
    for _, row in table.rows(path, head):
        class_name(row[0])


def as_pixels(path: str) -> None:
    part = pixel_csv.read_pixel_csv(path, Columns(), need_labels=False)
    assert len(part) > 0
    assert part.places is not None
    assert len(part.places) == len(part)


def as_png(path: str) -> None:
    pixels = quick_png.quick_png(Path(path).read_bytes())
    assert pixels is None or pixels.size <= 3 * quick_png.LARGEST


def as_gzip(path: str) -> None:
    with open(path, "rb") as file:
        unpack.Unpacker(path, file).fill(memoryview(bytearray(1000)))


READERS = [
    as_idx,
    as_mapping,
    as_table,
    as_pixels,
    lambda path: picture_csv.read_picture_csv(path, Columns()),
    npy.read_npy,
    npy.read_npz,
    as_png,
    as_gzip,
]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def seeds() -> list[tuple[int, bytes]]:
    """Sound files, each with the number of its reader."""
    with tempfile.TemporaryDirectory() as folder:
        idx.write(f"{folder}/x", X)
        raw = Path(folder, "x").read_bytes()
    array, archive = io.BytesIO(), io.BytesIO()
    np.save(array, X)
    np.savez(archive, x=X, y=np.arange(2))
    head = ",".join(["label", *(f"pixel{at}" for at in range(16))])
    pixels = f"{head}\n" + "\n".join(",".join(["3", *map(str, figure.ravel())]) for figure in X) + "\n"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 3, 0, 0, 0))
    rows = b"".join(b"\1" + bytes(row) for row in X[0] % 3)
    png = b"\x89PNG\r\n\x1a\n" + header + chunk(b"PLTE", bytes(range(9))) + chunk(b"IDAT", zlib.compress(rows))
    return [
        (0, raw),
        (0, gzip.compress(raw, mtime=0)),
        (1, b"0 48\n1 65 97\n"),
        (2, b'image,label,split\n"a,b.png",x,train\n'),
        (3, pixels.encode()),
        (3, b"1," + b"0," * 15 + b"7\n"),
        (4, b"image;label\na.png;b\n../c.png;d\n"),
        (5, array.getvalue()),
        (6, archive.getvalue()),
        (7, png + chunk(b"IEND", b"")),
        (8, gzip.compress(raw, mtime=0)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the changes; 0: another one each time")
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for at, (reader, content) in enumerate(seeds()):
            (corpus / str(at)).write_bytes(bytes([reader]) + content)
        path = os.path.join(folder, "input")

        def try_one(data: bytes) -> None:
            if not data:
                return
            with open(path, "wb") as file:
                file.write(data[1:])
            with contextlib.suppress(FigurateError, OSError):
                READERS[data[0] % len(READERS)](path)

        options = [
            f"-max_total_time={arguments.seconds}",
            f"-max_len={MOST}",
            f"-rss_limit_mb={MEMORY}",
            f"-seed={arguments.seed}",
            "-timeout=10",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
