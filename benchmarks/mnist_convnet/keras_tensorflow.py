"""Training in Keras on TensorFlow.

documented: compile and fit as in Keras' example, without a progress bar.
best: jit_compile=False and steps_per_execution=25.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_convnet import keras_convnet

BEST = {"steps_per_execution": 25, "jit_compile": False}


def run(job: Job) -> dict[str, object]:
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    tf.config.threading.set_inter_op_parallelism_threads(job.threads)
    answer = keras_convnet.fit(job, job.options.get("compile", BEST) if job.setting == "best" else {})
    return {**answer, "versions": versions("keras", "tensorflow", "numpy")}


if __name__ == "__main__":
    main(run)
