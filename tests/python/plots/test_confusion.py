"""What was read wrongly, counted and ranked, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import figurate
from figurate import layers, plots
from figurate.errors import DataError, ShapeError
from figurate.models import Predictions
from figurate.plots.confusion import best_of, count_confusions, labels_of, outputs_of, worst_mistakes

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
    with pytest.raises(ShapeError, match="one prediction a label, 2, received 5"):
        worst_mistakes([0, 1], PROBABILITIES, 3)
    with pytest.raises(DataError, match=r"classes 0..2, as many as there are probabilities.*received 0..3.*rows whole"):
        worst_mistakes([0, 0, 1, 2, 3], PROBABILITIES, 3)
    with pytest.raises(ShapeError, match=r"class numbers, \(n,\), or probabilities.*received \(5, 0\)"):
        worst_mistakes(TRUE, PROBABILITIES[:, :0], 3)


@pytest.mark.parametrize(("y", "read"), [(TRUE, list("abbca")), (list("aabcc"), TRUE)])
def test_names_in_place_of_numbers(y: Any, read: Any) -> None:
    with pytest.raises(DataError, match=r"Expected classes as their numbers(?s:.*), received 'a'. For names, pass"):
        count_confusions(y, read, 3)
    with pytest.raises(DataError, match="Expected classes as their numbers"):
        plots.confusion_matrix(y, read)


# Of class 1, of a model with one output; the second and the third figure are read wrongly, the third more surely.
SIGMOID = np.array([0.1, 0.6, 0.2, 0.9], np.float32)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_one_column_of_probabilities_is_that_of_class_1(shape: tuple[int, ...]) -> None:
    y = [0, 0, 1, 1]
    assert count_confusions(y, SIGMOID.reshape(shape), 2).tolist() == [[1, 1], [1, 1]]
    assert worst_mistakes(y, SIGMOID.reshape(shape), 5).tolist() == [2, 1]
    figures = np.zeros((4, 3, 3))
    captions = [axes.get_title() for axes in plots.mistakes(figures, y, SIGMOID.reshape(shape)).axes]
    assert captions == ["1, read 0", "0, read 1"]
    drawn = plots.confusion_matrix(y, SIGMOID.reshape(shape), class_names=["seven"])  # as the model calls its output
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == ["not seven", "seven"]


def test_one_column_is_read_as_classify_does() -> None:
    x = np.linspace(-1, 1, 9, dtype=np.float32)[:, None]
    model = figurate.Sequential([layers.Input((1,)), layers.Dense(1, "sigmoid", use_bias=False)])
    outputs = model.predict(x, verbose=0)
    assert outputs[4] == 0.5
    assert best_of(outputs_of(outputs)).tolist() == [int(label) for label in model.classify(x).labels]


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_one_column_without_fractions_is_class_numbers(dtype: Any) -> None:
    assert best_of(outputs_of(np.array([[0], [1], [1]], dtype))).tolist() == [0, 1, 1]
    assert worst_mistakes([1, 1, 0], np.array([0, 1, 1], dtype), 5).tolist() == [0, 2]
    assert outputs_of([3.0, 7.0]).tolist() == [3, 7]


@pytest.mark.parametrize("scores", [[-3.25, 4.0], [[0.5], [2.0]], [0.5, float("nan")], [1.0, float("inf")]])
def test_one_column_of_scores_is_refused(scores: Any) -> None:
    with pytest.raises(DataError, match=r"probabilities 0\.\.1 of class 1, received .* pass `scores > 0`"):
        plots.confusion_matrix([0, 1], scores)
    with pytest.raises(DataError, match=r"received .* pass `scores > 0`"):
        plots.mistakes(np.zeros((2, 3, 3)), [0, 1], scores)


def test_the_probability_of_the_class_read_is_no_column_of_two_classes() -> None:
    with pytest.raises(DataError, match=r"classes 0\.\.1, as many as .*received 0\.\.2.*`predict`'s rows whole"):
        plots.confusion_matrix(TRUE, PROBABILITIES.max(axis=1) * 0.9)


def test_labels_are_one_whole_number_a_figure() -> None:
    assert labels_of(np.array([[2.0], [0.0]])).tolist() == [2, 0]
    with pytest.raises(DataError, match=r"true classes as whole numbers, 0 the first, received 0\.5"):
        plots.confusion_matrix([1, 0.5], [0, 1])
    with pytest.raises(ShapeError, match=r"\(n,\), received \(5, 3\)\. Of one-hot rows pass `y\.argmax\(axis=1\)`"):
        plots.confusion_matrix(np.eye(3)[TRUE], PROBABILITIES)


def test_what_classify_gives_brings_its_names() -> None:
    found = Predictions(PROBABILITIES.astype(np.float32), ["cat", "dog", "cow"])
    drawn = plots.confusion_matrix(TRUE, found)
    assert [label.get_text() for label in drawn.axes[0].get_xticklabels()] == ["cat", "dog", "cow"]
    figures = np.zeros((5, 3, 3))
    assert plots.mistakes(figures, TRUE, found).axes[0].get_title() == "cow,\nread cat"
    assert plots.mistakes(figures, TRUE, found, class_names="abc").axes[0].get_title() == "c, read a"
