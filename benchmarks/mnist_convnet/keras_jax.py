"""Training in Keras on JAX.

documented: compile and fit as in Keras' example, without a progress bar.
best: steps_per_execution=25.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_convnet import keras_convnet

BEST = {"steps_per_execution": 25}


def run(job: Job) -> dict[str, object]:
    answer = keras_convnet.fit(job, job.options.get("compile", BEST) if job.setting == "best" else {})
    return {**answer, "versions": versions("keras", "jax", "numpy")}


if __name__ == "__main__":
    main(run)
