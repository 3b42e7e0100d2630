"""Room for large arrays: in nameless files above a bound, private once written, refused where the disk is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import spool
from figurate.errors import DataError


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Arrays of more than 100 bytes lie in files below the folder."""
    monkeypatch.setattr(spool, "BOUND", 100)
    monkeypatch.setattr(spool, "_CHUNK", 64)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("shape", [(0, 4), (2, 4), (500, 4)])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.usefixtures("small")
def test_what_is_written_is_there(shape: tuple[int, ...], shared: bool) -> None:
    before = len(os.listdir("/proc/self/fd"))
    room = spool.Room(shape, np.uint16, shared=shared)
    assert not room.array.any()
    room.array[:] = np.arange(room.array.size).reshape(shape)
    values = room.finish()
    np.testing.assert_array_equal(values, np.arange(values.size).reshape(shape))
    assert type(values) is np.ndarray
    assert values.flags.writeable
    del values, room
    assert len(os.listdir("/proc/self/fd")) == before


def test_files_have_no_name(small: Path) -> None:
    room = spool.Room((1000,), np.uint8)
    assert room.fd is not None
    assert list(small.iterdir()) == []
    room.close()


def test_a_forked_process_has_an_array_of_its_own(small: Path) -> None:
    values = spool.Room((1000,), np.uint8).finish()
    child = os.fork()
    if child == 0:
        values[:] = 9
        os._exit(0)
    os.waitpid(child, 0)
    assert not values.any()


@pytest.mark.usefixtures("small")
def test_gathered_and_converted_piece_by_piece() -> None:
    x = np.random.default_rng(0).integers(0, 256, (300, 7), np.uint8)
    indices = np.random.default_rng(1).permutation(300)[:200]
    np.testing.assert_array_equal(spool.gather(x, indices), x[indices])
    assert spool.gather(x, np.arange(300)) is x
    doubled = spool.converted(x, lambda rows: rows.astype(np.int16) * 2, np.int16, (7,))
    np.testing.assert_array_equal(doubled, x.astype(np.int16) * 2)


@pytest.mark.usefixtures("small")
def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(DataError, match=r"GB of room for unpacked figures in .*No space left on device\. .*set TMPDIR"):
        spool.Room((1000,), np.uint8)
    assert len(os.listdir("/proc/self/fd")) == before


def test_nowhere_to_write(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_folder", lambda: str(small / "nowhere"))
    with pytest.raises(DataError, match=r"Expected a folder for .* Set TMPDIR to a folder that"):
        spool.Room((1000,), np.uint8)
