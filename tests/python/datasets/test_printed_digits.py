"""Printed digits and all digits together: shapes and types, MNIST's form, parts that share no design, a fixed order."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import digits, drawn_digits, folder, mnist, printed_digits
from figurate.errors import FileFormatError
from figurate.figures import FigurePreprocessing

FILES = Path(printed_digits.__file__).parent / "files" / "printed_digits"


@pytest.fixture(scope="module")
def parts() -> folder.Data:
    return printed_digits.load_data()


def faces() -> list[dict[str, str]]:
    with open(FILES / "faces.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_load_data_gives_figures_like_mnist(parts: folder.Data) -> None:
    for x, y in parts:
        assert x.shape == (len(y), 28, 28)
        assert x.dtype == y.dtype == np.uint8
        assert x.flags.c_contiguous
        assert x.flags.writeable
        assert np.unique(np.bincount(y, minlength=10)).size == 1, "every digit as often as another"
    assert printed_digits.class_names == mnist.class_names
    assert printed_digits.kind == mnist.kind


def test_figures_have_mnists_form(parts: folder.Data) -> None:
    """Light on dark, fitted into 20 × 20, the centre of mass in the middle."""
    for x, _ in parts:
        assert x.min() == 0
        assert np.all(x.max(axis=(1, 2)) == 255)
        ink = x > 0
        high = ink.any(axis=2).sum(axis=1)
        wide = ink.any(axis=1).sum(axis=1)
        assert np.maximum(high, wide).max() <= 20
        assert np.median(np.maximum(high, wide)) == 20
        total = x.sum(axis=(1, 2), dtype=np.float64)
        down = x.sum(axis=2, dtype=np.float64) @ np.arange(28) / total
        across = x.sum(axis=1, dtype=np.float64) @ np.arange(28) / total
        # Moved by whole pixels, so half a pixel may be left; a few that are heavy at one end reach the edge before.
        for middle in (down, across):
            away = np.abs(middle - 14)
            assert np.mean(away < 0.52) > 0.95
            assert away.max() < 2


def test_no_design_is_in_both_parts(parts: folder.Data) -> None:
    listed = faces()
    designs = {part: {face["design"] for face in listed if face["part"] == part} for part in ("train", "test")}
    assert not designs["train"] & designs["test"]
    for part, (x, _) in zip(("train", "test"), parts, strict=True):
        assert len(x) == 20 * sum(face["part"] == part for face in listed)
    share = len(parts[1][0]) / (len(parts[0][0]) + len(parts[1][0]))
    assert 0.1 < share < 0.2


def test_no_test_figure_is_a_training_figure(parts: folder.Data) -> None:
    seen = {figure.tobytes() for figure in parts[0][0]}
    assert sum(figure.tobytes() in seen for figure in parts[1][0]) == 0


def test_every_family_stands_in_the_notice() -> None:
    notice = Path(__file__).parents[3] / "NOTICE"
    if not notice.exists():
        pytest.skip("the sources are not at hand")
    text = " ".join(notice.read_text(encoding="utf-8").split())
    assert [face["family"] for face in faces() if face["family"] not in text] == []


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 1.5e6


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(FILES, tmp_path / "printed_digits")
    path = copy / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:5000])
    monkeypatch.setattr(printed_digits, "_FOLDER", copy)
    with pytest.raises(FileFormatError, match=r"t10k-images-idx3-ubyte\.gz.*the header promises"):
        printed_digits.load_data()


def test_drawn_digits_have_mnists_form_and_every_digit() -> None:
    for x, y in drawn_digits.load_data():
        assert x.shape == (len(y), 28, 28)
        assert x.dtype == y.dtype == np.uint8
        assert np.unique(np.bincount(y, minlength=10)).size == 1
        form = FigurePreprocessing.learn(x)
        assert (form.box, form.ground, form.centre) == ((20.0, 20.0), "dark", "mass")
    assert drawn_digits.class_names == mnist.class_names


def test_digits_are_mnists_and_printed_and_drawn_ones(parts: folder.Data) -> None:
    (x, y), (xt, yt) = digits.load_data()
    written, written_test = mnist.load_data()
    drawn, drawn_test = drawn_digits.load_data()
    assert x.shape == (100000, 28, 28)
    assert x.dtype == y.dtype == xt.dtype == yt.dtype == np.uint8
    assert y.shape == (100000,)
    place = np.arange(100000) % 5
    np.testing.assert_array_equal(x[place < 3], written[0])
    np.testing.assert_array_equal(y[place < 3], written[1])
    # Every other training figure comes, and none much more often than another.
    for at, other in ((3, parts[0]), (4, drawn)):
        chosen = np.arange(20000) * len(other[0]) // 20000
        np.testing.assert_array_equal(x[place == at], other[0][chosen])
        np.testing.assert_array_equal(y[place == at], other[1][chosen])
        times = np.bincount(chosen, minlength=len(other[0]))
        assert times.min() >= 1
        assert times.max() - times.min() <= 1
    np.testing.assert_array_equal(xt, np.concatenate([written_test[0], parts[1][0], drawn_test[0]]))
    np.testing.assert_array_equal(yt, np.concatenate([written_test[1], parts[1][1], drawn_test[1]]))


def test_digits_come_in_the_same_order_every_time() -> None:
    first, second = digits.load_data(), digits.load_data()
    np.testing.assert_array_equal(first[0][1], second[0][1])
    assert digits.class_names == mnist.class_names
    assert digits.kind == mnist.kind
