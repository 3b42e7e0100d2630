"""`warm_start` and `partial_fit`: what goes on, and what may change meanwhile."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from figurate import Sequential
from figurate.layers import Dense, Flatten, RandomRotation
from figurate.models import clone_model
from figurate.sklearn import FigureClassifier
from tests.python.sklearn.estimators import lesson, table
from tests.small import CLASSES, figures, same_weights


def test_a_warm_start_goes_on() -> None:
    x, y = figures()
    warm = lesson(epochs=5, warm_start=True).fit(x, y).fit(x, y)
    assert warm.n_iter_ == 10
    assert same_weights(warm.model_, lesson(epochs=10).fit(x, y).model_)
    cold = lesson(epochs=5).fit(x, y).fit(x, y)
    assert cold.n_iter_ == 5
    with pytest.raises(ValueError, match="expects the classes of the call before"):
        warm.fit(x[y < 2], y[y < 2])


def test_what_goes_on_is_the_network_that_was_asked_for() -> None:
    x, y = figures()
    warm = lesson(epochs=1, warm_start=True).fit(x, y)
    for name, value in {"network": "tiny", "image_shape": (4, 16), "learning_rate": 0.1, "augmentation": None}.items():
        other = copy.deepcopy(warm).set_params(**{name: value})
        with pytest.raises(
            ValueError, match=f"`fit` goes on with .* expects the `{name}` that it was made by, .* recei"
        ):
            other.fit(x, y)
    with pytest.raises(ValueError, match=r"`partial_fit` goes on with .*expects the `network`"):
        copy.deepcopy(warm).set_params(network="tiny").partial_fit(x, y)
    own = Sequential([Flatten(), Dense(4, "softmax")])
    mine = FigureClassifier(own, epochs=1, warm_start=True).fit(x, y)
    copy.deepcopy(mine).fit(x, y)
    with pytest.raises(ValueError, match="expects the `network` that it was made by"):
        mine.set_params(network=clone_model(own)).fit(x, y)


def test_settings_that_say_the_same() -> None:
    x, y = figures()
    before: dict[str, Any] = {"learning_rate": 0.01, "image_shape": [8, 8], "augmentation": [RandomRotation(0.1)]}
    after = {"learning_rate": np.float64(0.01), "image_shape": (8, 8), "augmentation": [RandomRotation(0.1)]}
    warm = lesson(epochs=1, warm_start=True, **before).fit(x, y).set_params(**after).fit(x, y)
    assert warm.n_iter_ == 2
    with pytest.raises(ValueError, match="expects the `augmentation`"):
        warm.set_params(augmentation=[RandomRotation(0.2)]).fit(x, y)


@pytest.mark.parametrize("network", ["lesson", "fast", "tiny"])
def test_parts_take_the_rate_of_the_day(network: str) -> None:
    x, y = figures()
    fitted = lesson(network=network)
    for rate, expected in ((0.01, 0.01), (0.002, 0.002), (None, 0.001), (0.003, 0.003)):
        fitted.set_params(learning_rate=rate).partial_fit(x, y, classes=np.arange(CLASSES))
        assert fitted.model_.optimizer.learning_rate == expected


@pytest.mark.parametrize("network", ["fast", "tiny"])
def test_a_fit_after_parts_has_the_recipe_again(network: str) -> None:
    x, y = figures()
    warm = lesson(network=network, epochs=2, warm_start=True).fit(x, y)
    expected = warm.model_.optimizer.get_config()
    warm.partial_fit(x, y)
    assert warm.model_.optimizer.get_config() != expected
    kernel = warm.model_.get_weights()[0]
    warm.fit(x, y)
    assert warm.model_.optimizer.get_config() | {"name": None} == expected | {"name": None}
    assert warm.n_iter_ == 5
    assert np.abs(warm.model_.get_weights()[0] - kernel).max() < 0.1  # the same network still


def test_the_course_of_training_goes_on_with_what_was_measured() -> None:
    x, y = figures()
    warm = lesson(epochs=2, warm_start=True, validation_fraction=0.2).fit(x, y).partial_fit(x, y).fit(x, y)
    assert {len(values) for values in warm.history_.values()} == {5}
    assert np.isnan(warm.history_["val_loss"]).tolist() == [False, False, True, False, False]


@pytest.mark.parametrize("network", ["fast", "tiny"])
def test_parts_learn_too(network: str) -> None:
    x, y = figures(240)
    fitted = FigureClassifier(network, random_state=1, batch_size=16, learning_rate=0.005)
    for _ in range(20):
        for first in range(0, 240, 80):
            part = slice(first, first + 80)
            fitted.partial_fit(x[part], y[part], classes=np.arange(CLASSES))
    assert fitted.n_iter_ == 60
    assert fitted.model_.optimizer.learning_rate == 0.005
    assert fitted.score(x, y) > 0.9


def test_parts_of_a_table_tell_its_scale_together() -> None:
    x, y = table()
    fitted = lesson()
    for _ in range(20):
        for first in range(0, 200, 50):
            fitted.partial_fit(x[first : first + 50], y[first : first + 50], classes=[0, 1, 2])
    assert fitted.scaler_ is not None
    assert np.allclose(fitted.scaler_.mean_, x.mean(axis=0))
    assert fitted.score(x, y) > 0.8


def test_a_part_after_a_fit_goes_on() -> None:
    x, y = figures()
    fitted = FigureClassifier(epochs=3, random_state=1).fit(x, y)
    before = fitted.model_
    fitted.partial_fit(x, y)
    assert fitted.model_ is before
    assert fitted.n_iter_ == 4
