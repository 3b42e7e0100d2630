"""Prediction in figurate: `predict` of all figures at once, as a user calls it."""

from __future__ import annotations

from typing import Any

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_convnet.figurate_network import network
from benchmarks.mnist_convnet.figures import load, timed, weights


def run(job: Job) -> dict[str, Any]:
    _, (xv, yv) = load(job)
    model = network()
    model.set_weights(weights())
    answer = timed(job, lambda: model.predict(xv, threads=job.threads), yv)
    return {**answer, "versions": versions("figurate", "numpy")}


if __name__ == "__main__":
    main(run)
