"""Figures for a model that knows its classes: labels become its numbers, by their names or by their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import datasets
from figurate.datasets.labels import Labels
from figurate.datasets.model_classes import ModelClasses
from figurate.errors import ConfigurationError, DataError
from tests.python.datasets.drawn import digits, save, stroke

NONE = Labels.of([], "it")


def numbers(classes: list[str] | int, labels: list[Any], known: dict[str, str] | None = None) -> list[int]:
    found, _, _ = ModelClasses.checked(classes).encode(Labels.of(labels, "it"), NONE, "it", known)
    return [int(number) for number in found]


@pytest.mark.parametrize(
    ("classes", "labels", "known", "expected"),
    [
        (["cat", "dog", "emu"], ["emu", "cat", "emu"], None, [2, 0, 2]),
        (["cat", "dog", "emu"], ["dog"], None, [1]),
        (["7", "9"], [9, 9], None, [1, 1]),
        (10, [7], None, [7]),
        (["B", "A"], [1, 2], {"1": "A", "2": "B", "3": "C"}, [1, 0]),  # C does not occur
        (["cat", "dog", "emu"], [1, 0], None, [1, 0]),  # the set's classes are only numbered
        (3, ["dog", "cat"], None, [1, 0]),  # the model's are
        (3, [2], {"1": "A", "2": "B"}, [1]),
        (["e\u0301", "a"], ["\u00e9"], None, [0]),
    ],
)
def test_by_names_else_by_order(
    classes: list[str] | int, labels: list[Any], known: dict[str, str] | None, expected: list[int]
) -> None:
    assert numbers(classes, labels, known) == expected


@pytest.mark.parametrize(
    ("classes", "labels", "said"),
    [
        (["cat", "dog"], ["cat", "cow"], r"the model knows, \['cat', 'dog'\], received \['cow'\] too"),
        (["5", "6"], [0, 1], r"the model knows, \['5', '6'\], received \['0', '1'\] too"),  # numbers are names, too
        (
            ["cat", "dog"],
            [1, 2],
            r"the model knows, \['cat', 'dog'\], received \['1', '2'\] too\. Train a model on this set",
        ),  # 2 may be the second
        (2, ["cat", "dog", "emu"], r"the model knows, \['0', '1'\], received \['cat', 'dog', 'emu'\] too"),
    ],
)
def test_what_the_model_does_not_know(classes: list[str] | int, labels: list[Any], said: str) -> None:
    with pytest.raises(DataError, match=f"it: expected labels that {said}"):
        numbers(classes, labels)


@pytest.mark.parametrize("classes", [0, -1, True, "cats", [], ["a", 1], 2.0, {"a": 1}])
def test_what_are_no_classes(classes: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"`load` expects classes as the names .*Give `model\.class_names`"):
        datasets.load("nowhere", classes=classes)


def test_names_are_the_models(tmp_path: Path) -> None:
    for number in range(5):
        save(stroke(1, shift=number), tmp_path / "cross" / f"{number}.png")
    with pytest.raises(DataError, match="at least two classes to learn from, received one, 'cross'"):
        datasets.load(tmp_path)
    data = datasets.load(tmp_path, classes=["bar", "cross", "ring"], test_split=0.2)
    assert data.class_names == ["bar", "cross", "ring"]
    assert data.train[1].tolist() == [1, 1, 1, 1]
    assert data.test[1].tolist() == [1]


def test_names_of_a_model_without() -> None:
    x, y = digits(20)
    texts = np.array(["odd" if label % 2 else "even" for label in y])
    assert datasets.load((x, texts), classes=2).class_names == ["even", "odd"]
    assert datasets.load((x, texts), classes=3).class_names == ["0", "1", "2"]
    many = datasets.load((x, y), classes=300)
    assert many.train[1].dtype == np.int32
    assert sorted({*many.train[1], *many.test[1]}) == sorted(set(y.tolist()))


def test_a_test_part_with_classes_that_only_the_model_has_learned() -> None:
    x, y = digits(20)
    half = y < 5
    with pytest.raises(DataError, match="unseen in training"):
        datasets.load(((x[half], y[half]), (x[~half], y[~half])))
    data = datasets.load(((x[half], y[half]), (x[~half], y[~half])), classes=10)
    np.testing.assert_array_equal(data.test[1], y[~half])
