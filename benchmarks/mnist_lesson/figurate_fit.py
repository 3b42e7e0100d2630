"""The lesson in figurate, as a user writes it.

The clock covers the whole call of `fit` on what the lesson hands it (x / 255.0, float64): the checks of the data, the
20 epochs and a validation after each. Options, for the tasks beside the lesson: `normalise` "hand" or "rescaling"
(raw uint8 and a Rescaling layer), `validation` false.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

import figurate
from benchmarks.competitor import Job, load_pixels, load_scaled, main, versions
from figurate import Sequential, _engine, layers


def digest(model: Sequential) -> str:
    """One fingerprint of all weights, to compare runs bit for bit."""
    return hashlib.sha256(b"".join(weight.tobytes() for weight in model.get_weights())).hexdigest()[:16]


def run(job: Job) -> dict[str, Any]:
    figurate.utils.set_random_seed(job.seed)
    by_layer = job.options.get("normalise", "hand") == "rescaling"
    (xt, yt), (xv, yv) = load_pixels(job) if by_layer else load_scaled(job)
    first = [layers.Rescaling(1 / 255)] if by_layer else []
    model = Sequential(
        [*first, layers.Flatten(), layers.Dense(20, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    validation = (xv, yv) if job.options.get("validation", True) else None

    start = time.perf_counter()
    model.fit(xt, yt, epochs=job.epochs, validation_data=validation, verbose=0, threads=job.threads)
    seconds = time.perf_counter() - start

    val_loss, val_accuracy = model.evaluate(xv, yv, verbose=0)
    return {
        "fit_seconds": seconds,
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "weights": digest(model),
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy"),
    }


if __name__ == "__main__":
    main(run)
