"""IDX files: written and read back, mapped privately, in every type the format has."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import idx
from figurate.errors import FileFormatError, UnsupportedError


def test_bytes_worked_by_hand(tmp_path: Path) -> None:
    # Two int16 rows of three: zero, zero, type 0x0b, two dimensions; 2; 3; then 1 2 3 / -1 256 -32768, high byte first.
    path = tmp_path / "by-hand"
    path.write_bytes(bytes.fromhex("00000b02 00000002 00000003 0001 0002 0003 ffff 0100 8000"))
    expected = np.array([[1, 2, 3], [-1, 256, -32768]], np.int16)
    for mapped in (False, True):
        values = idx.read(path, mapped=mapped)
        np.testing.assert_array_equal(values, expected)
        assert values.dtype == np.int16
        assert values.dtype.isnative
    idx.write(tmp_path / "again", expected)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8", ">i4", "<f8"])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (1, 1, 1, 2, 1, 1, 1, 2)])
@pytest.mark.parametrize("form", ["raw", "mapped", "gzip"])
def test_what_is_written_is_read(tmp_path: Path, dtype: str, shape: tuple[int, ...], form: str) -> None:
    values = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    path = tmp_path / "values"
    idx.write(path, values)
    if form == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes()))
    received = idx.read(path, mapped=form == "mapped")
    np.testing.assert_array_equal(received, values)
    assert received.dtype == np.dtype(dtype).newbyteorder("=")
    assert type(received) is np.ndarray
    assert received.flags.writeable
    assert received.flags.c_contiguous
    assert [entry.name for entry in tmp_path.iterdir()] == ["values"]


def test_writing_to_a_mapped_array_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "values"
    idx.write(path, np.arange(10, dtype=np.uint8))
    first, second = idx.read(path, mapped=True), idx.read(path, mapped=True)
    first[:] = 99
    np.testing.assert_array_equal(second, np.arange(10))
    np.testing.assert_array_equal(idx.read(path), np.arange(10))


def test_a_mapped_array_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "values"
    idx.write(path, np.arange(10, dtype=np.uint8))
    values = idx.read(path, mapped=True)
    idx.write(path, np.zeros(10, np.uint8))  # replaces the file, does not rewrite it
    path.unlink()
    np.testing.assert_array_equal(values, np.arange(10))


def test_views_and_fortran_order_are_written_by_rows(tmp_path: Path) -> None:
    values = np.asfortranarray(np.arange(24, dtype=np.int32).reshape(4, 6))[::2, ::3]
    idx.write(tmp_path / "values", values)
    np.testing.assert_array_equal(idx.read(tmp_path / "values"), values)


@pytest.mark.parametrize(
    "values",
    [np.zeros(3, np.int64), np.zeros(3, np.complex64), np.zeros(()), np.zeros((2, 0), np.uint8), np.zeros((1,) * 9)],
    ids=["int64", "complex64", "no dimension", "a dimension of 0", "nine dimensions"],
)
def test_what_idx_cannot_hold(tmp_path: Path, values: np.ndarray) -> None:
    with pytest.raises(UnsupportedError, match=r"IDX holds uint8, .*received .* with shape .*Convert it"):
        idx.write(tmp_path / "values", values)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "values"
    idx.write(path, np.arange(10, dtype=np.uint8))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        idx.write(path, np.zeros(10, np.uint8))
    np.testing.assert_array_equal(idx.read(path), np.arange(10))
    assert [entry.name for entry in tmp_path.iterdir()] == ["values"]


def test_writing_is_as_for_every_file(tmp_path: Path) -> None:
    values = np.arange(10, dtype=np.uint8)
    with pytest.raises(FileNotFoundError, match=r"Cannot write .*values' \(18 bytes\): .* Create the folder"):
        idx.write(tmp_path / "nowhere" / "values", values)
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    idx.write(tmp_path / "link", values)
    np.testing.assert_array_equal(idx.read(tmp_path / "target"), values)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        idx.read(tmp_path / "nothing")


def test_a_folder_or_device_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="expected an IDX file, received something that is not a regular file"):
        idx.read(tmp_path)
    with pytest.raises(FileFormatError, match="not a regular file"):
        idx.read("/dev/zero")
