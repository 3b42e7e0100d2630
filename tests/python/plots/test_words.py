"""Probabilities and labels as people read them."""

from __future__ import annotations

import pytest

from figurate.errors import ShapeError
from figurate.plots._words import class_names_or_numbers, names_of, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0 %"),
        (1e-9, "<0.1 %"),
        (0.0005, "0.1 %"),
        (0.12345, "12.3 %"),
        (0.9994, "99.9 %"),
        (0.99999, ">99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_percent_never_rounds_to_certainty(value: float, text: str) -> None:
    assert percent(value) == text


def test_names_of_labels() -> None:
    assert names_of([2, 0], None) == ["2", "0"]
    assert names_of([1, 0], ("cat", "dog")) == ["dog", "cat"]
    with pytest.raises(ShapeError, match=r"labels 0..1, one a class name, received 0..2"):
        names_of([0, 2], ("cat", "dog"))


def test_names_of_classes() -> None:
    assert class_names_or_numbers(3, None) == ["0", "1", "2"]
    with pytest.raises(ShapeError, match="one class name a class, 3, received 1"):
        class_names_or_numbers(3, ["cat"])
