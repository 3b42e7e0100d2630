"""What pictures can't be drawn of is refused with advice, whatever was passed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import figurate
from figurate import layers, plots
from figurate.errors import ConfigurationError, DataError, ShapeError

FIGURES = np.zeros((12, 8, 8), np.uint8)
LABELS = np.arange(12) % 3
READ = np.eye(3)[(LABELS + 1) % 3]


@pytest.fixture
def model() -> figurate.Sequential:
    return figurate.Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(3, activation="softmax")])


def test_mistakes_are_of_the_same_figures() -> None:
    with pytest.raises(ShapeError, match=r"one figure a label, 12, received x of shape \(5, 8, 8\)\. Pass"):
        plots.mistakes(FIGURES[:5], LABELS, READ)
    with pytest.raises(ShapeError, match="one prediction a label, 12, received 5"):
        plots.mistakes(FIGURES, LABELS, READ[:5])
    with pytest.raises(ShapeError, match=r"`mistakes\(count=…\)` expects at least 1, received 0"):
        plots.mistakes(FIGURES, LABELS, READ, count=0)
    with pytest.raises(DataError, match=r"Expected classes as their numbers.*received 'cat'"):
        plots.figures(FIGURES, ["cat"] * 12, class_names=["cat", "dog"])


@pytest.mark.parametrize("true", [99, -1, [0, 1]])
def test_a_true_class_is_one_of_the_classes(true: Any) -> None:
    with pytest.raises(DataError, match=r"`prediction\(true=…\)` expects one class, 0\.\.2, received .*`y_test\[0\]`"):
        plots.prediction(FIGURES[0], READ[0], true=true)


@pytest.mark.parametrize("true", [1, np.uint8(1), 1.0, np.array([1])])
def test_a_true_class_in_any_form(true: Any) -> None:
    assert plots.prediction(FIGURES[0], READ[0], true=true).get_suptitle() == "read as 1: right"


def test_a_prediction_is_of_probabilities() -> None:
    with pytest.raises(DataError, match=r"each 0\.\.1, received -2\.\.5\. Of a model that.*softmax\(scores\)"):
        plots.prediction(FIGURES[0], [-2.0, 5.0, 1.0])
    found = figurate.models.Predictions(READ.astype(np.float32), ["a", "b", "c"])
    with pytest.raises(DataError, match=r"received Prediction\(label='b'.*`model.classify\(x\).probabilities`"):
        plots.prediction(FIGURES[0], found[0])


def test_a_prediction_of_one_output_is_of_two_classes() -> None:
    plot = plots.prediction(FIGURES[0], [0.25], class_names=["seven"])
    assert plot.get_suptitle() == "read as not seven"
    assert {"75.0 %", "25.0 %"} == {text.get_text() for text in plot.axes[1].texts}


def test_layers_and_weights_are_one_model_s(model: figurate.Sequential) -> None:
    ensemble = figurate.Ensemble([model])
    draws: list[Any] = [plots.network, plots.weights]
    for draw in draws:
        with pytest.raises(ConfigurationError, match=r"received an ensemble of 1\..*`ensemble\.models\[0\]`"):
            draw(ensemble)
        with pytest.raises(ConfigurationError, match=r"`Sequential`, received 'x'\..*`load_model\(path\)`"):
            draw("x")


@pytest.mark.parametrize("given", [None, "x", [1.0]])
def test_a_history_is_what_fit_returned(given: Any) -> None:
    with pytest.raises(DataError, match=r"Expected a history to draw, received .*`model\.history`"):
        plots.history(given)


@pytest.mark.parametrize("values", [1.0, "abc", [[1.0]], None])
def test_a_history_has_a_number_an_epoch(values: Any) -> None:
    with pytest.raises(DataError, match=r"one number an epoch for 'loss', received"):
        plots.history({"loss": values})
