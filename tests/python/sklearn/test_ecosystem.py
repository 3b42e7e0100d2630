"""The estimator within scikit-learn's own tools: pipelines, searches, calibration, clones, processes."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from figurate import layers
from figurate.models import Sequential
from figurate.sklearn import FigureClassifier
from tests.small import CLASSES, SIDE, figures, network, same_weights

NAMES = np.array(["top", "upper", "lower", "bottom"])


def dense(shape: tuple[int, ...], classes: int) -> Sequential:
    """A network for `network=`; at the top of the module, where another process finds it."""
    return Sequential([layers.Flatten(), layers.Dense(12, activation="relu"), layers.Dense(classes, "softmax")])


def estimator(**options: Any) -> FigureClassifier:
    usual: dict[str, Any] = {"network": dense, "epochs": 40, "random_state": 1, "n_jobs": 1}
    return FigureClassifier(**usual | options)


@pytest.fixture(scope="module")
def data() -> tuple[Any, Any]:
    """Flat figures and their names."""
    x, y = figures(240)
    return x.reshape(len(x), -1), NAMES[y]


def test_a_pipeline(data: Any) -> None:
    x, y = data
    pipeline = make_pipeline(MinMaxScaler(), estimator()).fit(x[:160] * 900, y[:160])
    assert pipeline.score(x[160:] * 900, y[160:]) > 0.9
    assert pipeline.predict_proba(x[:3]).shape == (3, CLASSES)


def test_a_search_in_two_processes_over_networks_of_every_kind(data: Any) -> None:
    grid = {"network": ["lesson", dense, network()], "epochs": [1, 40]}
    search = GridSearchCV(estimator(n_jobs=None), grid, cv=2, n_jobs=2, error_score="raise").fit(*data)
    assert search.best_params_["epochs"] == 40
    assert search.best_score_ > 0.9
    # The same numbers as here, in this process.
    alone = GridSearchCV(estimator(), grid, cv=2, error_score="raise").fit(*data)
    assert np.array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


def test_predictions_across_folds_of_shaped_figures() -> None:
    x, y = figures(240)
    found = cross_val_predict(estimator(), x, NAMES[y], cv=3, method="predict_proba")
    assert found.shape == (240, CLASSES)
    assert log_loss(NAMES[y], found, labels=np.unique(NAMES)) < 0.5


def test_calibration(data: Any) -> None:
    x, y = data
    calibrated = CalibratedClassifierCV(estimator(), cv=2).fit(x, y)
    assert calibrated.score(x, y) > 0.9
    assert np.allclose(calibrated.predict_proba(x).sum(axis=1), 1)


def test_routed_weights(data: Any) -> None:
    x, y = data
    weights = np.where(y == "top", 0.0, 1.0)
    pipeline = make_pipeline(MinMaxScaler(), estimator())
    pipeline.fit(x, y, figureclassifier__sample_weight=weights)
    assert "top" not in pipeline.predict(x)


def test_a_clone_is_not_fitted_and_its_network_a_copy(data: Any) -> None:
    given = network(seed=5)
    fitted = estimator(network=given).fit(*data)
    copy = clone(fitted)
    assert not hasattr(copy, "model_")
    assert copy.network is not given
    assert same_weights(copy.network, given)
    assert same_weights(copy.fit(*data).model_, fitted.model_)


def test_joblib_brings_back_the_same_estimator_and_it_learns_on(data: Any, tmp_path: Path) -> None:
    x, y = data
    fitted = estimator(warm_start=True).fit(x, y)
    joblib.dump(fitted, tmp_path / "estimator.joblib")
    back = joblib.load(tmp_path / "estimator.joblib")
    assert np.array_equal(back.predict_proba(x), fitted.predict_proba(x))
    assert same_weights(back.fit(x, y).model_, fitted.fit(x, y).model_)
    assert back.n_iter_ == 80


def test_what_is_pickled_of_a_network_is_its_model_file(data: Any) -> None:
    written = io.BytesIO()
    fitted = estimator().fit(*data)
    joblib.dump(fitted, written)
    altered = written.getvalue()
    at = altered.index(rb"\"checksum\":\"") + len(rb"\"checksum\":\"")
    altered = altered[:at] + b"0" * 64 + altered[at + 64 :]
    with pytest.raises(ValueError, match="its checksum does not match its contents"):
        joblib.load(io.BytesIO(altered))


def test_a_data_frame_has_its_columns_checked() -> None:
    x, y = figures()
    frame = pd.DataFrame(x.reshape(len(x), -1), columns=[f"pixel {i}" for i in range(SIDE * SIDE)])
    fitted = estimator().fit(frame, pd.Series(NAMES[y]))
    assert fitted.feature_names_in_[0] == "pixel 0"
    assert fitted.score(frame, pd.Series(NAMES[y])) > 0.9
    with pytest.raises(ValueError, match="feature names should match those that were passed during fit"):
        fitted.predict(frame[frame.columns[::-1]])


def test_permutation_importance_finds_the_pixels_that_tell(data: Any) -> None:
    x, y = data
    table = np.column_stack([x.reshape(-1, SIDE, SIDE).mean(axis=2), np.zeros(len(x))])
    fitted = FigureClassifier("lesson", epochs=100, random_state=1, n_jobs=1).fit(table, y)
    found = permutation_importance(fitted, table, y, n_repeats=2, random_state=0).importances_mean
    assert found[-1] == 0
    assert found[:-1].min() >= 0


def test_scores_across_folds_of_figures_with_colours() -> None:
    x, y = figures(200)
    coloured = np.stack([x, 1 - x, x], axis=-1)
    assert cross_val_score(estimator(), coloured, y, cv=2).min() > 0.8
    flat = estimator(image_shape=(SIDE, SIDE, 3)).fit(coloured.reshape(len(x), -1), y)
    assert flat.figure_shape_ == (SIDE, SIDE, 3)


def test_without_scikit_learn_the_extra_is_named() -> None:
    code = "import sys; sys.modules['sklearn'] = None; import figurate.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs scikit-learn 1.6 or newer" in done.stderr
    assert "pip install 'figurate[sklearn]'" in done.stderr
