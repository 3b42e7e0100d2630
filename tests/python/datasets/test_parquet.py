"""Parquet in Hugging Face's image layout: shards, parts, names of classes, rows that cannot be read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import datasets
from figurate.errors import ConfigurationError, FileFormatError, UnsupportedError
from tests.python.datasets.drawn import digits, photo, png, save

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

X, Y = digits(60)


def write(path: Path, x: Any, labels: Any, names: list[str] | None = None, **more: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [{"bytes": png(figure), "path": None} if isinstance(figure, np.ndarray) else figure for figure in x]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({"image": pa.array(images, kind), "label": pa.array(list(labels)), **more})
    if names is not None:
        notes = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(notes)})
    pq.write_table(table, path, row_group_size=10)
    return path


@pytest.mark.parametrize("inner", ["", "data"])
def test_shards_and_parts(tmp_path: Path, inner: str) -> None:
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    labels = [int(label) for label in Y]
    write(tmp_path / inner / "train-00000-of-00002.parquet", X[:30], labels[:30], names)
    write(tmp_path / inner / "train-00001-of-00002.parquet", X[30:45], labels[30:45], names)
    write(tmp_path / inner / "test-00000-of-00001.parquet", X[45:], labels[45:], names)
    data = datasets.load(tmp_path)
    np.testing.assert_array_equal(data.train[0], X[:45])
    np.testing.assert_array_equal(data.train[1], Y[:45])
    np.testing.assert_array_equal(data.test[0], X[45:])
    assert data.class_names == names
    assert data.origins is not None
    assert data.origins.train[31] == f"{tmp_path / inner / 'train-00001-of-00002.parquet'}:1"


def test_one_file_texts_and_groups(tmp_path: Path) -> None:
    writers = pa.array([f"w{at % 6}" for at in range(60)])
    path = write(tmp_path / "letters.parquet", X, ["ab"[label % 2] for label in Y], writer=writers)
    data = datasets.load(path, groups="writer", test_split=1 / 6)
    assert data.class_names == ["a", "b"]
    assert len(data.test[0]) == 10
    assert len(datasets.load_figures(path)) == 60
    with pytest.raises(
        ConfigurationError, match="expected a column 'author' for groups, received 'image, label, writer'"
    ):
        datasets.load(path, groups="author")


def test_bytes_alone_and_dictionaries(tmp_path: Path) -> None:
    table = pa.table(
        {"img": [png(figure) for figure in X], "category": pa.array([f"c{at % 2}" for at in Y]).dictionary_encode()}
    )
    pq.write_table(table, tmp_path / "t.parquet")
    data = datasets.load(tmp_path, test_split=None)
    np.testing.assert_array_equal(data.train[0], X)
    assert data.class_names == ["c0", "c1"]


def test_files_beside_the_table(tmp_path: Path) -> None:
    save(X[0], tmp_path / "a.png")
    images = [*X[1:10], {"bytes": None, "path": "a.png"}, {"bytes": None, "path": "../../etc/passwd"}, None]
    path = write(tmp_path / "t.parquet", images, [at % 2 for at in range(12)])
    data = datasets.load(path, test_split=None)
    np.testing.assert_array_equal(data.train[0], np.concatenate([X[1:10], X[:1]]))
    assert [one.file for one in data.skipped] == [f"{path}:10", f"{path}:11"]


def test_damaged_rows_are_named(tmp_path: Path) -> None:
    images = [*X[:9], {"bytes": png(X[0])[:60], "path": None}]
    path = write(tmp_path / "t.parquet", images, [at % 2 for at in range(10)])
    data = datasets.load(path)
    assert [one.file for one in data.skipped] == [f"{path}:9"]
    with pytest.raises(FileFormatError, match=r"t\.parquet:9`: .*Without `strict` it is left out"):
        datasets.load(path, strict=True)


def test_a_file_that_names_no_part(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", X[:20], [at % 2 for at in range(20)])
    write(tmp_path / "extra.parquet", X[20:50], [at % 2 for at in range(30)])
    write(tmp_path / "test.parquet", X[50:], [at % 2 for at in range(10)])
    data = datasets.load(tmp_path)
    assert (len(data.train[0]), len(data.test[0])) == (50, 10)
    assert any("30 figures are in files that name no part" in note for note in data.notes)


def test_labels_kept_back(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", X[:50], [at % 2 for at in range(50)], ["a", "b"])
    write(tmp_path / "test.parquet", X[50:], [-1] * 10, ["a", "b"])
    data = datasets.load(tmp_path)
    assert (len(data.train[0]), len(data.test[0])) == (40, 10)
    assert any("labels are kept back" in note for note in data.notes)


def test_photographs_of_several_sizes(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.parquet", [photo(at, (20 + at, 30, 3)) for at in range(10)], [at % 2 for at in range(10)]
    )
    assert datasets.load(path).figure_shape == (24, 30, 3)


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "t.parquet", X, Y.tolist())
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(
        UnsupportedError, match=r"takes pyarrow, which is not installed\. .*pip install 'figurate\[parquet\]'"
    ):
        datasets.load(path)
