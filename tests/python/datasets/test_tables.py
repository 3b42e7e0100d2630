"""CSV files: rows of pixels as Kaggle has them, and tables that name picture files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from figurate import datasets
from figurate.errors import ConfigurationError, DataError, FileFormatError
from tests.python.datasets.drawn import digits, save, stroke

KAGGLE = ["label", *(f"pixel{at}" for at in range(784))]


def write(path: Path, head: Iterable[object] | None, rows: Iterable[Iterable[object]], separator: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [separator.join(map(str, row)) for row in ([head] if head is not None else []) + list(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def pixel_rows(x: np.ndarray, y: np.ndarray | None) -> list[list[int]]:
    rows = x.reshape(len(x), -1).tolist()
    return rows if y is None else [[label, *row] for label, row in zip(y.tolist(), rows, strict=True)]


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    x, y = digits(60)
    write(tmp_path / "train.csv", KAGGLE, pixel_rows(x, y))
    write(tmp_path / "test.csv", KAGGLE[1:], pixel_rows(x[:7], None))
    write(tmp_path / "sample_submission.csv", ["ImageId", "Label"], [[1, 0], [2, 0]])
    return tmp_path


def test_kaggles_digit_recognizer(kaggle: Path) -> None:
    x, y = digits(60)
    for source in (kaggle / "train.csv", kaggle):
        data = datasets.load(source, test_split=None)
        np.testing.assert_array_equal(data.train[0], x)
        np.testing.assert_array_equal(data.train[1], y)
        assert data.train[0].dtype == np.uint8
        assert data.class_names == [str(digit) for digit in range(10)]
        assert data.origins is not None
        assert data.origins.train[15] == f"{kaggle / 'train.csv'}:17"
        assert data.preprocessing is not None
        assert data.preprocessing.box == (20.0, 20.0)
    assert any("test.csv` has no labels and was left out" in note for note in data.notes)


def test_kaggles_test_figures_and_a_submission(kaggle: Path) -> None:
    x, y = digits(7)
    figures = datasets.load_figures(kaggle / "test.csv")
    np.testing.assert_array_equal(figures.x, x)
    assert figures.ids == [1, 2, 3, 4, 5, 6, 7]
    target = kaggle / "submission.csv"
    datasets.write_submission(target, figures.ids, y.tolist())
    assert target.read_text() == "ImageId,Label\n1,5\n2,0\n3,4\n4,1\n5,9\n6,2\n7,1\n"
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        datasets.write_submission(target, figures.ids, [1])
    assert len(target.read_text().splitlines()) == 8
    assert sorted(path.name for path in kaggle.iterdir()) == [
        "sample_submission.csv",
        "submission.csv",
        "test.csv",
        "train.csv",
    ]


def test_pixels_by_rows_and_columns_in_two_files(tmp_path: Path) -> None:
    x, y = digits(40)
    head = ["label", *(f"{row}x{column}" for row in range(1, 29) for column in range(1, 29))]
    write(tmp_path / "mnist_train.csv", head, pixel_rows(x[:30], y[:30]))
    write(tmp_path / "mnist_test.csv", head, pixel_rows(x[30:], y[30:]))
    data = datasets.load(tmp_path)
    np.testing.assert_array_equal(data.train[0], x[:30])
    np.testing.assert_array_equal(data.test[0], x[30:])
    np.testing.assert_array_equal(data.test[1], y[30:])


def test_without_a_head_and_transposed(tmp_path: Path) -> None:
    x, y = digits(40)
    write(tmp_path / "emnist-digits-train.csv", None, pixel_rows(x.swapaxes(1, 2), y))
    data = datasets.load(tmp_path / "emnist-digits-train.csv", test_split=None)
    np.testing.assert_array_equal(data.train[0], x)
    np.testing.assert_array_equal(data.train[1], y)
    assert any("Turned: rows and columns were exchanged" in note for note in data.notes)
    as_it_lies = datasets.load(tmp_path / "emnist-digits-train.csv", test_split=None, transposed=False)
    np.testing.assert_array_equal(as_it_lies.train[0], x.swapaxes(1, 2))


def test_other_orders_labels_and_separators(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 4), np.uint8)
    head = [*(f"p{at}" for at in reversed(range(16))), "letter", "writer"]
    rows = [[*figure.ravel()[::-1].tolist(), "äb"[at % 2], f"w{at % 4}"] for at, figure in enumerate(x)]
    path = write(tmp_path / "letters.csv", head, rows, separator=";")
    data = datasets.load(path, test_split=None)
    np.testing.assert_array_equal(data.train[0], x)
    assert [data.class_names[label] for label in data.train[1]] == ["ä", "b"] * 6
    split = datasets.load(path, groups="writer", test_split=0.5)
    assert split.origins is not None
    sides = [{rows[int(place.rsplit(":", 1)[1]) - 2][-1] for place in half} for half in split.origins]
    assert not sides[0] & sides[1]
    with pytest.raises(ConfigurationError, match=r"a column 'writers' for groups.*Did you mean 'writer'"):
        datasets.load(path, groups="writers")


def test_fractions_and_whole_floats(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (6, 4, 4), np.uint8)
    head = ["label", *(f"pixel{at}" for at in range(16))]
    floats = [[f"{at % 2}.0", *(f"{pixel}.0" for pixel in row)] for at, row in enumerate(x.reshape(6, -1).tolist())]
    shares = [[at % 2, *(f"{pixel / 255:.5f}" for pixel in row)] for at, row in enumerate(x.reshape(6, -1).tolist())]
    for rows in (floats, shares):
        data = datasets.load(write(tmp_path / "train.csv", head, rows), test_split=None)
        np.testing.assert_array_equal(data.train[0], x)
        assert data.class_names == ["0", "1"]


def test_colour(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3), np.uint8)
    path = write(tmp_path / "t.csv", ["label", *range(48)], pixel_rows(x, np.arange(6) % 2))
    np.testing.assert_array_equal(datasets.load(path, test_split=None).train[0], x)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    for number in range(10):
        save(stroke(number % 2, 30 + number), tmp_path / "images" / f"{number}.png")
    return tmp_path


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("image,label", "images/{}.png"),
        ("File Name,Class", "{}.png"),
        ("id,target", "{}"),
        ("path,y", "images\\{}.png"),
    ],
)
def test_a_table_names_pictures(labelled: Path, head: str, name: str) -> None:
    rows = [[name.format(number), "xy"[number % 2]] for number in range(10)]
    table = write(labelled / "labels.csv", head.split(","), rows)
    for source in (labelled, table):
        data = datasets.load(source)
        assert (len(data.train[0]), len(data.test[0])) == (8, 2)
        assert data.class_names == ["x", "y"]
        assert data.skipped == []
        assert data.origins is not None
        assert {Path(place).name for half in data.origins for place in half} == {f"{n}.png" for n in range(10)}


def test_a_split_column_and_rows_of_no_use(labelled: Path) -> None:
    rows = [[f"images/{n}.png", "xy"[n % 2], "train" if n < 6 else "Test"] for n in range(10)]
    rows += [["images/0.png", "", "train"], ["images/lost.png", "x", "train"]]
    write(labelled / "labels.csv", ["image", "label", "split"], rows)
    data = datasets.load(labelled)
    assert (len(data.train[0]), len(data.test[0])) == (6, 4)
    assert [(Path(one.file).name, one.reason) for one in data.skipped] == [
        ("labels.csv:12", "no label"),
        ("labels.csv:13", "names 'images/lost.png', which is not there"),
    ]
    with pytest.raises(FileFormatError, match=r"labels\.csv:12`: no label\. Without `strict` it is left out"):
        datasets.load(labelled, strict=True)


def test_a_table_for_each_part(labelled: Path) -> None:
    for part, numbers in (("train", range(6)), ("test", range(6, 10))):
        write(labelled / f"{part}.csv", ["image", "label"], [[f"images/{n}.png", n % 2] for n in numbers])
    data = datasets.load(labelled)
    assert (len(data.train[0]), len(data.test[0])) == (6, 4)


def test_columns_that_are_named(labelled: Path) -> None:
    write(labelled / "l.csv", ["where", "what"], [[f"images/{n}.png", "ab"[n % 2]] for n in range(10)])
    data = datasets.load(labelled / "l.csv", image="where", label="what")
    assert data.class_names == ["a", "b"]
    with pytest.raises(FileFormatError, match=r"expected columns `image` and `label`, received 'where, what'"):
        datasets.load(labelled / "l.csv")


def test_pictures_of_a_table_without_labels(labelled: Path) -> None:
    save(stroke(0), labelled / "images" / "007.png")
    write(labelled / "test.csv", ["id"], [["3"], ["1"], ["007"]])
    figures = datasets.load_figures(labelled / "test.csv", size=20)
    assert figures.x.shape == (3, 20, 20)
    assert figures.ids == [3, 1, "007"]


def test_one_class_alone(tmp_path: Path) -> None:
    x, _ = digits(4)
    path = write(tmp_path / "train.csv", KAGGLE, pixel_rows(x, np.full(4, 7)))
    with pytest.raises(DataError, match="expected figures of at least two classes to learn from, received one, '7'"):
        datasets.load(path)


def test_a_table_beside_the_pictures_of_each_part(tmp_path: Path) -> None:
    for part, count in (("train", 6), ("test", 4)):
        for number in range(count):
            save(stroke(number % 2, 30 + number), tmp_path / part / f"{number}.png")
        write(tmp_path / part / "metadata.csv", ["file_name", "label"], [[f"{n}.png", n % 2] for n in range(count)])
    data = datasets.load(tmp_path)
    assert (len(data.train[0]), len(data.test[0])) == (6, 4)
    assert data.class_names == ["0", "1"]


def test_parts_of_two_kinds(labelled: Path) -> None:
    x, y = digits(8)
    write(labelled / "train.csv", KAGGLE, pixel_rows(x, y))
    write(labelled / "test.csv", ["image", "label"], [[f"images/{n}.png", n % 2] for n in range(4)])
    with pytest.raises(FileFormatError, match="expected pixels or picture files in all parts, received both"):
        datasets.load(labelled)
