"""The lesson in scikit-learn.

documented: MLPClassifier on the float64 arrays the lesson makes; `partial_fit`, "update the model with a single
iteration over the given data", and `score` on the validation figures after each. Its L2 penalty (alpha) is off, as in
the other competitors.
best: float32 arrays and one thread of linear algebra.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.competitor import EpochClock, Job, load_scaled, main, versions


def run(job: Job) -> dict[str, Any]:
    best = job.setting == "best"
    (xt, yt), (xv, yv) = load_scaled(job)
    dtype = np.float32 if best else np.float64
    xt, xv = (np.ascontiguousarray(x.reshape(len(x), 784), dtype=dtype) for x in (xt, xv))
    model = MLPClassifier(
        hidden_layer_sizes=(20,), solver="adam", batch_size=32, alpha=0.0, epsilon=1e-7, random_state=job.seed
    )
    with threadpool_limits(1 if best else job.threads):
        clock = EpochClock()
        for _ in range(job.epochs):
            model.partial_fit(xt, yt, classes=np.arange(10))
            accuracy = model.score(xv, yv)
            clock.tick()
    return {
        "epoch_seconds": clock.seconds,
        "val_accuracy": accuracy,
        "versions": versions("scikit-learn", "numpy"),
    }


if __name__ == "__main__":
    main(run)
