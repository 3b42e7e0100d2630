"""The pictures that are brought into form against the clock, the same for every competitor; needs numpy and Pillow."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.competitor import Job, load_pixels


def pictures(job: Job) -> list[np.ndarray]:
    """MNIST's first training figures, dark on light, enlarged to `size` pixels (option) either way; uint8."""
    (x, _), _ = load_pixels(job)
    size = job.options["size"]
    images = [Image.fromarray(255 - figure) for figure in np.asarray(x[: job.options["pictures"]])]
    return [np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)) for image in images]


def timed(job: Job, form: Callable[[list[np.ndarray]], np.ndarray]) -> dict[str, Any]:
    """Brings the pictures into form several times; the figures (n, 28, 28) go into the file named by `save` (option).

    Returns:
        Pictures a second of the process' own CPU time, the median of the calls: both use one thread, and CPU time is
        what a quiet machine's clock would show.
    """
    given = pictures(job)
    figures = form(given)
    np.save(job.options["save"], figures)
    seconds = []
    for _ in range(job.options["calls"]):
        start = time.process_time()
        form(given)
        seconds.append(time.process_time() - start)
    return {"pictures_per_second": len(given) / statistics.median(seconds)}
