"""A folder of PNGs to arrays with Pillow: a plain loop, or, as the best setting known to us, a pool of processes.

The loop is what recipes have: `Image.open`, grey, an array, stacked at the end. The pool maps pieces of 2,000 paths
over two forked processes and sends arrays back.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.competitor import Job, main, versions
from benchmarks.loading.answers import checksum

PIECE = 2000


def load(paths: list[str]) -> np.ndarray:
    """Pictures of one size as an array (n, h, w) uint8."""
    return np.stack([np.asarray(Image.open(path).convert("L")) for path in paths])


def run(job: Job) -> dict[str, Any]:
    start = time.perf_counter()
    folder = job.options["folder"]
    paths: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(sorted(os.listdir(folder))):
        files = sorted(os.listdir(os.path.join(folder, name)))
        paths += [os.path.join(folder, name, file) for file in files]
        labels += [label] * len(files)
    if job.setting == "best":
        with ProcessPoolExecutor(job.threads) as pool:
            pieces = [paths[at : at + PIECE] for at in range(0, len(paths), PIECE)]
            x = np.concatenate(list(pool.map(load, pieces)))
    else:
        x = load(paths)
    y = np.array(labels)
    seconds = time.perf_counter() - start
    return {"fit_seconds": seconds, "checksum": checksum(x, y), "versions": versions("numpy", "Pillow")}


if __name__ == "__main__":
    main(run)
