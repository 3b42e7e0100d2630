"""Times `predict` of the lesson's model in figurate; answers with every call's seconds of one process."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.competitor import Job, load_pixels, main, versions
from figurate import Sequential, _engine, layers


def times(model: Sequential, x: np.ndarray, calls: int) -> list[float]:
    """Seconds of each of `calls` calls, after a tenth as many that are not counted."""
    clock, found = time.perf_counter, []
    for _ in range(calls // 10 + 1):
        model.predict(x)
    for _ in range(calls):
        start = clock()
        model.predict(x)
        found.append(clock() - start)
    return found


def run(job: Job) -> dict[str, Any]:
    (xt, yt), (xv, yv) = load_pixels(job)
    model = Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(20, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(xt / 255.0, yt, epochs=2, verbose=0)
    figures = {"float64": xv / 255.0, "float32": (xv / 255.0).astype(np.float32)}
    calls, single_calls = job.options.get("calls", 50), job.options.get("single_calls", 5000)
    probabilities = model.predict(figures["float64"])
    one_by_one = np.concatenate([model.predict(figures["float64"][i : i + 1]) for i in range(100)])
    return {
        "val_accuracy": float((probabilities.argmax(1) == yv).mean()),
        "largest_difference_one_by_one": float(np.abs(one_by_one - probabilities[:100]).max()),
        "all_seconds": {name: times(model, x, calls) for name, x in figures.items()},
        "one_seconds": {name: times(model, x[:1].copy(), single_calls) for name, x in figures.items()},
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy"),
    }


if __name__ == "__main__":
    main(run)
