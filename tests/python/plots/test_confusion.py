"""What was read wrongly, counted and ranked, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import plots
from figurate.errors import DataError, ShapeError
from figurate.plots.confusion import count_confusions, worst_mistakes

TRUE = [0, 0, 1, 2, 2]
# Read as 0, 1, 1, 2, 0: the second and the last are mistakes, the last one a surer one.
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.3, 0.4, 0.3], [0.0, 1.0, 0.0], [0.1, 0.1, 0.8], [0.6, 0.0, 0.4]])


def test_counts_by_true_class_and_class_read() -> None:
    expected = [[1, 1, 0], [0, 1, 0], [1, 0, 1]]
    assert count_confusions(TRUE, PROBABILITIES, 3).tolist() == expected
    assert count_confusions(TRUE, [0, 1, 1, 2, 0], 3).tolist() == expected


def test_the_surest_mistake_comes_first() -> None:
    assert worst_mistakes(TRUE, PROBABILITIES, 10).tolist() == [4, 1]
    assert worst_mistakes(TRUE, PROBABILITIES, 1).tolist() == [4]


def test_lengths_and_classes_are_checked() -> None:
    with pytest.raises(ShapeError, match="one prediction a label, 5, received 2"):
        count_confusions(TRUE, [0, 1], 3)
    with pytest.raises(DataError, match=r"classes 0..1, received 0..2"):
        count_confusions(TRUE, [0, 1, 1, 2, 0], 2)
    with pytest.raises(ShapeError, match=r"a label, \(2, classes\), received \(5, 3\)"):
        worst_mistakes([0, 1], PROBABILITIES, 3)


@pytest.mark.parametrize(("y", "read"), [(TRUE, list("abbca")), (list("aabcc"), TRUE)])
def test_names_in_place_of_numbers(y: Any, read: Any) -> None:
    with pytest.raises(DataError, match=r"Expected classes as their numbers(?s:.*), received 'a'. For names, pass"):
        count_confusions(y, read, 3)
    with pytest.raises(DataError, match="Expected classes as their numbers"):
        plots.confusion_matrix(y, read)
