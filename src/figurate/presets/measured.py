"""What was measured of each preset: accuracy on figures it had never seen, and how long its training took.

The numbers stand in measured.json, which `python3 -m benchmarks.presets.publish` writes from the benchmarks' results.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Measured:
    """One preset on one data set, trained as its recipe says on all training figures.

    Attributes:
        accuracy: Of the test figures, 0 to 1, after the last epoch: the mean of the seeds.
        deviation: The seeds' standard deviation.
        seeds: How often it was trained.
        ensemble: The accuracy of five together, their probabilities averaged; None: not measured.
        seconds: Of `fit` alone on two threads, the median.
    """

    accuracy: float
    deviation: float
    seeds: int
    ensemble: float | None
    seconds: float


def measured() -> dict[str, dict[str, Measured]]:
    """What was measured: {data set: {preset: …}}; what was not has no entry."""
    found = json.loads(_FILE.read_text(encoding="utf-8"))
    return {data: {name: Measured(**row) for name, row in rows.items()} for data, rows in found.items()}
