"""Arrays: as they are passed, in NPZ and NPY files, and sets of IDX files, EMNIST's too."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import datasets
from figurate.datasets import idx, spool
from figurate.errors import ConfigurationError, DataError, FileFormatError
from figurate.figures import FigurePreprocessing
from tests.python.datasets.drawn import digits, photo

X, Y = digits(100)


def assert_is(data: datasets.Dataset, train: int = 60) -> None:
    """The first figures to learn from, the others for the test."""
    for received, expected in zip((*data.train, *data.test), (X[:train], Y[:train], X[train:], Y[train:]), strict=True):
        np.testing.assert_array_equal(received, expected)


def test_pairs_and_dictionaries() -> None:
    assert_is(datasets.load(((X[:60], Y[:60]), (X[60:], Y[60:]))))
    assert_is(datasets.load({"x_train": X[:60], "y_train": Y[:60], "x_test": X[60:], "y_test": Y[60:]}))
    data = datasets.load((X, Y), test_split=0.3)
    assert len(data.test[0]) in range(26, 35)
    assert data.origins is None
    assert data.name == "the arrays"
    assert datasets.load((X[:60].tolist(), Y[:60].tolist())).figure_shape == (28, 28)
    assert_is(datasets.load(datasets.load(((X[:60], Y[:60]), (X[60:], Y[60:])))))


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda x: x.reshape(len(x), -1), "Rows of 784 pixels, taken as 28 × 28"),
        (lambda x: x[:, :, :, None], None),
        (lambda x: x[:, None], "Channels stood before rows"),
        (lambda x: x / 255, "stretched to 0..255"),
        (lambda x: (x / 255).astype(np.float32), "stretched to 0..255"),
        (lambda x: x.astype(np.int64), None),
        (lambda x: x.astype(np.uint16) * 257, "16 bits made 8"),
        (lambda x: x.astype(">f8"), None),
    ],
    ids=["rows", "channel last", "channel first", "float64", "float32", "int64", "uint16", "big-endian"],
)
def test_figures_in_any_shape_and_type(change: Any, note: str | None) -> None:
    data = datasets.load(((change(X[:60]), Y[:60]), (change(X[60:]), Y[60:])))
    assert_is(data)
    assert data.train[0].dtype == np.uint8
    assert note is None or any(note in one for one in data.notes)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (Y[:60], [str(digit) for digit in range(10)]),
        (Y[:60].astype(np.float32), [str(digit) for digit in range(10)]),
        (np.eye(10)[Y[:60]], [str(digit) for digit in range(10)]),
        (Y[:60, None], [str(digit) for digit in range(10)]),
        (np.array(["odd" if label % 2 else "even" for label in Y[:60]]), ["even", "odd"]),
        ((Y[:60] > 4), ["False", "True"]),
        (Y[:60].astype(np.int64) * 1_000_000 - 3, [str(digit * 1_000_000 - 3) for digit in range(10)]),
    ],
    ids=["numbers", "floats", "one-hot", "column", "texts", "truth values", "far apart"],
)
def test_labels_of_any_kind(labels: Any, names: list[str]) -> None:
    data = datasets.load((X[:60], labels), test_split=None)
    assert data.class_names == names
    assert data.train[1].dtype == np.uint8
    expected = Y[:60] if len(names) == 10 else Y[:60] % 2 if "odd" in names else Y[:60] > 4
    np.testing.assert_array_equal(data.train[1], expected)


def test_labels_that_are_none() -> None:
    with pytest.raises(DataError, match=r"expected whole numbers or names as labels, received float64 with 5\.5"):
        datasets.load((X, Y + 0.5))
    with pytest.raises(DataError, match="as many labels as figures, received 100 figures and 99 labels"):
        datasets.load((X, Y[1:]))
    with pytest.raises(DataError, match=r"expected one label a figure.*received uint8 of shape \(100, 28, 28\)"):
        datasets.load((X, X))
    with pytest.raises(DataError, match=r"expects the name of a set, a path, .* received int"):
        datasets.load(7)


def test_pixels_that_are_none() -> None:
    with pytest.raises(DataError, match=r"expected pixels from 0 to 255, .* received float64 from -1 to 1"):
        datasets.load((X / 127.5 - 1, Y))
    with pytest.raises(DataError, match="received float64 from nan to nan"):
        datasets.load((np.full((100, 8, 8), np.nan), Y))
    with pytest.raises(DataError, match=r"expected figures of shape .* received \(100, 7, 7, 2\)"):
        datasets.load((np.zeros((100, 7, 7, 2)), Y))


def test_another_size_and_a_models_form() -> None:
    data = datasets.load((X, Y), size=20)
    assert data.figure_shape == (20, 20)
    assert data.preprocessing is not None
    assert data.preprocessing.box == pytest.approx((20 * 20 / 28, 20 * 20 / 28))
    form = FigurePreprocessing(height=28, width=28, box=(20, 20))
    assert datasets.load((X, Y), preprocessing=form, test_split=None).train[0] is not None
    np.testing.assert_array_equal(datasets.load((X, Y), preprocessing=form, test_split=None).train[0], X)
    small = FigurePreprocessing(height=16, width=16, box=(12, 12))
    assert datasets.load((X, Y), preprocessing=small).figure_shape == (16, 16)
    assert datasets.load((X, Y), channels=3).figure_shape == (28, 28, 3)
    assert datasets.load((X, Y), preprocessing=None).preprocessing is None


@pytest.mark.parametrize(
    ("x", "options", "brought"),
    [
        (X, {}, False),
        (X, {"preprocessing": None}, False),
        (X / 255, {}, False),  # other numbers, the same form
        (X, {"preprocessing": FigurePreprocessing(height=28, width=28, box=(20, 20))}, False),
        (X, {"preprocessing": FigurePreprocessing(height=28, width=28)}, False),  # only fits, and they do
        (255 - X, {"preprocessing": FigurePreprocessing(height=28, width=28, box=(20, 20))}, True),
        (X, {"preprocessing": FigurePreprocessing(height=16, width=16)}, True),
        (X, {"size": 20}, True),
        (X, {"channels": 3}, True),
    ],
    ids=[
        "found",
        "not looked for",
        "floats",
        "a model's",
        "a plain one",
        "the other ground",
        "small",
        "size",
        "colour",
    ],
)
def test_whether_figures_were_brought_into_form_is_known(
    tmp_path: Path, x: Any, options: dict[str, Any], brought: bool
) -> None:
    data = datasets.load((x, Y), **options)
    assert data.brought_into_form is brought
    assert any("Brought " in note for note in data.notes) is brought
    np.save(tmp_path / "x.npy", x)
    assert datasets.load_figures(tmp_path / "x.npy", **options).brought_into_form is brought


def test_things_have_no_form() -> None:
    x = np.stack([photo(at, (12, 12, 3)) for at in range(20)])
    data = datasets.load((x, np.arange(20) % 2))
    assert data.kind == "characters"
    assert data.figure_shape == (12, 12, 3)


def test_groups_as_a_list() -> None:
    data = datasets.load((X, Y % 2), groups=[f"writer {at % 5}" for at in range(100)], test_split=0.2)
    assert len(data.test[0]) == 20
    assert any("the 5 groups kept whole" in note for note in data.notes)
    with pytest.raises(ConfigurationError, match="one entry a figure, received 3 entries for parts of 100 figures"):
        datasets.load((X, Y), groups=["a", "b", "c"])
    with pytest.raises(DataError, match="expected at least two groups to split by, received 1"):
        datasets.load((X, Y), groups=["a"] * 100)


NAMED = [
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("arr_0", "arr_1", "arr_2", "arr_3"),
    ("X-Train", "Y-Train", "X-Valid", "Y-Valid"),
]


def named(names: tuple[str, ...]) -> Mapping[str, Any]:
    return dict(zip(names, (X[:60], Y[:60], X[60:], Y[60:]), strict=True))


@pytest.mark.parametrize("names", NAMED, ids=lambda names: names[0])
@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_npz(tmp_path: Path, names: tuple[str, ...], write: Any) -> None:
    write(tmp_path / "mnist.npz", **named(names))
    for source in (tmp_path / "mnist.npz", tmp_path):
        data = datasets.load(source)
        assert_is(data)
        assert data.origins is not None
        assert data.origins.test[3] == f"{tmp_path / 'mnist.npz'}:{names[2]}[3]"


@pytest.mark.parametrize("names", [NAMED[0], NAMED[1]], ids=lambda names: names[0])
def test_npy_files(tmp_path: Path, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, values in named(names).items():
        np.save(tmp_path / f"{name}.npy", values)
    np.save(tmp_path / "weights.npy", np.zeros(3))
    assert_is(datasets.load(tmp_path))
    monkeypatch.setattr("figurate.datasets.npy.MAPPED_FROM", 1)
    data = datasets.load(tmp_path / f"{names[0]}.npy")
    assert_is(data)
    data.train[0][:] = 0
    assert_is(datasets.load(tmp_path))


def test_files_are_called_as_they_were_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("mnist.npz", **named(NAMED[0]))
    for name, values in named(NAMED[0]).items():
        np.save(f"{name}.npy", values)
    idx_set(tmp_path, "", X, Y)
    for file in ("mnist.npz", "x_train.npy", "train-images-idx3-ubyte"):
        data = datasets.load(file)
        assert data.name == file
        assert data.origins is not None
        assert not data.origins.train[0].startswith("./")
    np.testing.assert_array_equal(datasets.load_figures("train-images-idx3-ubyte").x, X)
    Path("mnist.npz").write_bytes(b"damaged")
    assert len(datasets.load("x_train.npy").train[0]) == 60, "files of other kinds beside it have no say"


def test_figures_of_a_folder_of_idx_files(tmp_path: Path) -> None:
    idx_set(tmp_path, "", X[:60], Y[:60])
    np.testing.assert_array_equal(datasets.load_figures(tmp_path).x, X[:60])
    idx_set(tmp_path, "", X[60:], Y[60:], "t10k", packed=True)
    np.testing.assert_array_equal(datasets.load_figures(tmp_path).x, X[60:])
    idx_set(tmp_path, "other-", X[60:], Y[60:], "test")
    with pytest.raises(FileFormatError, match=r"received 2 files: 'other-test-images-.*, t10k-images.*'\. Name one"):
        datasets.load_figures(tmp_path)


def test_npz_files_of_one_array_and_class_names(tmp_path: Path) -> None:
    for name, values in zip(("train-imgs", "train-labels"), (X, Y), strict=True):
        np.savez(tmp_path / f"k-{name}.npz", values)
    assert len(datasets.load(tmp_path, test_split=None).train[0]) == 100
    names = np.array(["null", *"abcdefghi"])
    np.savez(tmp_path / "all.npz", images=X, labels=Y, class_names=names)
    assert datasets.load(tmp_path / "all.npz").class_names == names.tolist()


def test_arrays_in_other_orders(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", x=np.asfortranarray(X), y=Y.astype(">i2"))
    np.testing.assert_array_equal(datasets.load(tmp_path, test_split=None).train[0], X)
    np.save(tmp_path / "x_train.npy", np.asfortranarray(X))
    np.testing.assert_array_equal(datasets.load_figures(tmp_path / "x_train.npy").x, X)


def idx_set(folder: Path, prefix: str, x: Any, y: Any, part: str = "train", packed: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    for name, values in ((f"{prefix}{part}-images-idx3-ubyte", x), (f"{prefix}{part}-labels-idx1-ubyte", y)):
        idx.write(folder / name, values)
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes(), 1))
            (folder / name).unlink()


def test_emnist_is_turned_and_named(tmp_path: Path) -> None:
    letters = (Y + 1).astype(np.uint8)
    idx_set(tmp_path, "emnist-letters-", X[:60].swapaxes(1, 2), letters[:60], packed=True)
    idx_set(tmp_path, "emnist-letters-", X[60:].swapaxes(1, 2), letters[60:], "test", packed=True)
    data = datasets.load(tmp_path)
    np.testing.assert_array_equal(data.train[0], X[:60])
    np.testing.assert_array_equal(data.test[0], X[60:])
    assert data.class_names == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert any(note.startswith("Turned: ") for note in data.notes)
    (tmp_path / "emnist-letters-mapping.txt").write_text("".join(f"{at} {96 + at} {64 + at}\n" for at in range(1, 11)))
    assert datasets.load(tmp_path).class_names == list("abcdefghij")
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 x\n")
    with pytest.raises(FileFormatError, match=r"mapping\.txt`: expected a label and code points.* '1 x' in line 1"):
        datasets.load(tmp_path)


def test_several_sets_of_idx_files(tmp_path: Path) -> None:
    idx_set(tmp_path, "emnist-digits-", X.swapaxes(1, 2), Y)
    idx_set(tmp_path, "", X, Y)
    with pytest.raises(FileFormatError, match=r"expected one set of IDX files, received 2: .*Name one of the files"):
        datasets.load(tmp_path)
    for name in ("emnist-digits-train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        np.testing.assert_array_equal(datasets.load(tmp_path / name, test_split=None).train[0], X)
    figures = datasets.load_figures(tmp_path / "emnist-digits-train-images-idx3-ubyte")
    np.testing.assert_array_equal(figures.x, X)
    assert figures.ids[:2] == [1, 2]


def test_an_idx_file_without_its_partner(tmp_path: Path) -> None:
    idx_set(tmp_path, "", X, Y)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileFormatError, match="received `train-images-idx3-ubyte` without its labels"):
        datasets.load(tmp_path)


def test_above_the_bound_arrays_lie_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "BOUND", 1000)
    monkeypatch.setattr(spool, "_CHUNK", 3000)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "room"))
    (tmp_path / "room").mkdir()
    np.savez_compressed(tmp_path / "mnist.npz", **named(NAMED[0]))
    assert_is(datasets.load(tmp_path / "mnist.npz"))
    idx_set(tmp_path / "idx", "emnist-digits-", X.swapaxes(1, 2), Y, packed=True)
    data = datasets.load(tmp_path / "idx", test_split=None)
    np.testing.assert_array_equal(data.train[0], X)
    whole = datasets.load((X / 255, Y))
    memory = datasets.load((X, Y))
    np.testing.assert_array_equal(whole.test[0], memory.test[0])
    whole.test[0][:] = 1  # writable, and its own
    assert list((tmp_path / "room").iterdir()) == []


def test_figures_of_several_files(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", **named(NAMED[0]))
    np.testing.assert_array_equal(datasets.load_figures(tmp_path / "set.npz").x, X[60:])
    np.savez(tmp_path / "one.npz", X)
    np.testing.assert_array_equal(datasets.load_figures(tmp_path / "one.npz").x, X)
    np.savez(tmp_path / "none.npz", a=X, b=X)
    with pytest.raises(
        FileFormatError, match=r"expected one array of figures, or one called `x_test`, received 'a, b'"
    ):
        datasets.load_figures(tmp_path / "none.npz")
    with pytest.raises(FileFormatError, match=r"expected arrays `x_train, y_train, .* received 'a, b'"):
        datasets.load(tmp_path / "none.npz")


def test_a_validation_part_of_another_size() -> None:
    arrays = {"x_train": X, "y_train": Y, "x_val": X[:, :20], "y_val": Y, "x_test": X, "y_test": Y}
    with pytest.raises(
        DataError, match=r"parts of one kind and size to put together, received \(20, 28\) and \(28, 28\)"
    ):
        datasets.load(arrays)
    # A test part of another size is brought to that of training.
    assert datasets.load(((X, Y), (X[:, :20], Y)), preprocessing=None).test[0].shape == (100, 28, 28)
