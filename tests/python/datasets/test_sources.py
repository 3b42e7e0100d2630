"""Where a set is looked for, in which order, and what is said when it is nowhere."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from figurate.datasets import folder, idx, sources
from figurate.datasets.folder import FILES
from figurate.errors import DataError, DownloadError, FileFormatError

if TYPE_CHECKING:
    from tests.python.datasets.conftest import LocalServer


def place(folder: Path, packed: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in packed.items():
        (folder / f"{name}.gz").write_bytes(data)


def assert_small(data: folder.Data, arrays: list[np.ndarray]) -> None:
    for received, expected in zip([part for split in data for part in split], arrays, strict=True):
        np.testing.assert_array_equal(received, expected)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "figurate" / "small"


@pytest.mark.parametrize("where", ["data/small", "data", "system", "cache/figurate/small"])
def test_found_on_this_computer(
    source: sources.Source,
    packed: dict[str, bytes],
    arrays: list[np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    monkeypatch.setenv("FIGURATE_DATA", str(tmp_path / "data"))
    place(tmp_path / where, packed)
    assert_small(source.load_data(mirrors=[]), arrays)


def test_downloaded_once_then_mapped_from_the_cache(
    source: sources.Source,
    packed: dict[str, bytes],
    arrays: list[np.ndarray],
    server: LocalServer,
    cache: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.files = {f"/{name}.gz": data for name, data in packed.items()}
    assert_small(source.load_data(mirrors=[server.url]), arrays)
    assert len(server.requests) == 4
    assert sorted(entry.name for entry in cache.iterdir()) == sorted([".lock", *FILES])
    out, err = capsys.readouterr()
    assert out == ""
    assert f"small: downloading {FILES[0]}.gz (0.0 MB)" in err

    assert_small(source.load_data(mirrors=[server.url]), arrays)
    assert len(server.requests) == 4


def test_only_what_is_missing_or_damaged_in_the_cache_is_fetched(
    source: sources.Source,
    packed: dict[str, bytes],
    arrays: list[np.ndarray],
    set_folder: Path,
    server: LocalServer,
    cache: Path,
) -> None:
    cache.mkdir(parents=True)
    (cache / FILES[0]).write_bytes((set_folder / FILES[0]).read_bytes())
    (cache / FILES[1]).write_bytes((set_folder / FILES[1]).read_bytes()[:-1])
    server.files = {f"/{name}.gz": data for name, data in packed.items()}
    assert_small(source.load_data(mirrors=[server.url]), arrays)
    assert [path for path, _ in server.requests] == [f"/{name}.gz" for name in FILES[1:]]


def test_nowhere_names_every_place_and_the_remedy(
    source: sources.Source,
    packed: dict[str, bytes],
    closed_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIGURATE_DATA", str(tmp_path / "data"))
    place(tmp_path / "data", {FILES[0]: packed[FILES[0]]})
    mirrors = [f"http://127.0.0.1:{closed_port}/a", f"http://127.0.0.1:{closed_port}/b/"]
    with pytest.raises(DownloadError, match="`small` was not found on this computer and could not be") as caught:
        source.load_data(mirrors=mirrors, timeout=2)
    message = str(caught.value)
    for part in (
        f"$FIGURATE_DATA/small ({tmp_path / 'data' / 'small'}): no such folder",
        f"$FIGURATE_DATA ({tmp_path / 'data'}): lacks {', '.join(FILES[1:])}",
        f"system folder ({tmp_path / 'system'}): no such folder",
        f"cache ({tmp_path / 'cache' / 'figurate' / 'small'}): no such folder",
        f"{mirrors[0]}/{FILES[0]}.gz: [Errno {errno.ECONNREFUSED}] Connection refused",
        f"{mirrors[1]}{FILES[0]}.gz: [Errno {errno.ECONNREFUSED}] Connection refused",
        "To do it by hand: get train-images-idx3-ubyte.gz",
        "http://mirror.invalid/small/",
        "FIGURATE_DATA names, or install Debian's package dataset-small.",
    ):
        assert part in message


def test_figurate_data_that_is_not_set_is_said(source: sources.Source) -> None:
    with pytest.raises(DownloadError, match=r"\$FIGURATE_DATA: not set(.|\n)*no mirror to try"):
        source.load_data(mirrors=[])


def test_damaged_files_in_a_named_folder_are_an_error(
    source: sources.Source, packed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIGURATE_DATA", str(tmp_path / "data"))
    place(tmp_path / "data" / "small", packed | {FILES[0]: packed[FILES[0]][:-100]})
    with pytest.raises(FileFormatError, match=rf"{FILES[0]}\.gz`: .* Copy or download|It is cut short"):
        source.load_data(mirrors=[])


def test_labels_out_of_range(
    source: sources.Source, set_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idx.write(set_folder / FILES[3], np.full(20, 46, np.uint8))
    set_folder.rename(tmp_path / "small")
    monkeypatch.setenv("FIGURATE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"expected test labels of small from 0 to 9, received 46 to 46\. The"):
        source.load_data(mirrors=[])


def test_a_cache_that_cannot_be_written(
    source: sources.Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(DownloadError, match=r"cannot be written \(Not a directory\)"):
        source.load_data(mirrors=["http://127.0.0.1:1/"])


def test_a_relative_cache_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert sources._cache_folder() == tmp_path / ".cache" / "figurate"


def test_two_processes_download_at_once(
    source: sources.Source, packed: dict[str, bytes], server: LocalServer, tmp_path: Path
) -> None:
    server.files = {f"/{name}.gz": data for name, data in packed.items()}
    server.manners[f"/{FILES[0]}.gz"] = ["slow"]
    code = (
        "import sys, zlib\n"
        "from figurate.datasets import sources\n"
        f"source = sources.Source(**{source._asdict()!r})\n"
        f"(x, y), (xt, yt) = source.load_data(mirrors=[{server.url!r}], timeout=20)\n"
        "print([zlib.crc32(part) for part in (x, y, xt, yt)])\n"
    )
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert outputs[0] == outputs[1]
    assert len(server.requests) == 4  # the second waited and found the files
