"""The lesson in Keras on JAX.

documented: compile and fit as Keras' guide "Training and evaluation with the built-in methods" shows them, on the
float64 arrays the lesson makes, without a progress bar.
best: float32 arrays, steps_per_execution=25, jit_compile=True, validation in batches of 2,000.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_lesson import keras_lesson

BEST = {"steps_per_execution": 25, "jit_compile": True}


def run(job: Job) -> dict[str, object]:
    answer = keras_lesson.fit(job, BEST if job.setting == "best" else {})
    return {**answer, "versions": versions("keras", "jax", "numpy")}


if __name__ == "__main__":
    main(run)
