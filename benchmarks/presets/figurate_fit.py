"""One preset trained once, as a user does it; run in figurate's own environment, in a fresh process.

The clock covers the whole call of `fit` on raw pixels, uint8, without validation. Afterwards the test figures are read
once. Options: `preset`; `figures` (learn from the first so many alone); `epochs` (in place of the recipe's); `save`
(the path of an .npy for the probabilities of the test figures); `describe` (train nothing, tell what would be trained).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import figurate
from benchmarks.competitor import Job, load_pixels, main, versions
from benchmarks.presets.described import described
from figurate import _engine, datasets, presets


def run(job: Job) -> dict[str, Any]:
    preset = presets.get(job.options["preset"], getattr(datasets, job.data).kind)
    (x, y), (xt, yt) = load_pixels(job)
    figures = job.options.get("figures") or len(x)
    x, y = x[:figures], y[:figures]
    if job.options.get("describe"):
        return described(preset, (*x.shape[1:], 1)[:3], int(y.max()) + 1, len(x))

    start = time.perf_counter()
    model = preset.fit(
        x,
        y,
        epochs=job.options.get("epochs"),
        seed=job.seed,
        threads=job.threads,
        verbose=0,
    )
    seconds = time.perf_counter() - start

    probabilities = model.predict(xt)
    if path := job.options.get("save"):
        np.save(path, probabilities)
    return {
        "fit_seconds": seconds,
        "accuracy": float(np.mean(probabilities.argmax(axis=1) == yt)),
        "instruction_set": _engine.info()["instruction_set"],
        "versions": {"figurate": figurate.__version__, **versions("numpy")},  # sources at hand are not installed
    }


if __name__ == "__main__":
    main(run)
