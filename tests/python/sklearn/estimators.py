"""What several tests of the estimator train."""

from __future__ import annotations

from typing import Any

import numpy as np

from figurate.sklearn import FigureClassifier


def lesson(**options: Any) -> FigureClassifier:
    usual: dict[str, Any] = {"network": "lesson", "epochs": 40, "random_state": 1, "n_jobs": 1}
    return FigureClassifier(**usual | options)


def table(count: int = 200) -> tuple[Any, Any]:
    """Five features of quite different scales (count, 5), and labels 0 to 2 that they tell."""
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, count)
    x = rng.normal(size=(count, 5)) + 2.5 * (y[:, None] == np.arange(5))
    return x * [1, 1e3, 1e-3, 1, 1] + [0, 5e4, 0, 0, 0], y
