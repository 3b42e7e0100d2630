"""Folders with files that are no pictures, or worse: named, left out, never waited for; `strict` stops at the first."""

from __future__ import annotations

import os
import socket
import struct
import zlib
from pathlib import Path

import pytest

from figurate import datasets
from figurate.errors import DataError, FileFormatError
from tests.python.datasets.drawn import photo, png, save, stroke, tree

GOOD = png(stroke(0))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of some kB that unpacks to width × height zeros."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    squeeze = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    packed = b"".join(squeeze.compress(row) for _ in range(min(height, 2000))) + squeeze.flush()
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


BAD = {
    "bomb.png": (bomb(60_000, 60_000), "pixels"),
    "empty.png": (b"", "an empty file"),
    "text.png": (b"hello, I am a text", "picture"),
    "truncated.png": (png(photo(1))[:700], "picture|cut short|truncated|damaged"),
    "truncated.jpg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "picture|damaged"),
    "nulls.gif": (b"\0" * 1000, "picture"),
    "page.png": (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "picture"),
    "script.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "picture"),
    "draw.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tree(tmp_path / "set", ["a", "b"])


@pytest.mark.parametrize("name", BAD)
def test_named_counted_and_left_out(folder: Path, name: str) -> None:
    content, reason = BAD[name]
    path = folder / "a" / name
    path.write_bytes(content)
    data = datasets.load(folder)
    assert len(data.train[0]) + len(data.test[0]) == 10
    [skipped] = data.skipped
    assert skipped.file == str(path)
    assert any(word in skipped.reason for word in reason.split("|"))
    with pytest.raises(FileFormatError, match=rf"`{path}`: .*\. Without `strict` it is left out"):
        datasets.load(folder, strict=True)


def test_nothing_but_bad_ones(tmp_path: Path) -> None:
    for name, (content, _) in BAD.items():
        for letter in "ab":
            (tmp_path / letter).mkdir(exist_ok=True)
            (tmp_path / letter / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=r"18 files of which none can be read; the first is `.*bomb\.png`: "):
        datasets.load(tmp_path)


def test_a_class_of_nothing_but_bad_ones(folder: Path) -> None:
    for path in (folder / "b").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match="expected figures of at least two classes to learn from, received one, 'a'"):
        datasets.load(folder)


def test_a_test_part_of_nothing_but_bad_ones(tmp_path: Path) -> None:
    tree(tmp_path / "train", ["a", "b"])
    (tmp_path / "test" / "a").mkdir(parents=True)
    (tmp_path / "test" / "a" / "1.png").write_bytes(b"")
    with pytest.raises(
        FileFormatError, match=r"received none in part test: `.*test/a/1\.png`: an empty file, and 0 more"
    ):
        datasets.load(tmp_path)


def test_pipes_sockets_devices_and_broken_links(folder: Path) -> None:
    os.mkfifo(folder / "a" / "pipe.png")
    (folder / "a" / "nothing.png").symlink_to("/no/such/file")
    (folder / "a" / "self.png").symlink_to(folder / "a" / "self.png")
    (folder / "a" / "zero.png").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder / "a")  # a socket's path has to be short
        try:
            server.bind("socket.png")
        finally:
            os.chdir(here)
    data = datasets.load(folder)
    assert {Path(file).name: reason for file, reason in data.skipped} == {
        "pipe.png": "a pipe, no file",
        "nothing.png": "No such file or directory",
        "self.png": "Too many levels of symbolic links",
        "zero.png": "a device, no file",
        "socket.png": "a socket, no file",
    }
    os.mkfifo(folder / "labels.csv")
    assert len(datasets.load(folder).skipped) == 5


