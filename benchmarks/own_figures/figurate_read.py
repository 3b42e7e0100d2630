"""Reads pictures that did not come from MNIST with networks that learned from MNIST alone; figurate's own environment.

Nothing is told: picture files go into `predict_pictures`. Options: `networks` ({name: number of seeds}), `kinds` (of
`perturb.PERTURBATIONS`), `draws` (how often chance is asked anew; what does not depend on chance is read as often),
`mnist` (read MNIST's test figures through the form and without), `quick`. Every kind and draw is read by every network,
and a network's seeds are 1, 2, and so on.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import figurate
from benchmarks.competitor import Job, main, versions
from benchmarks.own_figures.networks import trained
from benchmarks.own_figures.perturb import PERTURBATIONS, generator
from figurate import _engine
from figurate.datasets import mnist

DIGITS = Path(__file__).with_name("digits")
SEED = 4  # of all chance in the perturbations


def digits() -> tuple[list[Path], np.ndarray]:
    """The drawn digits: their files and labels (500,) int64."""
    with open(DIGITS / "labels.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [DIGITS / row["image"] for row in rows], np.array([int(row["label"]) for row in rows])


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The share of figures whose likeliest class is their label."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def run(job: Job) -> dict[str, Any]:
    quick = bool(job.options.get("quick"))
    models = {
        name: [trained(name, seed, quick) for seed in range(1, seeds + 1)]
        for name, seeds in job.options["networks"].items()
    }
    files, labels = digits()
    answer: dict[str, Any] = {
        "pictures": len(files),
        "files": {name: [accuracy(one.predict_pictures(files), labels) for one in of] for name, of in models.items()},
        "as_is": {
            name: [accuracy(one.predict_pictures(files, as_is=True), labels) for one in of]
            for name, of in models.items()
        },
        "perturbed": {},
        "instruction_set": _engine.info()["instruction_set"],
        "versions": {"figurate": figurate.__version__, **versions("numpy", "Pillow")},
    }
    images = [Image.open(file).convert("L") for file in files]
    for kind in job.options.get("kinds", ()):
        found: dict[str, list[list[float]]] = {name: [[] for _ in of] for name, of in models.items()}
        for draw in range(job.options["draws"]):
            pictures = [
                PERTURBATIONS[kind](image, generator(kind, SEED, draw, number)) for number, image in enumerate(images)
            ]
            for name, of in models.items():
                for number, model in enumerate(of):
                    found[name][number].append(accuracy(model.predict_pictures(pictures), labels))
        answer["perturbed"][kind] = found
    if job.options.get("mnist"):
        _, (x, y) = mnist.load_data()
        answer["mnist"] = {
            name: [_through_and_without(name, model, x, y) for model in of] for name, of in models.items()
        }
    return answer


def _through_and_without(name: str, model: figurate.Sequential, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    return {
        "through": accuracy(model.predict_pictures(list(x)), y),
        "without": accuracy(model.predict(x / 255.0 if name == "lesson" else x), y),
    }


if __name__ == "__main__":
    main(run)
