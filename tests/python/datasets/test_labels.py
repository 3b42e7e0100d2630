"""Labels of any kind as numbers from 0, and names of classes that can be printed and compared."""

from __future__ import annotations

import numpy as np
import pytest

from figurate.datasets.labels import Labels, class_name, encode, in_order
from figurate.errors import DataError


def test_names_are_printable_and_composed() -> None:
    assert class_name("e\u0301") == "\u00e9"
    assert class_name("caf\udce9") == "caf\\xe9"
    assert class_name("\ud800") == "\\ud800"  # half a letter, as JSON can hold it
    assert class_name(" a ") == "a"


def test_worked_by_hand() -> None:
    # 3, 7, 9 are the classes, by number and not by text: 3 -> 0, 7 -> 1, 9 -> 2, 10 -> 3.
    train, test, names = encode(Labels.of([9, 3, 10, 7], "it"), Labels.of([7, 9], "it"), "it")
    assert names == ["3", "7", "9", "10"]
    assert train.tolist() == [2, 0, 3, 1]
    assert test.tolist() == [1, 2]


def test_known_names_say_order_and_classes() -> None:
    known = {"b": "Bee", "a": "Ant", "c": "Cat"}
    train, _, names = encode(Labels.of(["a", "b"], "it"), Labels.of([], "it"), "it", known)
    assert names == ["Bee", "Ant", "Cat"]
    assert train.tolist() == [1, 0]
    # Labels that the list lacks keep their own text, behind the others.
    train, _, names = encode(Labels.of(["z", "a", "b"], "it"), Labels.of([], "it"), "it", known)
    assert names == ["Bee", "Ant", "z"]
    assert train.tolist() == [2, 1, 0]


def test_two_classes_of_one_name_stay_two() -> None:
    _, _, names = encode(Labels.of([1, 2], "it"), Labels.of([], "it"), "it", {"1": "x", "2": "x"})
    assert names == ["x (1)", "x (2)"]


def test_many_classes() -> None:
    train, _, names = encode(Labels.of(np.arange(300), "it"), Labels.of([], "it"), "it")
    assert train.dtype == np.int32
    assert len(names) == 300


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.uint64, np.int16])
def test_whole_numbers_of_every_type(dtype: type) -> None:
    values: np.ndarray = np.array([5, 0, 100, 5], dtype)
    labels = Labels.of(values, "it")
    assert labels.texts() == ["5", "0", "100", "5"]


def test_joined_and_used() -> None:
    joined = Labels.joined([Labels.of_texts(["a", "b"]), Labels.of_texts(["c", "b"])])
    assert joined.texts() == ["a", "b", "c", "b"]
    assert joined.take(np.array([3, 1])).used() == ["b"]


def test_order() -> None:
    assert in_order({"-1", "10", "9", "07", "7"}) == ["-1", "07", "7", "9", "10"]
    assert in_order({"²", "1"}) == ["1", "²"]


def test_objects_are_no_labels() -> None:
    assert Labels.of(np.array(["a", 1], object), "it").texts() == ["a", "1"]
    with pytest.raises(DataError, match="it: expected numbers or names as labels, received object"):
        Labels.of(np.array([None, {}], object), "it")
    with pytest.raises(DataError, match="it: expected numbers or names as labels, received complex128"):
        Labels.of(np.array([1j]), "it")
