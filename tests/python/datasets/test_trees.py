"""Folders of pictures, a folder a class: found in all their shapes, read as they are or brought into form."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from figurate import datasets
from figurate.datasets import Dataset
from figurate.errors import ConfigurationError, DataError, FileFormatError
from figurate.figures import FigurePreprocessing
from tests.python.datasets.drawn import digits, photo, save, stroke, tree


def test_a_folder_a_class_is_brought_into_form_and_split(tmp_path: Path) -> None:
    data = datasets.load(tree(tmp_path / "signs", ["bar", "cross", "ring"], each=10))
    assert isinstance(data, Dataset)
    (x_train, y_train), (x_test, y_test) = data
    assert (x_train.shape, x_test.shape) == ((24, 28, 28), (6, 28, 28))
    assert data.class_names == ["bar", "cross", "ring"]
    assert np.bincount(y_train).tolist() == [8, 8, 8]
    assert np.bincount(y_test).tolist() == [2, 2, 2]
    assert x_train[:, 0, 0].max() == 0  # the ground is dark now
    assert data.preprocessing is not None
    assert (data.preprocessing.box, data.preprocessing.ground) == ((20.0, 20.0), "dark")
    assert data.kind == "characters"
    assert any("Strokes on plain ground, brought into form" in note for note in data.notes)
    assert any("split 80:20 by class, seed 0: 24 figures to learn from, 6 to test with" in note for note in data.notes)
    assert data.origins is not None
    for places, labels in zip(data.origins, (y_train, y_test), strict=True):
        assert [Path(place).parent.name for place in places] == [data.class_names[label] for label in labels]
    assert len(data) == 2
    assert data[1][0] is x_test
    assert data.stem == "signs"
    assert "24 figures to learn from, 6 to validate with; 28 × 28 pixels, uint8 0..255; 3 classes." in repr(data)


def test_the_same_seed_splits_alike_and_another_does_not(tmp_path: Path) -> None:
    folder = tree(tmp_path, ["a", "b"], each=20)
    tests = [datasets.load(folder, seed=seed).origins for seed in (1, 1, 2)]
    assert all(origins is not None for origins in tests)
    first, again, other = (sorted(origins.test) for origins in tests if origins is not None)
    assert first == again
    assert first != other


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "TEST"), ("train", "valid")])
def test_parts_in_any_spelling(tmp_path: Path, train: str, test: str) -> None:
    tree(tmp_path / train, ["a", "b"], each=4)
    tree(tmp_path / test, ["a", "b"], each=2)
    data = datasets.load(tmp_path)
    assert (len(data.train[0]), len(data.test[0])) == (8, 4)
    assert any("the validation part takes its place" in note for note in data.notes) == (test == "valid")


def test_validation_beside_a_test_is_learned_from(tmp_path: Path) -> None:
    for part, each in (("train", 4), ("val", 3), ("test", 2)):
        tree(tmp_path / part, ["a", "b"], each=each)
    data = datasets.load(tmp_path)
    assert (len(data.train[0]), len(data.test[0])) == (14, 4)
    assert any("validation part's 6 figures are learned from, too" in note for note in data.notes)


def test_classes_may_be_called_like_parts(tmp_path: Path) -> None:
    assert datasets.load(tree(tmp_path, ["test", "train"])).class_names == ["test", "train"]


def test_a_folder_within_a_folder_and_deeper_classes(tmp_path: Path) -> None:
    tree(tmp_path / "set" / "set", ["a", "b"])
    (tmp_path / "set" / "set" / "a" / "0.png").rename(save(stroke(0), tmp_path / "set" / "set" / "a" / "w1" / "0.png"))
    (tmp_path / "set" / "__MACOSX").mkdir()
    data = datasets.load(tmp_path / "set")
    assert data.class_names == ["a", "b"]
    assert len(data.train[0]) + len(data.test[0]) == 10


def test_numbers_as_classes_are_sorted_by_number(tmp_path: Path) -> None:
    assert datasets.load(tree(tmp_path, ["10", "9", "007"])).class_names == ["007", "9", "10"]


def test_figures_of_one_form_stay_as_they_are(tmp_path: Path) -> None:
    x, y = digits(60)
    for number, (figure, label) in enumerate(zip(x, y, strict=True)):
        save(figure, tmp_path / str(label) / f"{number:03}.png")
    data = datasets.load(tmp_path, test_split=None)
    assert data.preprocessing is not None
    assert data.preprocessing.box == (20.0, 20.0)
    assert any("All figures are of one form and stay as they are" in note for note in data.notes)
    assert data.origins is not None
    order = [int(Path(place).stem) for place in data.origins.train]
    np.testing.assert_array_equal(data.train[0], x[order])
    np.testing.assert_array_equal(data.train[1], y[order])
    assert len(data.test[0]) == len(data.test[1]) == 0
    assert not data.brought_into_form
    again = datasets.load(tmp_path, preprocessing=data.preprocessing, test_split=None)
    assert (again.brought_into_form, again.notes) == (False, [])
    assert not datasets.load_figures(tmp_path / "3", preprocessing=data.preprocessing).brought_into_form
    save(x[0].repeat(2, axis=0).repeat(2, axis=1), tmp_path / "3" / "large.png")
    again = datasets.load(tmp_path, preprocessing=data.preprocessing)
    assert again.brought_into_form
    assert any("Brought into form: 28 × 28 pixels" in note for note in again.notes)
    assert datasets.load_figures(tmp_path / "3", preprocessing=data.preprocessing).brought_into_form


def test_photographs_are_fitted(tmp_path: Path) -> None:
    for number in range(6):
        save(photo(number, (30 + number, 40, 3)), tmp_path / "ab"[number % 2] / f"{number}.jpg")
    data = datasets.load(tmp_path)
    assert data.figure_shape == (32, 40, 3)
    assert data.kind == "characters"
    assert data.preprocessing is not None
    assert data.preprocessing.box is None
    assert any("Fitted to 32 × 40 pixels, colour, proportions kept" in note for note in data.notes)
    grey = datasets.load(tmp_path, size=16, channels=1)
    assert grey.figure_shape == (16, 16)


def test_grey_in_fact_is_grey(tmp_path: Path) -> None:
    for number in range(6):
        grey = photo(number, (20, 20))
        save(np.repeat(grey[:, :, None], 3, 2), tmp_path / "ab"[number % 2] / f"{number}.png")
    assert datasets.load(tmp_path).figure_shape == (20, 20)


@pytest.mark.parametrize("odd", [photo(0, (21, 20)), photo(0, (20, 20, 3))], ids=["size", "colour"])
def test_one_that_differs_beyond_the_sample(tmp_path: Path, odd: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("figurate.datasets.survey.SAMPLE", 2)
    for number in range(8):
        save(photo(number, (20, 20)) if number != 3 else odd, tmp_path / "ab"[number // 4] / f"{number}.png")
    data = datasets.load(tmp_path, test_split=None)
    assert len(data.train[0]) == 8
    assert data.figure_shape == ((20, 20, 3) if odd.ndim == 3 else (20, 20))


def test_preprocessing_that_is_given(tmp_path: Path) -> None:
    form = FigurePreprocessing(height=20, width=20, box=(16, 16))
    data = datasets.load(tree(tmp_path, ["a", "b"]), preprocessing=form)
    assert data.figure_shape == (20, 20)
    assert data.preprocessing is form
    expected = form(stroke(0))
    assert data.origins is not None
    at = next(at for at, place in enumerate(data.origins.train) if place.endswith(("a/0.png", "a/3.png")))
    np.testing.assert_array_equal(data.train[0][at], expected)


def test_preprocessing_none_only_fits(tmp_path: Path) -> None:
    data = datasets.load(tree(tmp_path, ["a", "b"]), preprocessing=None, size=20)
    assert data.figure_shape == (20, 20)
    assert data.train[0][:, 0, 0].min() == 255
    assert data.preprocessing is not None
    assert data.preprocessing.box is None


def test_every_format(tmp_path: Path) -> None:
    for ending in ("png", "jpg", "JPEG", "bmp", "gif", "webp", "tif", "pgm"):
        for kind, name in enumerate("ab"):
            save(stroke(kind), tmp_path / name / f"{ending}.{ending}")
    Image.fromarray(stroke(0)).convert("P").save(tmp_path / "a" / "palette.png")
    Image.fromarray(stroke(0)).convert("1").save(tmp_path / "a" / "bits.png")
    Image.fromarray(stroke(0).astype(np.uint16) * 257).save(tmp_path / "a" / "deep.png")
    Image.fromarray(stroke(0)).convert("CMYK").save(tmp_path / "a" / "print.jpg")
    Image.fromarray(stroke(0)).convert("RGBA").save(tmp_path / "a" / "alpha.png")
    data = datasets.load(tmp_path, test_split=None)
    assert data.skipped == []
    assert len(data.train[0]) == 21
    bars = data.train[0][data.train[1] == 0].astype(int)
    assert np.abs(bars - bars[0]).mean(axis=(1, 2)).max() < 12  # all show the same


def test_any_unicode_and_bytes_that_are_none(tmp_path: Path) -> None:
    names = ["ß", "数字", "a b", "🙂", "e\u0301"]
    tree(tmp_path, names)
    os.makedirs(os.fsencode(tmp_path) + b"/caf\xe9")
    with open(os.fsencode(tmp_path) + b"/caf\xe9/\xff.png", "wb") as file:
        file.write((tmp_path / "ß" / "0.png").read_bytes())
    with open(os.fsencode(tmp_path) + b"/caf\xe9/\xfe.png", "wb") as file:
        file.write(b"none")
    data = datasets.load(tmp_path)
    assert sorted(data.class_names) == sorted(["ß", "数字", "a b", "🙂", "\u00e9", "caf\\xe9"])
    assert [Path(one.file).name for one in data.skipped] == ["\\xfe.png"]
    assert any("Classes with one figure alone, which is for learning: caf\\xe9." in note for note in data.notes)
    "".join(data.class_names).encode("utf-8")


def test_a_class_unseen_in_training(tmp_path: Path) -> None:
    tree(tmp_path / "train", ["a", "b"])
    tree(tmp_path / "test", ["a", "b", "c"])
    with pytest.raises(DataError, match=r"of the classes that the training figures have, received 1 class .*: 'c'\."):
        datasets.load(tmp_path)


def test_arguments_out_of_range(tmp_path: Path) -> None:
    folder = tree(tmp_path, ["a", "b"])
    with pytest.raises(ConfigurationError, match=r"expects size as pixels .* received 0\. Try 28"):
        datasets.load(folder, size=0)
    with pytest.raises(ConfigurationError, match="expects channels of 1"):
        datasets.load(folder, channels=2)
    with pytest.raises(ConfigurationError, match="expects preprocessing of 'auto', None or a FigurePreprocessing"):
        datasets.load(folder, preprocessing="mnist")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"either a FigurePreprocessing, .* or size and"):
        datasets.load(folder, preprocessing=FigurePreprocessing(height=9, width=9), size=9)
    for fraction in (0, 1, 1.5, True):
        with pytest.raises(ConfigurationError, match="expects test_split between 0 and 1, or None"):
            datasets.load(folder, test_split=fraction)
    with pytest.raises(ConfigurationError, match="a table with a column 'writer' for groups"):
        datasets.load(folder, groups="writer")


def test_loose_pictures_and_folders_beside_parts_are_said(tmp_path: Path) -> None:
    tree(tmp_path / "train", ["a", "b"])
    tree(tmp_path / "test", ["a", "b"])
    tree(tmp_path / "drafts", ["a"])
    save(stroke(0), tmp_path / "train" / "loose.png")
    data = datasets.load(tmp_path)
    assert any("a folder `drafts`, which was left out" in note for note in data.notes)
    assert data.skipped[0].reason == "lies beside the classes' folders, so that it has no class"
    with pytest.raises(FileFormatError, match="lies beside the classes' folders"):
        datasets.load(tmp_path, strict=True)
