"""`fit`: its history, its arguments, and what it does when training goes wrong."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from figurate import callbacks, errors, layers, optimizers
from figurate.callbacks import Callback, History
from figurate.models import Sequential
from tests.small import figures, model, network, same_weights

X, Y = figures()
XV, YV = figures(40, seed=9)


def test_the_history() -> None:
    trained = model()
    history = trained.fit(X, Y, epochs=3, validation_data=(XV, YV), verbose=0)
    assert isinstance(history, History)
    assert trained.history is history
    assert history.epoch == [0, 1, 2]
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert all(len(values) == 3 and all(type(v) is float for v in values) for values in history.history.values())
    assert history.params["epochs"] == 3
    assert history.params["steps"] == 3
    assert trained.evaluate(XV, YV, verbose=0) == [history.history["val_loss"][-1], history.history["val_accuracy"][-1]]
    assert repr(history).startswith("<History of 3 epochs: loss ")


def test_figures_are_learned() -> None:
    trained = model(optimizers.Adam(0.01))
    trained.fit(X, Y, epochs=60, verbose=0)
    assert trained.evaluate(XV, YV, verbose=0)[1] > 0.95


def test_one_step_worked_by_hand() -> None:
    """One output w·x, mean squared error, plain descent: w becomes w - rate · 2 (w·x - y) x."""
    hand = Sequential([layers.Dense(1, use_bias=False, input_shape=(2,))])
    hand.compile(optimizers.SGD(0.1), "mse")
    hand.set_weights([[[1.0], [2.0]]])
    # w·x = 1·3 + 2·1 = 5, so the loss is (5 - 4)² = 1 and the gradient 2·1·(3, 1) = (6, 2).
    history = hand.fit([[3.0, 1.0]], [4.0], verbose=0)
    assert history.history["loss"] == [pytest.approx(1.0)]
    np.testing.assert_allclose(hand.get_weights()[0].ravel(), [1.0 - 0.6, 2.0 - 0.2], rtol=1e-6)


def test_a_second_fit_goes_on_as_one_would() -> None:
    once, twice = model(dropout=0.3), model(dropout=0.3)
    once.fit(X, Y, epochs=4, verbose=0)
    twice.fit(X, Y, epochs=2, verbose=0)
    history = twice.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    assert history.epoch == [2, 3]
    assert same_weights(once, twice)


def test_the_order_differs_from_epoch_to_epoch_and_by_seed() -> None:
    still, shuffled, other, same = model("sgd"), model("sgd"), model("sgd"), model("sgd")
    still.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    shuffled.fit(X, Y, epochs=2, verbose=0)
    other.fit(X, Y, epochs=2, seed=123, verbose=0)
    same.fit(X, Y, epochs=2, seed=shuffled.seed, verbose=0)
    assert not same_weights(still, shuffled)
    assert not same_weights(shuffled, other)
    assert same_weights(shuffled, same)


def test_without_shuffling_batches_are_in_order() -> None:
    whole, by_hand = model("adam"), model("adam")
    whole.fit(X, Y, batch_size=40, shuffle=False, verbose=0)
    for first in (0, 40, 80):
        by_hand.train_on_batch(X[first : first + 40], Y[first : first + 40])
    assert same_weights(whole, by_hand)


def test_validation_split_takes_the_end() -> None:
    split, given = model(), model()
    first = split.fit(X, Y, validation_split=0.25, verbose=0)
    second = given.fit(X[:72], Y[:72], validation_data=(X[72:], Y[72:]), verbose=0)
    assert first.history == second.history
    assert same_weights(split, given)


def test_validation_freq() -> None:
    every = model().fit(X, Y, epochs=5, validation_data=(XV, YV), validation_freq=2, verbose=0)
    assert len(every.history["val_loss"]) == 2
    listed = model().fit(X, Y, epochs=5, validation_data=(XV, YV), validation_freq=[1, 4, 5], verbose=0)
    assert len(listed.history["val_loss"]) == 3


def test_no_epochs() -> None:
    trained = model()
    before = trained.get_weights()
    history = trained.fit(X, Y, epochs=0, verbose=0)
    assert history.history == {}
    np.testing.assert_array_equal(trained.get_weights()[0], before[0])


def test_a_batch_larger_than_the_data() -> None:
    large, exact = model(), model()
    large.fit(X, Y, batch_size=5000, shuffle=False, verbose=0)
    exact.fit(X, Y, batch_size=96, shuffle=False, verbose=0)
    assert same_weights(large, exact)


def test_train_and_test_on_batch() -> None:
    trained = model()
    before = trained.test_on_batch(X, Y, return_dict=True)
    values = trained.train_on_batch(X, Y, return_dict=True)
    # Both measure the weights from before the step.
    assert values["loss"] == pytest.approx(before["loss"], rel=1e-6)
    assert trained.optimizer.learning_rate == 0.001
    assert trained.test_on_batch(X, Y)[0] < before["loss"]
    without = network()
    without.compile("sgd", "sparse_categorical_crossentropy")
    assert isinstance(without.train_on_batch(X, Y), float)
    assert isinstance(without.evaluate(X, Y, verbose=0), float)
    np.testing.assert_array_equal(trained.predict_on_batch(X), trained.predict(X))


def test_compiling_again_begins_the_optimizer_anew() -> None:
    again, fresh = model(), model()
    again.fit(X, Y, verbose=0)
    fresh.fit(X, Y, verbose=0)
    fresh_weights = fresh.get_weights()
    again.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert again.get_trainer().iterations == 0
    np.testing.assert_array_equal(again.get_weights()[0], fresh_weights[0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"batch_size": 0}, errors.ConfigurationError, r"`fit\(batch_size=…\)` expects a whole number of at least 1"),
        ({"batch_size": 2.5}, errors.ConfigurationError, "received 2.5"),
        ({"epochs": -1}, errors.ConfigurationError, r"`fit\(epochs=…\)` expects a whole number of at least 0"),
        ({"initial_epoch": -1}, errors.ConfigurationError, r"`fit\(initial_epoch=…\)`"),
        ({"verbose": 3}, errors.ConfigurationError, r"`fit\(verbose=…\)` expects 'auto', 0, 1 or 2, received 3"),
        ({"seed": -5}, errors.ConfigurationError, r"`fit\(seed=…\)` expects a whole number"),
        ({"threads": 0}, errors.ConfigurationError, r"`fit\(threads=…\)` expects a whole number of at least 1"),
        ({"validation_split": 1.0}, errors.ConfigurationError, r"expects a number above 0 and below 1 \(0 for none\)"),
        ({"validation_split": 0.999}, errors.DataError, "expects enough figures for both parts, received 96"),
        (
            {"validation_data": X},
            errors.UnsupportedError,
            r"expects \(x, y\) or \(x, y, sample_weight\), received array",
        ),
        ({"validation_freq": 0}, errors.ConfigurationError, r"`fit\(validation_freq=…\)` expects"),
        ({"validation_batch_size": 0}, errors.ConfigurationError, r"`fit\(validation_batch_size=…\)`"),
        ({"steps_per_epoch": 3}, errors.UnsupportedError, r"An epoch is all of x: pass a part of it, `x\[:n\]`"),
        ({"validation_steps": 3}, errors.UnsupportedError, r"`fit\(validation_steps=…\)` is not supported"),
        (
            {"callbacks": [print]},
            errors.ConfigurationError,
            r"expects objects of `figurate.callbacks.Callback`, received",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_arguments_that_are_wrong(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        model().fit(X, Y, **{"verbose": 0, **arguments})


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": "crossentropy"}, errors.ConfigurationError, "could be one of three"),
        ({"loss": "sparse_categorical"}, errors.ConfigurationError, "Did you mean 'sparse_categorical_crossentropy'"),
        ({"optimizer": "adm"}, errors.ConfigurationError, "Did you mean 'adam'"),
        ({"metrics": ["acuracy"]}, errors.ConfigurationError, "Unknown metric 'acuracy'"),
        (
            {"metrics": {"out": "accuracy"}},
            errors.ConfigurationError,
            r"expects a list, received .*`metrics=\['accuracy'\]`",
        ),
        ({"metrics": ["accuracy", "accuracy"]}, errors.ConfigurationError, "received 'accuracy' twice"),
        ({"metrics": ["categorical_accuracy"]}, errors.ConfigurationError, "does not fit the loss"),
        ({"loss": lambda y, p: 0.0}, errors.UnsupportedError, "functions and classes written in Python cannot run"),
        (
            {"run_eagerly": True},
            errors.UnsupportedError,
            r"`compile\(run_eagerly=…\)` is not supported, received True. Layers",
        ),
        ({"loss_weights": [1.0]}, errors.UnsupportedError, "Models have one output"),
        ({"weighted_metrics": ["accuracy"]}, errors.UnsupportedError, "Metrics count every figure alike"),
        ({"steps_per_execution": 0}, errors.ConfigurationError, r"`compile\(steps_per_execution=…\)`"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_compile_arguments_that_are_wrong(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        network().compile(**{"loss": "sparse_categorical_crossentropy", **arguments})


def test_arguments_of_keras_scripts_that_change_nothing() -> None:
    made = network()
    made.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=8, jit_compile=True
    )
    made.compile(
        optimizer=optimizers.Adam, loss="sparse_categorical_crossentropy", metrics="accuracy", run_eagerly=False
    )
    assert made.metrics_names == ["loss", "accuracy"]


def test_before_compile_and_without_a_loss() -> None:
    with pytest.raises(errors.ConfigurationError, match="The model expects `compile` before training and evaluation"):
        network().fit(X, Y)
    made = network()
    made.compile()
    assert made.predict(X).shape == (96, 4)
    with pytest.raises(errors.ConfigurationError, match="expect a loss, received a model compiled without one"):
        made.fit(X, Y, verbose=0)


class Explode(Callback):
    """Puts weights in place that no loss survives."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == 1:
            self.model.set_weights([w * np.float32(1e38) for w in self.model.get_weights()])


