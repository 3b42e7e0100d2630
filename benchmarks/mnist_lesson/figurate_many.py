"""Many networks of the lesson at once, by `fit_many`: options["networks"] of them, seeds from the job's on.

The clock covers the whole call on what the lesson hands it (x / 255.0, float64), as figurate_fit.py's does.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.competitor import Job, load_scaled, main, versions
from benchmarks.mnist_lesson.figurate_fit import digest
from figurate import Sequential, _engine, fit_many, layers
from figurate.models import clone_model


def run(job: Job) -> dict[str, Any]:
    (xt, yt), (xv, yv) = load_scaled(job)
    model = Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(20, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    networks = [clone_model(model, seed=job.seed + number) for number in range(job.options["networks"])]

    start = time.perf_counter()
    fit_many(networks, xt, yt, epochs=job.epochs, validation_data=(xv, yv), verbose=0, threads=job.threads)
    seconds = time.perf_counter() - start

    accuracies = [network.evaluate(xv, yv, verbose=0)[1] for network in networks]
    return {
        "fit_seconds": seconds,
        "val_accuracy": min(accuracies),
        "weights": digest(networks[0]),
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy"),
    }


if __name__ == "__main__":
    main(run)
