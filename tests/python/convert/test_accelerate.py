"""A user's compiled Keras model, trained here: it ends where Keras would have brought it, with its callbacks heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import callbacks as ours, errors
from figurate.models.accelerated import accelerate
from tests.python.convert.keras_models import (
    KERASS_ARRAYS,
    MODELS,
    classes,
    figures,
    keras_or_skip,
    made,
    outputs,
    same_state,
)

keras = keras_or_skip()
pytestmark = [KERASS_ARRAYS]
LOSS = "sparse_categorical_crossentropy"


def compiled(optimizer: Any = "adam", **options: Any) -> Any:
    return made(keras, "dense", **{"optimizer": optimizer, "loss": LOSS, "metrics": ["accuracy"], **options})


def test_it_ends_where_keras_would(tmp_path: Path) -> None:
    model = compiled(keras.optimizers.Adam(0.01))
    x, y = figures(model), classes(model)
    options: dict[str, Any] = {
        "batch_size": 10,
        "epochs": 3,
        "shuffle": False,
        "verbose": 0,
        "validation_data": (x[:8], y[:8]),
    }
    weights = model.get_weights()
    expected = model.fit(x, y, **options)
    model.fit(x, y, **options)
    trained, twice = model.get_weights(), [np.asarray(v.value) for v in model.optimizer.variables]

    compiled(keras.optimizers.Adam(0.01)).set_weights(weights)
    fast = accelerate(model)
    history = fast.fit(x, y, **options)
    assert type(history) is keras.callbacks.History
    assert history is model.history
    assert history.epoch == [0, 1, 2]
    assert set(history.history) == set(expected.history)
    for key, values in expected.history.items():
        np.testing.assert_allclose(history.history[key], values, rtol=1e-4, err_msg=key)
    fast.fit(x, y, **options)  # goes on with the optimizer's state
    for mine, theirs in zip(model.get_weights(), trained, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(model.optimizer.variables, twice, strict=True):
        np.testing.assert_allclose(np.asarray(mine.value), theirs, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(fast.model.predict(x), outputs(model, x), atol=1e-5)
    assert "Accelerated" in repr(fast)


def test_keras_takes_over_again() -> None:
    model = compiled(keras.optimizers.Adam(0.01))
    x, y = figures(model), classes(model)
    accelerate(model).fit(x, y, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 4
    model.fit(x, y, verbose=0)
    assert int(model.optimizer.iterations) == 6


class Watching(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
    """One of a user's own: sees the weights of each epoch, and stops after the third."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seen.append((epoch, dict(logs), self.model.get_weights()[0]))
        self.model.stop_training = epoch == 2


def test_callbacks_see_and_stop() -> None:
    model = compiled()
    x, y = figures(model), classes(model)
    watching, mine = Watching(), ours.History()
    history = accelerate(model).fit(x, y, epochs=10, verbose=0, callbacks=[watching, mine])
    assert [epoch for epoch, _, _ in watching.seen] == [0, 1, 2] == history.epoch == mine.epoch
    assert [logs["loss"] for _, logs, _ in watching.seen] == history.history["loss"]
    assert not np.array_equal(watching.seen[0][2], watching.seen[1][2])
    np.testing.assert_array_equal(watching.seen[2][2], model.get_weights()[0])


def test_early_stopping_restores_the_best_weights() -> None:
    model = compiled(keras.optimizers.SGD(0.5))
    x, y = figures(model), classes(model)
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    fast = accelerate(model, seed=3)
    history = fast.fit(x, y, epochs=60, verbose=0, validation_data=(x, 3 - y), callbacks=stopping)
    best = int(np.argmin(history.history["val_loss"]))
    assert stopping.best_epoch == best
    assert len(history.epoch) == best + 3 < 60
    assert fast.model.evaluate(x, 3 - y, verbose=0)[0] == pytest.approx(min(history.history["val_loss"]), rel=1e-4)
    np.testing.assert_array_equal(fast.model.get_weights()[0], model.get_weights()[0])


def test_callbacks_set_the_learning_rate_and_write_files(tmp_path: Path) -> None:
    model = compiled(keras.optimizers.SGD(0.5))
    x, y = figures(model), classes(model)
    given = [
        keras.callbacks.LearningRateScheduler(lambda epoch: [0.5, 0.0, 0.0][epoch]),
        keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
        keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        keras.callbacks.TerminateOnNaN(),
    ]
    history = accelerate(model).fit(x, y, epochs=3, verbose=0, callbacks=given)
    assert history.history["learning_rate"] == [0.5, 0.0, 0.0]
    assert (tmp_path / "log.csv").read_text().count("\n") == 4
    for epoch in (1, 2, 3):
        saved = keras.saving.load_model(tmp_path / f"{epoch}.keras")
        np.testing.assert_array_equal(saved.get_weights()[0], model.get_weights()[0])
    assert int(saved.optimizer.iterations) == 6


