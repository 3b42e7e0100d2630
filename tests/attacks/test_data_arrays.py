"""NPY, NPZ and Parquet files that promise too much, hold objects, or are damaged: refused in bounded memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import datasets
from figurate.errors import FileFormatError

X = np.zeros((20, 4, 4), np.uint8)
Y = np.arange(20) % 2


def npy(values: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=True)
    return buffer.getvalue()


def header(text: str, version: int = 1) -> bytes:
    packed = struct.pack("<H", len(text)) if version == 1 else struct.pack("<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + packed + text.encode()


def shaped(shape: str, kind: str = "'|u1'") -> bytes:
    return header(f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n")


GOOD = npy(X)
NPY = {
    "huge shape": (shaped("(1000000000000, 28, 28)") + bytes(99), "the header promises uint8 of shape"),
    "overflowing shape": (shaped("(4294967296, 4294967296, 16)") + bytes(99), "the header promises uint8 of shape"),
    "negative shape": (shaped("(-5, 4)"), "expected numbers or texts, received uint8 of shape"),
    "objects": (npy(np.array([{}, []], object)), "received Python objects, which are never loaded"),
    "objects within": (npy(np.zeros(2, [("a", object)])), "received Python objects, which are never loaded"),
    "records": (npy(np.zeros(2, [("a", "u1")])), "expected numbers or texts, received"),
    "dates": (npy(np.zeros(2, "M8[s]")), "expected numbers or texts, received"),
    "code": (shaped("__import__('os').system('id')"), "expected an NPY header, received none"),
    "endless header": (b"\x93NUMPY\2\0" + struct.pack("<I", 1 << 30) + b" " * 100, "expected an NPY header"),
    "nested header": (header("(" * 3000 + "\n"), "expected an NPY header, received none"),
    "another version": (b"\x93NUMPY\x09\0" + GOOD[8:], r"expected NPY version 1 or 2, received \(9, 0\)"),
    "no magic": (b"hello, world", "expected an NPY header, received b'hello, w'"),
    "empty": (b"", "expected an NPY header, received b''"),
    "cut short": (GOOD[:-1], "320 bytes, the file holds 319"),
    "bytes too many": (GOOD + b"!", "320 bytes, the file holds 321"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "y_train.npy", Y)
    return tmp_path


@pytest.mark.parametrize("name", NPY)
def test_npy_is_refused(folder: Path, name: str) -> None:
    content, message = NPY[name]
    (folder / "x_train.npy").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match=message) as caught:
            datasets.load(folder)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert f"`{folder / 'x_train.npy'}`" in str(caught.value)


def archive(path: Path, members: dict[str, bytes], packed: bool = True) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("name", [name for name in NPY if name not in ("another version",)])
@pytest.mark.parametrize("packed", [True, False])
def test_npz_is_refused(tmp_path: Path, name: str, packed: bool) -> None:
    content, message = NPY[name]
    path = archive(tmp_path / "set.npz", {"x.npy": content, "y.npy": npy(Y)}, packed)
    with pytest.raises(FileFormatError, match=message.replace("the file holds", "the archive holds")) as caught:
        datasets.load(path)
    assert f"`{path}:x.npy`" in str(caught.value)


def test_a_bomb_in_an_archive(tmp_path: Path) -> None:
    # 100 MB of zeros in 100 kB, behind a header of 20 small figures.
    path = archive(tmp_path / "bomb.npz", {"x.npy": GOOD + bytes(100_000_000), "y.npy": npy(Y)})
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match="320 bytes, the archive holds 100,000,320"):
            datasets.load(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def altered(path: Path, change: Any) -> None:
    path.write_bytes(change(path.read_bytes()))


def test_archives_that_lie(tmp_path: Path) -> None:
    path = archive(tmp_path / "set.npz", {"x.npy": npy(np.full((500, 28, 28), 9, np.uint8)), "y.npy": npy(Y)})
    whole = path.read_bytes()
    central = whole.rindex(b"PK\1\2", 0, whole.rindex(b"PK\1\2"))
    size = struct.unpack_from("<I", whole, central + 24)[0]
    for forged in (size - 100, size + 100, 0xFFFF_FFF0):
        path.write_bytes(whole[: central + 24] + struct.pack("<I", forged) + whole[central + 28 :])
        with pytest.raises(FileFormatError, match=r"set\.npz"):
            datasets.load(path)
    for end in (10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(FileFormatError, match=r"set\.npz`: expected an NPZ file, received a damaged one"):
            datasets.load(path)
    path.write_bytes(whole[:200] + bytes([whole[200] ^ 0x55]) + whole[201:])
    with pytest.raises(FileFormatError, match=r"set\.npz"):
        datasets.load(path)


def test_archives_of_something_else(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", {"readme.txt": b"hello"})
    with pytest.raises(FileFormatError, match="expected arrays, received an archive without any"):
        datasets.load(path)
    path = archive(tmp_path / "b.npz", {f"{at}.npy": npy(Y) for at in range(1001)}, packed=False)
    with pytest.raises(FileFormatError, match="expected at most 1,000 arrays, received 1,001"):
        datasets.load(path)
    path = archive(tmp_path / "c.npz", {"x.npy": GOOD, "y.npy": npy(Y[:5])})
    with pytest.raises(FileFormatError, match=r"received `x` of shape \(20, 4, 4\) and `y` of shape \(5,\)"):
        datasets.load(path)


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    for content in (b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"hello, world, this is none"):
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"t\.parquet`: expected a Parquet file, received a damaged one"):
            datasets.load(path)
    pq.write_table(pa.table({"text": ["a", "b"], "label": [0, 1]}), path)
    with pytest.raises(
        FileFormatError, match=r"expected a column `image` of encoded pictures .* received 'text: string"
    ):
        datasets.load(path)
    pq.write_table(pa.table({"image": [b"no", b"picture"]}), path)
    with pytest.raises(FileFormatError, match="expected a column `label`, received 'image'"):
        datasets.load(path)
    pq.write_table(pa.table({"image": [b"no", b"picture"], "label": [0, 1]}), path)
    with pytest.raises(FileFormatError, match=r"2 files of which none can be read; the first is `.*t\.parquet:0`"):
        datasets.load(path)
    pq.write_table(pa.table({"image": [b"no", b"picture"], "label": [0, None]}), path)
    with pytest.raises(FileFormatError, match="expected a value in every row of column `label`, received none in some"):
        datasets.load(path)
    pq.write_table(pa.table({"image": [b"no", b"picture"], "label": [[0], [1]]}), path)
    with pytest.raises(FileFormatError, match="expected numbers or texts in column `label`, received list"):
        datasets.load(path)
    pq.write_table(pa.table({"image": pa.array([], pa.binary()), "label": pa.array([], pa.int64())}), path)
    with pytest.raises(FileFormatError, match="expected rows with pictures, received none"):
        datasets.load(path)
