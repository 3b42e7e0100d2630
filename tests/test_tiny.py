"""figurate end to end in a second: make figures, train, evaluate, predict, save, load. Runs before every other test.

The figures are 8×8 bars, upright or lying, one class a place: eight classes that any network which learns tells apart.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import figurate
from figurate import layers

COUNT, SIDE = 512, 8


def bars(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Figures (512, 8, 8) of 0..255 and their classes (512,): classes 0..3 are rows in pairs, 4..7 columns in pairs."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 8, COUNT).astype(np.uint8)
    figures = rng.integers(0, 64, (COUNT, SIDE, SIDE), dtype=np.uint8)
    for figure, kind in zip(figures, classes, strict=True):
        at = 2 * int(kind % 4)
        if kind < 4:
            figure[at : at + 2] += 150
        else:
            figure[:, at : at + 2] += 150
    return figures, classes


def test_from_figures_to_a_file_and_back(tmp_path: Path) -> None:
    (pixels, y), (pixels_val, y_val) = bars(1), bars(2)
    x, x_val = pixels / 255.0, pixels_val / 255.0
    figurate.utils.set_random_seed(7)
    model = figurate.Sequential(
        [
            layers.Flatten(input_shape=(SIDE, SIDE)),
            layers.Dense(20, activation="relu"),
            layers.Dense(8, activation="softmax"),
        ]
    )
    # 64·20 + 20 weights into the hidden layer, 20·8 + 8 out of it.
    assert model.count_params() == 1300 + 168
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    history = model.fit(x, y, epochs=20, validation_data=(x_val, y_val), verbose=0)
    assert history.epoch == list(range(20))
    assert history.history["loss"][-1] < history.history["loss"][0]

    loss, accuracy = model.evaluate(x_val, y_val, verbose=0)
    assert accuracy > 0.95
    np.testing.assert_allclose(loss, history.history["val_loss"][-1], rtol=1e-5)

    probabilities = model.predict(x_val, verbose=0)
    assert probabilities.shape == (COUNT, 8)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(np.mean(probabilities.argmax(axis=1) == y_val), accuracy, rtol=1e-6)

    path = tmp_path / "bars.safetensors"
    model.save(path)
    again = figurate.models.load_model(path)
    np.testing.assert_array_equal(again.predict(x_val, verbose=0), probabilities)
