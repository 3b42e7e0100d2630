"""Folders of four IDX files: found in all their spellings and held against each other."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import folder, idx
from figurate.errors import FileFormatError

TRAIN_X, TRAIN_Y, TEST_X, TEST_Y = folder.FILES


def assert_same(data: folder.Data, arrays: list[np.ndarray]) -> None:
    for received, expected in zip([part for split in data for part in split], arrays, strict=True):
        np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("mapped", [False, True])
def test_raw_gzipped_and_dotted_names(set_folder: Path, arrays: list[np.ndarray], mapped: bool) -> None:
    assert_same(folder.read(set_folder, mapped=mapped), arrays)
    raw = set_folder / TRAIN_X
    (set_folder / f"{TRAIN_X}.gz").write_bytes(gzip.compress(raw.read_bytes()))
    raw.unlink()
    (set_folder / TEST_Y).rename(set_folder / "t10k-labels.idx1-ubyte")
    assert_same(folder.read(set_folder, mapped=mapped), arrays)


def test_raw_goes_before_gzipped(set_folder: Path, arrays: list[np.ndarray]) -> None:
    (set_folder / f"{TRAIN_X}.gz").write_bytes(b"not read")
    assert_same(folder.read(set_folder), arrays)


def test_missing_files_are_named(set_folder: Path) -> None:
    (set_folder / TRAIN_Y).unlink()
    (set_folder / TEST_X).unlink()
    with pytest.raises(FileFormatError, match=rf"expected the four IDX files .*missing: {TRAIN_Y}, {TEST_X}\."):
        folder.read(set_folder)


def test_more_labels_than_figures(set_folder: Path) -> None:
    idx.write(set_folder / TRAIN_Y, np.zeros(61, np.uint8))
    with pytest.raises(FileFormatError, match=r"expected as many labels as figures, received 60 figures .* 61 labels"):
        folder.read(set_folder)


def test_figures_and_labels_swapped(set_folder: Path, arrays: list[np.ndarray]) -> None:
    idx.write(set_folder / TRAIN_X, arrays[1])
    idx.write(set_folder / TRAIN_Y, arrays[0])
    with pytest.raises(FileFormatError, match=r"figures of at least two dimensions .* Are the files mixed up\?"):
        folder.read(set_folder)


def test_labels_of_another_type(set_folder: Path) -> None:
    idx.write(set_folder / TEST_Y, np.zeros(20, np.float32))
    with pytest.raises(FileFormatError, match=r"whole-number labels .*received .*float32 \(20,\)"):
        folder.read(set_folder)


def test_figures_of_two_sizes(set_folder: Path) -> None:
    idx.write(set_folder / TEST_X, np.zeros((20, 8, 8), np.uint8))
    with pytest.raises(FileFormatError, match=r"expected training and test figures of one size, received \(28, 28\)"):
        folder.read(set_folder)
