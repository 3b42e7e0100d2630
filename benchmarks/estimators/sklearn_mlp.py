"""scikit-learn's MLPClassifier with its own network, optimizer and size of batches, which are its defaults.

documented: on flat float64 figures. Its L2 penalty (alpha) is off, as figurate has none, and so is its early end.
best: float32 figures and one thread of linear algebra.
`fit` is measured whole; an epoch is its share.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.competitor import Job, load_scaled, main, versions


def run(job: Job) -> dict[str, Any]:
    best = job.setting == "best"
    (xt, yt), (xv, yv) = load_scaled(job)
    dtype = np.float32 if best else np.float64
    xt, xv = (np.ascontiguousarray(x.reshape(len(x), 784), dtype=dtype) for x in (xt, xv))
    classifier = MLPClassifier(
        hidden_layer_sizes=(100,),
        alpha=0.0,
        max_iter=job.epochs,
        n_iter_no_change=job.epochs + 1,
        random_state=job.seed,
    )
    # That it was told to stop after so many epochs is no news.
    warnings.simplefilter("ignore", ConvergenceWarning)
    with threadpool_limits(1 if best else job.threads):
        start = time.perf_counter()
        classifier.fit(xt, yt)
        fitted = time.perf_counter()
        classifier.predict_proba(xv)
        predicted = time.perf_counter()
    return {
        "epoch_seconds": [(fitted - start) / job.epochs] * job.epochs,
        "predict_seconds": predicted - fitted,
        "val_accuracy": classifier.score(xv, yv),
        "versions": versions("scikit-learn", "numpy"),
    }


if __name__ == "__main__":
    main(run)
