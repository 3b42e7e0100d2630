"""Times `FigurePreprocessing.all` on one thread, with the form that MNIST's training figures have."""

from __future__ import annotations

from typing import Any

from benchmarks.competitor import Job, load_pixels, main
from benchmarks.own_figures.form_pictures import timed
from figurate.figures import FigurePreprocessing


def run(job: Job) -> dict[str, Any]:
    form = FigurePreprocessing.learn(load_pixels(job)[0][0])
    return timed(job, lambda pictures: form.all(pictures, threads=1)) | {"form": form.get_config()}


if __name__ == "__main__":
    main(run)
