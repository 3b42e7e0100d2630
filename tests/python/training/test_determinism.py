"""The same bits on every run and on any number of threads."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from figurate import utils
from figurate.models import Sequential
from tests.small import figures, model, network, same_weights

X, Y = figures(500)


def trained(threads: int, **options: Any) -> Sequential:
    made = model(dropout=0.3, hidden=33, **options)
    made.fit(X, Y, epochs=3, batch_size=48, validation_data=(X, Y), threads=threads, verbose=0)
    return made


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_any_number_of_threads(optimizer: str) -> None:
    one = trained(1, optimizer=optimizer)
    for threads in (2, 4, 7):
        other = trained(threads, optimizer=optimizer)
        assert same_weights(one, other)
        assert one.history is not None
        assert other.history is not None
        assert one.history.history == other.history.history
        assert one.evaluate(X, Y, verbose=0, threads=1) == other.evaluate(X, Y, verbose=0, threads=threads)
        np.testing.assert_array_equal(one.predict(X, threads=1), other.predict(X, threads=threads))


def test_threads_may_change_between_calls() -> None:
    steady, changing = model(dropout=0.3), model(dropout=0.3)
    steady.fit(X, Y, epochs=3, threads=1, verbose=0)
    for epoch, threads in enumerate((2, 1, 3)):
        changing.fit(X, Y, epochs=epoch + 1, initial_epoch=epoch, threads=threads, verbose=0)
    assert same_weights(steady, changing)


def test_fractions_of_any_type_are_the_same_figures() -> None:
    of_float32, of_float64 = model(), model()
    of_float32.fit(X, Y, verbose=0)
    of_float64.fit(np.rint(X * 255.0).astype(np.float64) / 255.0, Y, verbose=0)
    assert same_weights(of_float32, of_float64)


SCRIPT = """
import hashlib, sys
from tests.small import figures
from figurate import layers, utils
from figurate.models import Sequential
utils.set_random_seed(42)
x, y = figures(200)
made = Sequential([layers.Flatten(), layers.Dense(16, "relu"), layers.Dropout(0.2), layers.Dense(4, "softmax")])
made.compile("adam", "sparse_categorical_crossentropy")
made.fit(x, y, epochs=2, verbose=0)
print(hashlib.sha256(b"".join(w.tobytes() for w in made.get_weights())).hexdigest())
"""


def test_every_process_with_one_seed() -> None:
    outputs = {
        subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(outputs) == 1


def test_set_random_seed_fixes_models_and_fits() -> None:
    def run() -> Sequential:
        utils.set_random_seed(5)
        made = Sequential.from_config(network().get_config())
        made.compile("adam", "sparse_categorical_crossentropy")
        made.fit(X, Y, verbose=0)
        return made

    assert same_weights(run(), run())
