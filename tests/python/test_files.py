"""Writing files as a whole: what stands there after a failure."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from figurate.files import open_atomically, write_atomically, write_together
from tests.small import network


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_atomically(path, b"first")
    write_atomically(str(path), b"second")
    assert path.read_bytes() == b"second"
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_a_file_written_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "figures"
    path.write_bytes(b"old")
    with open_atomically(path, 6) as file:
        file.write(b"one")
        file.write(memoryview(b"two"))
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"onetwo"
    assert os.listdir(tmp_path) == ["figures"]


def test_a_writer_that_fails_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "figures"
    path.write_bytes(b"old")

    def interrupted() -> Iterator[bytes]:
        yield b"one"
        raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt, match="enough"), open_atomically(path, 6) as file:
        file.writelines(interrupted())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["figures"]


def test_files_that_belong_together_are_replaced_together(tmp_path: Path) -> None:
    one, other = tmp_path / "net.h", tmp_path / "net.c"
    write_together({one: b"1", other: b"1"})
    other.unlink()
    other.mkdir()
    with pytest.raises(IsADirectoryError, match=r"Cannot write .*net\.c"):
        write_together({one: b"2", other: b"2"})
    assert one.read_bytes() == b"1"
    assert sorted(os.listdir(tmp_path)) == ["net.c", "net.h"]
    other.rmdir()
    write_together({one: b"2", other: b"2"})
    assert (one.read_bytes(), other.read_bytes()) == (b"2", b"2")
    assert sorted(os.listdir(tmp_path)) == ["net.c", "net.h"]


def test_rights_are_the_usual_ones_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "a"
    before = os.umask(0o027)
    try:
        write_atomically(path, b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    write_atomically(path, b"y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"Cannot write .*No such file or directory. Create the folder .*nowhere"
    ):
        write_atomically(tmp_path / "nowhere" / "a", b"x")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=r"Cannot write .*It is no regular file"):
        write_atomically(tmp_path, b"x")
    assert tmp_path.is_dir()


def test_a_device_is_never_replaced() -> None:
    with pytest.raises(OSError, match="It is no regular file"):
        write_atomically("/dev/full", b"x")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Rights alone would not stop a test that runs as root.
    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(
        PermissionError, match=r"Permission denied. Free space, or choose a folder that may be written to"
    ):
        write_atomically(tmp_path / "a", b"x")


FULL_DISK = """
import resource, signal, sys
from figurate.models import load_model
model = load_model(sys.argv[1])
# The largest file from now on: as if the disk were full in the middle of the write.
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    model.save(sys.argv[1])
except OSError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_earlier_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    network().save(path)
    before = path.read_bytes()
    run = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    assert "File too large. The earlier file is unchanged. Free space" in run.stdout
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_no_space_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    real = os.fsync

    def full(descriptor: int) -> None:
        real(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"\(3 bytes\): No space left on device. The earlier file is unchanged"):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model.safetensors"]