def test_each_batch_for_those_who_want_it() -> None:
    model = compiled()
    x, y = figures(model), classes(model)
    seen: list[tuple[int, int]] = []
    each = keras.callbacks.Callback()
    each.on_train_batch_end = lambda batch, logs=None: seen.append((batch, int(model.optimizer.iterations)))
    accelerate(model).fit(x, y, epochs=1, batch_size=10, verbose=0, callbacks=[each])
    assert seen == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_a_loss_that_is_not_finite() -> None:
    model = compiled(keras.optimizers.SGD(1e30))
    x, y = figures(model), classes(model)
    weights = model.get_weights()
    with pytest.raises(errors.TrainingError, match="The loss became NaN or infinite"):
        accelerate(model).fit(x, y, epochs=5, verbose=0)
    model.set_weights(weights)
    history = accelerate(model).fit(x, y, epochs=5, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
    assert np.isnan(history.history["loss"][-1])
    model.set_weights(weights)


def test_what_was_reached_is_kept_when_training_is_interrupted() -> None:
    model = compiled(keras.optimizers.SGD(0.1))
    x, y = figures(model), classes(model)
    before = model.get_weights()[0]

    class Interrupting(ours.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        accelerate(model).fit(x, y, epochs=5, verbose=0, callbacks=[Interrupting()])
    assert not np.array_equal(before, model.get_weights()[0])
    assert int(model.optimizer.iterations) == 2


def test_what_cannot_be_trained_here_is_named_before_anything_runs() -> None:
    k = keras.layers
    model = keras.Sequential([k.Input((4,)), k.Dense(3, kernel_regularizer="l2", name="held"), k.Dense(2, name="end")])
    with pytest.raises(errors.UnsupportedError, match="1 thing that it has not:\n  held: `kernel_regularizer`"):
        accelerate(model)
    model.compile("nadam", "kl_divergence")
    with pytest.raises(errors.UnsupportedError, match="compile: Unknown optimizer 'Nadam'") as raised:
        accelerate(model)
    assert "is not compiled" not in str(raised.value)
    model = keras.Sequential([k.Input((4,)), k.Dense(2)])
    with pytest.raises(errors.ConfigurationError, match="expects a compiled model, received one that is not"):
        accelerate(model)
    with pytest.raises(errors.ConfigurationError, match="expects a Keras model, received 3"):
        accelerate(3)


def test_callbacks_that_rewind_are_refused(tmp_path: Path) -> None:
    model = compiled()
    x, y = figures(model), classes(model)
    for callback in (keras.callbacks.BackupAndRestore(tmp_path), keras.callbacks.SwapEMAWeights()):
        with pytest.raises(errors.UnsupportedError, match=r"pass `figurate\.callbacks\.\w+` in its place"):
            accelerate(model).fit(x, y, verbose=0, callbacks=[callback])


def test_streams_are_refused() -> None:
    with pytest.raises(errors.UnsupportedError, match="generators, data loaders"):
        accelerate(compiled()).fit(iter([[1.0]]), None, verbose=0)


def test_a_model_with_ways_around() -> None:
    model = made(keras, "around", optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss=LOSS)
    x, y = figures(model), classes(model)
    weights = model.get_weights()
    options: dict[str, Any] = {"epochs": 2, "batch_size": 20, "shuffle": False, "verbose": 0}
    expected = model.fit(x, y, **options).history["loss"]
    other = keras.models.clone_model(model)
    other.compile(keras.optimizers.SGD(0.01, momentum=0.9), LOSS)
    other.set_weights(weights)
    np.testing.assert_allclose(accelerate(other).fit(x, y, **options).history["loss"], expected, rtol=1e-4)
    same_state(other, model, 1e-3)


class Setting(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
    """One of a user's own: makes all weights 0 when it is called so."""

    def __init__(self, hook: str) -> None:
        super().__init__()
        setattr(self, hook, self.clear)

    def clear(self, *_: Any, logs: Any = None) -> None:
        self.model.set_weights([np.zeros_like(weight) for weight in self.model.get_weights()])


@pytest.mark.parametrize("hook", ["on_train_begin", "on_train_batch_end", "on_test_begin", "on_epoch_end"])
def test_callbacks_set_weights(hook: str) -> None:
    model = made(keras, "dense")
    weights = model.get_weights()
    x, y = figures(model), classes(model)
    options: dict[str, Any] = {"epochs": 2, "batch_size": 20, "shuffle": False, "verbose": 0, "validation_data": (x, y)}
    found: list[Any] = []
    for fit in (model.fit, lambda *data, **given: accelerate(model).fit(*data, **given)):
        compiled(keras.optimizers.SGD(0.5, momentum=0.9)).set_weights(weights)
        found.append((fit(x, y, **options, callbacks=[Setting(hook)]).history, model.get_weights()))
    model.set_weights(weights)
    (theirs, expected), (ours, reached) = found
    np.testing.assert_allclose(ours["val_loss"], theirs["val_loss"], rtol=1e-4)
    for one, other in zip(reached, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_layers_that_were_changed_since() -> None:
    k = keras.layers
    model = keras.Sequential([k.Input((36,)), k.Dense(8, "relu"), k.Dropout(0.1), k.Dense(4)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fast = accelerate(model, seed=1)
    first = fast.model
    x, y = figures(model), classes(model)
    fast.fit(x, y, verbose=0)
    assert fast.model is first
    model.layers[1].rate = 0.5
    fast.fit(x, y, verbose=0)
    assert fast.model.layers[1].get_config()["rate"] == 0.5
    model.pop()
    model.add(k.Dense(6, "tanh"))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fast.fit(x, y, verbose=0)
    assert fast.model.layers[-1].get_config()["units"] == 6
    np.testing.assert_allclose(fast.model.predict(x), outputs(model, x), atol=1e-5)


def test_steps_are_counted_without_momentum() -> None:
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = compiled(keras.optimizers.SGD(rate))
    x, y = figures(model), classes(model)
    for epochs in (1, 2):
        accelerate(model).fit(x, y, batch_size=10, verbose=0)
        assert int(model.optimizer.iterations) == 4 * epochs


def test_keras_seed_is_the_seed() -> None:
    seeds = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        seeds.append(accelerate(compiled()).model.seed)
    assert seeds[0] == seeds[1] != seeds[2]


def test_layers_that_were_freed_since() -> None:
    model = compiled()
    held = next(layer for layer in model.layers if layer.weights)
    held.trainable = False
    compiled().optimizer.build(model.trainable_variables)
    held.trainable = True
    with pytest.raises(
        errors.UnsupportedError, match="optimizer: it was compiled while other layers were frozen: it k"
    ):
        accelerate(model)
    accelerate(compiled())


class Rates(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
    """Notes the learning rates, and the weights that each epoch begins with."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []
        self.weights: list[Any] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.weights.append(self.model.get_weights()[0])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.rates.append(float(self.model.optimizer.learning_rate.numpy()))


def test_rates_that_figurates_callbacks_set_are_kerass_too() -> None:
    model, watch = compiled(keras.optimizers.Adam(0.01)), Rates()
    halved, theirs = (one.LearningRateScheduler(lambda epoch, rate: rate / 2) for one in (ours, keras.callbacks))
    accelerate(model).fit(figures(model), classes(model), epochs=3, verbose=0, callbacks=[theirs, watch, halved])
    np.testing.assert_allclose(watch.rates, [0.01 / 4, 0.01 / 16, 0.01 / 64], rtol=1e-6)
    assert float(model.optimizer.learning_rate.numpy()) == watch.rates[-1]


def test_a_run_goes_on_from_its_backup(tmp_path: Path) -> None:
    model = compiled()
    given, x, y = model.get_weights(), figures(model), classes(model)

    def run(epochs: int, *others: Any) -> Any:
        model = compiled(keras.optimizers.Adam(0.01, name=f"adam_of_{epochs}"))
        model.set_weights(given)
        accelerate(model, seed=1).fit(x, y, batch_size=20, epochs=epochs, verbose=0, callbacks=list(others))
        return model

    class Stop(ours.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise KeyboardInterrupt

    expected = run(4).get_weights()
    with pytest.raises(KeyboardInterrupt):
        run(5, ours.BackupAndRestore(tmp_path / "backup"), Stop())
    watch = Rates()
    model = run(4, ours.BackupAndRestore(tmp_path / "backup"), watch)
    assert len(watch.weights) == 2
    assert not np.array_equal(watch.weights[0], given[0])
    for one, other in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def _sets_a_schedule(model: Any) -> None:
    model.optimizer.learning_rate = keras.optimizers.schedules.CosineDecay(0.01, 100)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_sets_a_schedule, "set the learning rate to a number, received one that has set a schedule"),
        (lambda model: model.add(keras.layers.Dense(3)), "leave the layers, received one that has changed them"),
        (lambda model: model.compile("adam", "mse"), "leave the optimizer, received one that has compiled the model"),
    ],
)
def test_callbacks_that_change_what_was_compiled(change: Any, message: str) -> None:
    x, y = figures(made(keras, "dense")), classes(made(keras, "dense"))
    model = MODELS["dense"](keras)  # one of its own, since it is spoilt
    model.compile("adam", LOSS)
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: change(model))
    with pytest.raises(errors.UnsupportedError, match=message):
        accelerate(model).fit(x, y, verbose=0, callbacks=[watch])
