"""TensorFlow's quickstart for beginners in figurate; the clock covers the whole call of `fit` on float64 figures."""

from __future__ import annotations

import time
from typing import Any

import figurate
from benchmarks.competitor import Job, load_scaled, main, versions
from figurate import Sequential, _engine, layers, losses


def run(job: Job) -> dict[str, Any]:
    figurate.utils.set_random_seed(job.seed)
    (xt, yt), (xv, yv) = load_scaled(job)
    model = Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10),
        ]
    )
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    start = time.perf_counter()
    model.fit(xt, yt, epochs=job.epochs, verbose=0, threads=job.threads)
    seconds = time.perf_counter() - start
    val_loss, val_accuracy = model.evaluate(xv, yv, verbose=0)
    return {
        "fit_seconds": seconds,
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy"),
    }


if __name__ == "__main__":
    main(run)
