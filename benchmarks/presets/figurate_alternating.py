"""One preset trained with figures changed by chance in every other epoch; run in figurate's own environment.

Both kinds of epoch are timed within one training, so that a change of the machine's pace falls on both. Options:
`preset`; `figures` (of an epoch); `pairs` (of an epoch with and one without).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import figurate
from benchmarks.competitor import Job, load_pixels, main, versions
from figurate import _engine, callbacks, presets


class Alternating(callbacks.Callback):
    """With, without, without, with, and so on; keeps the seconds of each."""

    def __init__(self) -> None:
        super().__init__()
        self.with_it: list[float] = []
        self.without: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.stop_augmentation = epoch % 4 in (1, 2)  # a preset's own callbacks come before
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        taken = self.without if self.model.stop_augmentation else self.with_it
        taken.append(time.perf_counter() - self._start)


def run(job: Job) -> dict[str, Any]:
    (x, y), (xt, yt) = load_pixels(job)
    figures, clock = job.options["figures"], Alternating()
    model = presets.get(job.options["preset"]).fit(
        x[:figures],
        y[:figures],
        epochs=2 * job.options["pairs"],
        seed=job.seed,
        threads=job.threads,
        verbose=0,
        callbacks=[clock],
    )
    return {
        "with_seconds": clock.with_it,
        "without_seconds": clock.without,
        "accuracy": float(np.mean(model.predict(xt).argmax(axis=1) == yt)),
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("numpy") | {"figurate": figurate.__version__},
    }


if __name__ == "__main__":
    main(run)
