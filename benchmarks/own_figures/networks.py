"""The networks that read, each trained on MNIST's training figures alone, as a user trains them, and kept.

`lesson` is examples/lesson.py to the letter, so it is trained on `x / 255`; the others are presets.
"""

from __future__ import annotations

from pathlib import Path

import figurate
from benchmarks.competitor import CACHE
from benchmarks.presets.described import described
from figurate import layers, presets
from figurate.datasets import mnist
from figurate.figures import FigurePreprocessing

FOLDER = CACHE / "own_figures"


def trained(name: str, seed: int, quick: bool = False) -> figurate.Sequential:
    """A network after its training; from an earlier run where there is one.

    Args:
        name: "lesson", or a preset's name.
        seed: Of its initial weights and the order of the figures.
        quick: Train it for one epoch on 3,000 figures, to see that all runs.
    """
    (x, y), _ = mnist.load_data()
    if quick:
        x, y = x[:3000], y[:3000]
    path = _path(name, seed, len(x), quick)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        epochs = 1 if quick else None
        if name == "lesson":
            learned = _lesson(seed)
            learned.fit(x / 255.0, y, epochs=epochs or 20, verbose=0)
        else:
            learned = presets.get(name).fit(x, y, seed=seed, epochs=epochs, verbose=0, class_names=mnist.class_names)
        learned.save(path, include_optimizer=False)
    model: figurate.Sequential = figurate.models.load_model(path)
    # As `fit` notes it today: the file may be of a day when it noted another form.
    model.preprocessing = FigurePreprocessing.learn(x / 255.0 if name == "lesson" else x)
    return model


def _path(name: str, seed: int, figures: int, quick: bool) -> Path:
    fingerprint = described(presets.get(name), (28, 28, 1), 10, figures)["fingerprint"]
    return FOLDER / f"{name}-{'quick-' if quick else ''}{fingerprint}-{seed}.safetensors"


def _lesson(seed: int) -> figurate.Sequential:
    model = figurate.Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(20, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        seed=seed,
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