def test_a_loss_that_is_not_finite_ends_with_advice() -> None:
    trained = model(optimizers.Adam(0.25))
    message = (
        r"became NaN or infinite in epoch 2, .* Lower the learning rate \(now 0.25\). With `callbacks.TerminateOnNaN"
    )
    with pytest.raises(errors.TrainingError, match=message):
        trained.fit(X, Y, epochs=4, callbacks=[Explode()], verbose=0)
    assert trained.history is not None
    assert trained.history.epoch == [0]


def test_the_advice_speaks_of_pixels_beyond_1() -> None:
    with pytest.raises(
        errors.TrainingError, match=r"Scale the pixels, which go up to 199, to 0..1: divide them by 255"
    ):
        model().fit(np.rint(X * 255), Y, epochs=4, callbacks=[Explode()], verbose=0)
    scaled = Sequential(
        [layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(12, "relu"), layers.Dense(4, "softmax")]
    )
    scaled.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(errors.TrainingError, match=r"Lower the learning rate \(now 0\.01\)\. With `callbacks"):
        scaled.fit(np.rint(X * 255), Y, epochs=4, callbacks=[Explode()], verbose=0)


def test_terminate_on_nan_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    trained = model()
    trained.fit(X, Y, epochs=4, callbacks=[Explode(), callbacks.TerminateOnNaN()], validation_data=(XV, YV), verbose=0)
    assert trained.history is not None
    assert trained.history.epoch == [0, 1]
    assert np.isnan(trained.history.history["loss"][1])
    assert "Batch 0: the loss is nan, training stops" in capsys.readouterr().out
    with pytest.raises(errors.TrainingError, match="The loss of batch 0 is nan, expected a finite number"):
        model().fit(X, Y, epochs=4, callbacks=[Explode(), callbacks.TerminateOnNaN(raise_error=True)], verbose=0)


def test_a_model_at_work_is_not_used_twice() -> None:
    class Meddle(Callback):
        def on_train_tick(self, step: int, logs: dict[str, Any] | None = None) -> None:
            made.evaluate(XV, YV, verbose=0)

    made = model(hidden=256)
    x, y = np.tile(X, (1000, 1, 1)), np.tile(Y, 1000)
    with pytest.raises(
        errors.TrainingError, match="`evaluate` expects a model at rest, received one whose engine is at work"
    ):
        made.fit(x, y, epochs=2, callbacks=[Meddle()], verbose=0)
    # It is at rest again.
    made.fit(X, Y, verbose=0)


def test_predicting_in_several_threads_at_once() -> None:
    made = network()
    expected = made.predict(X)
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(50):
            if not np.array_equal(made.predict(X), expected):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
