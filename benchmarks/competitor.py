"""What every competitor file shares: its job, the data, the epoch clock and the one line it answers with.

Runs inside the competitor's own environment, so it needs numpy alone and imports no competitor.
It measures nothing by itself: `harness.py` starts the competitors, in turn, each in a fresh process.
"""

from __future__ import annotations

import importlib.metadata
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

CACHE = Path(__file__).resolve().parent / ".cache"


@dataclass(frozen=True)
class Job:
    """What one process is asked to do.

    Args:
        setting: "documented" or "best": which of the competitor's settings to run.
        epochs: passes over the data.
        threads: threads the competitor may use; the process is bound to as many CPUs.
        seed: seed of the first weights and of the order of the figures.
        data: "mnist", "fashion_mnist" or "inverted_mnist" (255 - x).
        times: the training figures are repeated this often.
        options: anything else a task wants to pass on.
    """

    setting: str = "documented"
    epochs: int = 20
    threads: int = 2
    seed: int = 1
    data: str = "mnist"
    times: int = 1
    options: dict[str, Any] = field(default_factory=dict)


Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load_pixels(job: Job) -> Arrays:
    """The job's figures as uint8 (n, 28, 28) and their labels as uint8 (n,), training part first."""
    name = "mnist" if job.data == "inverted_mnist" else job.data
    xt, yt, xv, yv = (np.load(CACHE / f"{name}_{part}.npy") for part in ("x_train", "y_train", "x_test", "y_test"))
    if job.data == "inverted_mnist":
        xt, xv = 255 - xt, 255 - xv
    if job.times > 1:
        xt, yt = np.tile(xt, (job.times, 1, 1)), np.tile(yt, job.times)
    return (xt, yt), (xv, yv)


def load_scaled(job: Job) -> Arrays:
    """The figures as the lesson normalises them by hand: x / 255.0, float64."""
    (xt, yt), (xv, yv) = load_pixels(job)
    return (xt / 255.0, yt), (xv / 255.0, yv)


class EpochClock:
    """Wall time of each epoch, validation included; started just before the fit."""

    def __init__(self) -> None:
        self.marks = [time.perf_counter()]

    def tick(self) -> None:
        """Call at the very end of each epoch."""
        self.marks.append(time.perf_counter())

    @property
    def seconds(self) -> list[float]:
        return [after - before for before, after in zip(self.marks, self.marks[1:], strict=False)]


def versions(*packages: str) -> dict[str, str]:
    """Installed version of each package, and of Python."""
    found = {name: importlib.metadata.version(name) for name in packages}
    return {**found, "python": sys.version.split()[0]}


def main(run: Callable[[Job], dict[str, Any]]) -> None:
    """Reads the job from the command line, runs it and prints the answer as the last line of standard output.

    Args:
        run: takes the job; returns at least `epoch_seconds` (a list) and `val_accuracy` (a fraction, after the
            last epoch), and whatever else its task reads.
    """
    job = Job(**json.loads(sys.argv[1])) if len(sys.argv) > 1 else Job()
    answer = run(job)
    answer["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps(answer))
