"""figurate's `datasets.load` of a folder of PNGs, a folder a class: settings as they are, all in one call."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.competitor import Job, main, versions
from benchmarks.loading.answers import checksum


def run(job: Job) -> dict[str, Any]:
    start = time.perf_counter()
    import figurate  # what comes in on first use is part of the call

    data = figurate.datasets.load(job.options["folder"], test_split=None, threads=job.threads)
    seconds = time.perf_counter() - start
    return {
        "fit_seconds": seconds,
        "checksum": checksum(*data.train),
        "notes": data.notes,
        "versions": versions("figurate", "numpy", "Pillow"),
    }


if __name__ == "__main__":
    main(run)
