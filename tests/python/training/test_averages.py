"""Optimizers that average the weights, and that clip gradients: when averages count, what files hold, same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import callbacks, layers, optimizers
from figurate.callbacks import SwapEMAWeights
from figurate.errors import ConfigurationError
from figurate.models import Sequential, load_model
from tests.small import figures, model, same_weights

X, Y = figures()
XV, YV = figures(40, seed=9)

Weights = list[np.ndarray]


def averaged(**options: Any) -> Any:
    return model(optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, **options))


class Keep(callbacks.Callback):
    """Keeps the weights after each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.weights: list[Weights] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.weights.append(self.model.get_weights())


def test_the_averages_are_the_weights_once_fit_ends() -> None:
    plain, made, kept = model(optimizers.Adam(0.01)), averaged(), Keep()
    history = made.fit(X, Y, epochs=3, validation_data=(XV, YV), callbacks=[kept], verbose=0).history
    expected = plain.fit(X, Y, epochs=3, validation_data=(XV, YV), verbose=0).history
    assert history == expected  # the validation is of the weights themselves
    for mine, other in zip(kept.weights[-1], plain.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert not same_weights(made, plain)


def test_averages_by_hand() -> None:
    """Each step's weights from a twin without averages, averaged here."""
    plain, made = model("sgd"), model(optimizers.SGD(use_ema=True, ema_momentum=0.75))
    expected: Weights = []
    for step, first in enumerate(range(0, 96, 16)):
        batch = X[first : first + 16], Y[first : first + 16]
        plain.train_on_batch(*batch)
        made.train_on_batch(*batch)
        momentum = np.float32(0.75 if step else 0)
        weights = plain.get_weights()
        before = expected or weights
        expected = [momentum * a + (1 - momentum) * w for a, w in zip(before, weights, strict=True)]
    assert same_weights(plain, made)
    made.swap_averages()
    for mine, other in zip(made.get_weights(), expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-7)
    made.swap_averages()
    assert same_weights(plain, made)


def test_the_averages_count_after_an_interrupt_too() -> None:
    class Interrupt(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise KeyboardInterrupt

    cut, whole = averaged(), averaged()
    with pytest.raises(KeyboardInterrupt):
        cut.fit(X, Y, epochs=9, callbacks=[Interrupt()], verbose=0)
    whole.fit(X, Y, epochs=2, verbose=0)
    assert same_weights(cut, whole)


def test_no_epochs_leave_the_weights_alone() -> None:
    made = averaged()
    before = made.get_weights()
    made.fit(X, Y, epochs=0, verbose=0)
    for mine, other in zip(made.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("options", [{}, {"ema_overwrite_frequency": 4}, {"global_clipnorm": 0.1}, {"clipnorm": 0.1}])
def test_the_same_bits_on_any_number_of_threads(options: dict[str, Any]) -> None:
    made = [averaged(**options) for _ in range(3)]
    for threads, one in zip((1, 2, 5), made, strict=True):
        one.fit(X, Y, epochs=2, batch_size=7, threads=threads, verbose=0)
    assert same_weights(made[0], made[1])
    assert same_weights(made[0], made[2])


@pytest.mark.parametrize("limit", ["global_clipnorm", "clipnorm"])
def test_the_same_bits_with_convolutions_and_normalization(limit: str, tmp_path: Path) -> None:
    made = []
    for threads in (1, 2, 5):
        kinds = [
            layers.Input((8, 8, 1)),
            layers.Conv2D(5, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, "softmax"),
        ]
        one = Sequential(kinds, seed=1)
        settings: dict[str, Any] = {"use_ema": True, limit: 0.1}
        one.compile(optimizers.Adam(0.01, **settings), "sparse_categorical_crossentropy")
        one.fit(X, Y, epochs=2, batch_size=20, threads=threads, verbose=0)
        made.append(one)
    assert same_weights(made[0], made[1])
    assert same_weights(made[0], made[2])
    path = tmp_path / "m.safetensors"
    made[0].save(path)
    again = load_model(path)
    for one in (again, made[0]):
        one.fit(X, Y, epochs=2, verbose=0, seed=5)
    assert same_weights(again, made[0])


def test_files_hold_the_averages(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    made = averaged(clipvalue=0.05)
    made.fit(X, Y, epochs=2, verbose=0)
    made.save(path)
    again = load_model(path)
    assert again.optimizer.get_config() == made.optimizer.get_config()
    for one in (made, again):
        one.fit(X, Y, epochs=4, initial_epoch=2, verbose=0, seed=5)
    assert same_weights(made, again)


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_a_run_that_was_cut_off_ends_with_the_same_bits(tmp_path: Path, swap_on_epoch: bool) -> None:
    backup = tmp_path / "run.safetensors"

    class Die(callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise RuntimeError("cut off")

    def run(made: Any, *more: Any) -> Any:
        watching = [SwapEMAWeights(swap_on_epoch), callbacks.BackupAndRestore(backup), *more]
        made.fit(X, Y, epochs=4, validation_data=(XV, YV), callbacks=watching, verbose=0)
        return made

    with pytest.raises(RuntimeError, match="cut off"):
        run(averaged(), Die())
    continued = run(averaged())
    whole = averaged()
    whole.fit(X, Y, epochs=4, verbose=0)
    assert same_weights(continued, whole)


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swapped_for_the_validation(swap_on_epoch: bool) -> None:
    made, kept = averaged(), Keep()
    history = made.fit(
        X, Y, epochs=3, validation_data=(XV, YV), callbacks=[SwapEMAWeights(swap_on_epoch), kept], verbose=0
    ).history
    whole, own = averaged(), Keep()
    whole.fit(X, Y, epochs=3, callbacks=[own], verbose=0)
    assert same_weights(made, whole)
    assert not made.averages_in_place
    # What `fit` leaves is what the last epoch's validation measured.
    assert history["val_loss"][-1] == made.evaluate(XV, YV, verbose=0, return_dict=True)["loss"]
    for mine, other in zip(kept.weights[-1], (made.get_weights() if swap_on_epoch else own.weights[-1]), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_best_averages_come_back() -> None:
    made = averaged()
    stopping = callbacks.EarlyStopping("val_accuracy", patience=2, restore_best_weights=True, mode="min")
    kept = Keep()
    made.fit(
        X,
        Y,
        epochs=9,
        validation_data=(XV, YV),
        callbacks=[SwapEMAWeights(swap_on_epoch=True), kept, stopping],
        verbose=0,
    )
    for mine, best in zip(made.get_weights(), kept.weights[stopping.best_epoch], strict=True):
        np.testing.assert_array_equal(mine, best)


def test_swapped_for_evaluate_and_predict() -> None:
    made, twin = averaged(), averaged()
    for one in (made, twin):
        one.train_on_batch(X[:32], Y[:32])
        one.train_on_batch(X[32:], Y[32:])
    plain = made.evaluate(XV, YV, verbose=0)
    swapped = made.evaluate(XV, YV, verbose=0, callbacks=[SwapEMAWeights()])
    outputs = made.predict(XV, callbacks=[SwapEMAWeights()])
    assert same_weights(made, twin)
    twin.swap_averages()
    assert twin.evaluate(XV, YV, verbose=0) == swapped != plain
    np.testing.assert_array_equal(twin.predict(XV), outputs)


def test_swapping_expects_averages() -> None:
    with pytest.raises(ConfigurationError, match=r"Averages .* received `Adam\(\)`\. Write `Adam\(use_ema=True\)`"):
        model().fit(X, Y, validation_data=(XV, YV), callbacks=[SwapEMAWeights()], verbose=0)
    with pytest.raises(ConfigurationError, match=r"`SwapEMAWeights\(swap_on_epoch=…\)` expects True or False"):
        SwapEMAWeights(1)  # type: ignore[arg-type]
    untrained = averaged()
    before = untrained.get_weights()
    untrained.swap_averages()
    for mine, other in zip(untrained.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_clipping_holds_steps_short() -> None:
    """Plain descent moves all weights together by no more than rate · global_clipnorm."""
    made = model(optimizers.SGD(1.0, global_clipnorm=0.01))
    before = made.get_weights()
    made.train_on_batch(X, Y)
    moved = [b - a for a, b in zip(before, made.get_weights(), strict=True)]
    assert np.sqrt(sum(float((m.astype(np.float64) ** 2).sum()) for m in moved)) == pytest.approx(0.01, rel=1e-4)
