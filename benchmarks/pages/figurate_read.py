"""Reads generated pages and photographs of sudokus with networks of the package, as a user would.

Options: `networks` (presets), `pages` ([first seed, how many]), `quick`. Pages are read by a network that learned from
MNIST, photographs by one that learned from the package's `digits`. Networks are trained once and kept.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import figurate
from benchmarks.competitor import CACHE, Job, main, versions
from benchmarks.environments import ROOT
from benchmarks.pages.generate import TestPage, page
from benchmarks.presets.described import described
from figurate import presets
from figurate.datasets import digits, mnist
from figurate.figures import reading

PHOTOS = ROOT.parent / "shared" / "data" / "photos"
LARGE = (3000, 4000)  # a camera's 12 megapixels
REPEATS = 7
SEEDS = {"mnist": 1, "digits": 0}  # of each set's networks


def trained(preset: str, data: str, quick: bool) -> figurate.Sequential:
    """A preset after its training on the data set of that name; from an earlier run where there is one."""
    module = {"mnist": mnist, "digits": digits}[data]
    (x, y), _ = module.load_data()
    if quick:
        x, y = x[:3000], y[:3000]
    fingerprint = described(presets.get(preset), (28, 28, 1), 10, len(x))["fingerprint"]
    path = CACHE / "pages" / f"{data}-{preset}-{'quick-' if quick else ''}{fingerprint}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        model = presets.get(preset).fit(
            x, y, seed=SEEDS[data], epochs=1 if quick else None, verbose=0, class_names=module.class_names
        )
        model.save(path, include_optimizer=False)
    loaded: figurate.Sequential = figurate.models.load_model(path)
    return loaded


def distance(one: str, other: str) -> int:
    """The fewest characters to be put in, left out or changed to make one text of another (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def judged(pages: list[TestPage], model: figurate.Sequential) -> dict[str, Any]:
    """How much of the pages is read rightly, spaces left aside."""
    totals: Counter[str] = Counter()
    for one in pages:
        lines = [line.text.replace(" ", "") for line in reading.read(one.picture, model).lines]
        for paper in ("all", one.paper):
            totals[f"{paper} characters"] += sum(map(len, one.lines))
            totals[f"{paper} wrong"] += distance("\n".join(one.lines), "\n".join(lines))
            totals[f"{paper} lines"] += len(one.lines)
            totals[f"{paper} whole"] += (Counter(one.lines) & Counter(lines)).total()
    return {
        paper: {
            "characters": totals[f"{paper} characters"],
            "characters_right": 1 - totals[f"{paper} wrong"] / totals[f"{paper} characters"],
            "lines": totals[f"{paper} lines"],
            "lines_right": totals[f"{paper} whole"] / totals[f"{paper} lines"],
        }
        for paper in ("all", "plain", "ruled", "squared")
        if totals[f"{paper} lines"]
    }


def seconds(model: figurate.Sequential, x: np.ndarray, y: np.ndarray) -> list[float]:
    """How long a JPEG of 12 megapixels with 50 figures takes, from the file to the text, each time."""
    one = page(1, x, y, height=120, lines=5, per_line=10, paper="plain", size=LARGE)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jpg"
        Image.fromarray(one.picture).save(path, quality=90)
        for _ in range(REPEATS):
            began = time.perf_counter()
            reading.read(path, model)
            found.append(time.perf_counter() - began)
    return found


def cells(model: figurate.Sequential) -> dict[str, Any]:
    """Of each photograph of a sudoku: how many cells are read rightly, with the grid found and with it named."""
    found = {}
    for photo in sorted(PHOTOS.glob("*.jpg")):
        truth = photo.with_suffix(".txt").read_text(encoding="utf-8").split()
        right = {}
        for name, grid in (("found", "auto"), ("named", (9, 9))):
            rows = reading.read(photo, model, grid=grid).to_dict().get("grid", {"cells": []})["cells"]
            answers = [cell for row in rows for cell in row]
            right[name] = sum(a == b for a, b in zip(truth, answers, strict=False)) if len(answers) == 81 else 0
        found[photo.stem] = {"cells": len(truth), **right}
    return found


def run(job: Job) -> dict[str, Any]:
    quick = bool(job.options.get("quick"))
    _, (x, y) = mnist.load_data()
    first, count = job.options["pages"]
    pages = [page(seed, x, y) for seed in range(first, first + count)]
    answer: dict[str, Any] = {"networks": {}, "versions": versions("numpy", "Pillow", "opencv-python-headless")}
    for name in job.options["networks"]:
        model = trained(name, "mnist", quick)
        answer["networks"][name] = {
            "pages": judged(pages, model),
            "seconds": seconds(model, x, y),
            "photographs": cells(trained(name, "digits", quick)),
        }
    return answer


if __name__ == "__main__":
    main(run)
