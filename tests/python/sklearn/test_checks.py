"""scikit-learn's own checks of estimators, every one of them, with none that is expected to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

from figurate.sklearn import FigureClassifier


@parametrize_with_checks([FigureClassifier(), FigureClassifier("lesson", epochs=100, n_jobs=1)])  # type: ignore[untyped-decorator]
def test_a_check_of_scikit_learn(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
