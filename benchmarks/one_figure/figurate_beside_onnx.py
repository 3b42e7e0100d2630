"""Times one figure at a time in a preset's network, by `predict` and by a cached session of ONNX Runtime in turn.

All run in one process. On one thread each they go by turns of ten calls, so that a change of the machine's pace falls
on both. With the threads that each takes by itself they follow one another, since threads that wait for the next figure
keep a core busy. The network's weights are those it begins with: what was learned makes no difference to speed. The
session has the file that `model.export` writes.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.competitor import Job, load_pixels, main, versions
from figurate import _engine, presets

CALLS = 10


def seconds(call: Callable[[], object]) -> float:
    """Of a call, the mean of some, after one that is not counted."""
    call()
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - start) / CALLS


def session_of(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """A session that waits for figures; 0 threads are as many as ONNX Runtime finds right."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def by_turns(turns: range, **ways: Callable[[], object]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in turns:
        for name, call in ways.items():
            found[name].append(seconds(call))
    return found


def run(job: Job) -> dict[str, Any]:
    _, (x, _) = load_pixels(job)
    model = presets.get(job.options["preset"]).build((28, 28), 10, seed=job.seed)
    figure = x[:1].reshape(1, *model.input_shape[1:]).astype(np.float32)
    feed = {"figures": figure}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        model.export(file)
        one, usual = session_of(file, 1), session_of(file, 0)
    difference = float(np.abs(one.run(None, feed)[0] - model.predict(figure)).max())
    turns = range(job.options.get("turns", 300))
    found = {
        **by_turns(turns, figurate=lambda: model.predict(figure, threads=1), onnxruntime=lambda: one.run(None, feed)),
        **by_turns(turns, figurate_usual=lambda: model.predict(figure)),
        **by_turns(turns, onnxruntime_usual=lambda: usual.run(None, feed)),
    }
    return {
        "difference": difference,
        "seconds": {name: statistics.median(values) for name, values in found.items()},
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy", "onnxruntime"),
    }


if __name__ == "__main__":
    main(run)