def test_links_in_a_circle(folder: Path) -> None:
    (folder / "a" / "up").symlink_to(folder)
    (folder / "b" / "again").symlink_to(folder / "b")
    (folder / "round").symlink_to(folder)
    (folder / "self").symlink_to("self")
    data = datasets.load(folder)
    assert {reason for _, reason in data.skipped} == {"a link that leads back to a folder above it"}
    assert {Path(file).name for file, _ in data.skipped} == {"up", "again", "round"}
    # No figure stands there twice, and none in another class's name.
    assert data.class_names == ["a", "b"]
    assert data.origins is not None
    places = [*data.origins.train, *data.origins.test]
    assert sorted(places) == sorted(map(str, folder.glob("[ab]/*.png")))
    labels = [data.class_names[label] for label in (*data.train[1], *data.test[1])]
    assert labels == [Path(place).parent.name for place in places]


def test_links_in_a_circle_below_parts(tmp_path: Path) -> None:
    for part in ("train", "test"):
        tree(tmp_path / "set" / part, ["a", "b"])
    (tmp_path / "set" / "train" / "a" / "set").symlink_to(tmp_path / "set")
    (tmp_path / "set" / "test" / "b" / "test").symlink_to(tmp_path / "set" / "test")
    data = datasets.load(tmp_path / "set")
    assert {Path(file).name for file, _ in data.skipped} == {"set", "test"}
    assert (len(data.train[0]), len(data.test[0])) == (10, 10)


def test_folders_without_end(folder: Path) -> None:
    deep = folder / "a"
    for _ in range(40):
        deep = deep / "d"
    save(stroke(0), deep / "1.png")
    data = datasets.load(folder)
    assert [reason for _, reason in data.skipped] == ["more than 32 folders deep"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read(folder: Path) -> None:
    (folder / "a").chmod(0)
    try:
        with pytest.raises(DataError, match="two classes"):
            datasets.load(folder)
    finally:
        (folder / "a").chmod(0o700)


def test_names_with_newlines_and_escapes(tmp_path: Path) -> None:
    names = ["new\nline", "\x1b[31mred", "'; drop table", "..."]
    data = datasets.load(tree(tmp_path, names))
    assert sorted(data.class_names) == sorted(["new\nline", "\x1b[31mred", "'; drop table"])  # hidden ones are none


def test_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(
        FileFormatError, match=r"expected a data set, received an empty folder\. Make a folder for each"
    ):
        datasets.load(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with pytest.raises(FileFormatError, match=r"expected pictures \(.*received none; there are: 'a, b'"):
        datasets.load(tmp_path)
    with pytest.raises(FileFormatError, match="expected pictures, or a file of figures, received a folder without"):
        datasets.load_figures(tmp_path)


def test_pictures_without_classes(tmp_path: Path) -> None:
    save(stroke(0), tmp_path / "1.png")
    with pytest.raises(
        FileFormatError, match=r"expected pictures with their classes, received 1 pictures without: '1\.png'"
    ):
        datasets.load(tmp_path)
    with pytest.raises(FileFormatError, match=r"1\.png`: expected a data set, received one picture"):
        datasets.load(tmp_path / "1.png")
    assert datasets.load_figures(tmp_path).ids == ["1.png"]


def test_one_class_and_a_class_with_one_figure(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected figures of at least two classes to learn from, received one, 'a'"):
        datasets.load(tree(tmp_path / "one", ["a"]))
    tree(tmp_path / "two", ["a"])
    tree(tmp_path / "two", ["b"], each=1)
    data = datasets.load(tmp_path / "two")
    assert data.train[1].tolist().count(1) == 1
    assert 1 not in data.test[1]
    with pytest.raises(DataError, match="at least one figure that can be spared for the test, received 2 figures of 2"):
        datasets.load(tree(tmp_path / "few", ["a", "b"], each=1))
    assert len(datasets.load(tmp_path / "few", test_split=None).train[0]) == 2


def test_archives_devices_and_other_files(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(b"PK\5\6" + b"\0" * 18)
    (tmp_path / "notes.txt").write_text("none")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFormatError, match=r"set\.zip`: expected a data set, received an archive\. Unpack it"):
        datasets.load(tmp_path / "set.zip")
    with pytest.raises(FileFormatError, match=r"notes\.txt`: expected a folder, or a file of IDX"):
        datasets.load(tmp_path / "notes.txt")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileFormatError, match="expected a file or a folder, received a pipe or a device"):
            datasets.load(path)
