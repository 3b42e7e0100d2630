"""The lesson in Keras on TensorFlow.

documented: compile and fit as Keras' guide "Training and evaluation with the built-in methods" shows them, on the
float64 arrays the lesson makes, without a progress bar.
best: float32 arrays, steps_per_execution=375, validation in batches of 2,000. jit_compile=True and a cached tf.data
pipeline were tried and are no faster here.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_lesson import keras_lesson

BEST = {"steps_per_execution": 375, "jit_compile": False}


def run(job: Job) -> dict[str, object]:
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    tf.config.threading.set_inter_op_parallelism_threads(job.threads)
    answer = keras_lesson.fit(job, BEST if job.setting == "best" else {})
    return {**answer, "versions": versions("keras", "tensorflow", "numpy")}


if __name__ == "__main__":
    main(run)
