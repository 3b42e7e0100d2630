"""FigureClassifier with the network that MLPClassifier has by default, as a user writes it.

The clock covers the whole call of `fit` on flat float64 figures: scikit-learn's checks of X and y, figurate's own, and
all epochs; and that of `predict_proba` for the test figures.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.competitor import Job, load_scaled, main, versions
from figurate import Sequential, _engine, layers
from figurate.sklearn import FigureClassifier


def network(shape: tuple[int, ...], classes: int) -> Sequential:
    return Sequential([layers.Flatten(), layers.Dense(100, activation="relu"), layers.Dense(classes, "softmax")])


def run(job: Job) -> dict[str, Any]:
    (xt, yt), (xv, yv) = load_scaled(job)
    xt, xv = (np.ascontiguousarray(x.reshape(len(x), 784)) for x in (xt, xv))
    classifier = FigureClassifier(network, job.epochs, batch_size=200, random_state=job.seed, n_jobs=job.threads)
    start = time.perf_counter()
    classifier.fit(xt, yt)
    fitted = time.perf_counter()
    classifier.predict_proba(xv)
    predicted = time.perf_counter()
    return {
        "fit_seconds": fitted - start,
        "predict_seconds": predicted - fitted,
        "val_accuracy": classifier.score(xv, yv),
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "scikit-learn", "numpy"),
    }


if __name__ == "__main__":
    main(run)
