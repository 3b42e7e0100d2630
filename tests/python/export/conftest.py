"""Models to export: a small one that has learned to read digits, and weights that tell every layer apart."""

from __future__ import annotations

import numpy as np
import pytest

from figurate import Sequential, layers
from figurate.datasets import mnist
from figurate.figures import FigurePreprocessing


@pytest.fixture(scope="session")
def digits() -> Sequential:
    """A convolutional model of MNIST, trained on 0..1 for a moment: right about nine times of ten."""
    (x, y), _ = mnist.load_data()
    model = Sequential(
        [
            layers.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(6, 5, strides=2, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.1),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
        seed=1,
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[:6000] / 255.0, y[:6000], epochs=3, verbose=0)
    model.class_names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    model.preprocessing = FigurePreprocessing.learn(x)
    return model


def scrambled(model: Sequential, seed: int = 0) -> Sequential:
    """The model with weights that differ everywhere; variances stay above 0."""
    rng = np.random.default_rng(seed)
    weights = []
    for weight in model.get_weights():
        if weight.ndim == 1:
            weights.append(rng.uniform(0.5, 1.5, weight.shape))
        else:
            weights.append(rng.normal(0, 1, weight.shape) / np.sqrt(np.prod(weight.shape[:-1])))
    model.set_weights(weights)
    return model
