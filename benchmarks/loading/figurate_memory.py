"""Peak anonymous memory of loading a set, looking through it, and training the lesson's network on it for an epoch.

Anonymous memory (RssAnon in /proc/self/status) is what a process has for itself; pages of files, which the system may
take back at any time, are told beside it. Sampled every 5 ms by a thread; helpers' memory is not in it.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.competitor import Job, main, versions

STATUS = Path("/proc/self/status")


def memory(kind: str) -> float:
    """MB of a kind of memory that this process has now."""
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"No {kind} in {STATUS}: this needs Linux 4.5 or later.")


class Peak:
    """The most of each kind of memory within a `with` block."""

    def __enter__(self) -> Peak:
        self.anonymous = self.file = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        self._start = time.perf_counter()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.005):
            self.anonymous = max(self.anonymous, memory("RssAnon"))
            self.file = max(self.file, memory("RssFile") + memory("RssShmem"))

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self._stop.set()
        self._thread.join()

    def answer(self) -> dict[str, float]:
        return {"anonymous_mb": self.anonymous, "file_mb": self.file, "seconds": self.seconds}


def run(job: Job) -> dict[str, Any]:
    import figurate
    from figurate import Sequential, datasets, layers

    datasets.load("mnist")  # what is loaded once for all: libraries, kernels
    found: dict[str, Any] = {"before_mb": memory("RssAnon")}
    with Peak() as loading:
        data = datasets.load(job.options["folder"], threads=job.threads)
    found["loading"] = loading.answer()
    x, y = data.train
    with Peak() as looking:
        total = sum(int(x[at : at + 10_000].sum(dtype=np.int64)) for at in range(0, len(x), 10_000))
    found["looking_through"] = looking.answer()
    if job.options.get("train", True):
        model = Sequential(
            [
                layers.Input((28, 28)),
                layers.Rescaling(1 / 255),
                layers.Flatten(),
                layers.Dense(20, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        with Peak() as training:
            model.fit(x, y, epochs=1, verbose=0)
        found["training"] = training.answer()
    return found | {
        "figures": len(x),
        "sum": total,
        "versions": versions("figurate", "numpy"),
        "name": figurate.__name__,
    }


if __name__ == "__main__":
    main(run)
