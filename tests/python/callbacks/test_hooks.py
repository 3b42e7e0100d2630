"""Which hooks are called, in which order, with what; and that batches cost nothing unless someone watches them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import callbacks, errors
from figurate.callbacks import Callback, CallbackList
from tests.small import figures, model, same_weights

X, Y = figures()
HOOKS = [
    name for name in dir(Callback) if name.startswith("on_") and name not in ("on_nonfinite_loss", "on_train_exit")
]


def recorder(wanted: list[str], calls: list[tuple[Any, ...]]) -> callbacks.LambdaCallback:
    """A callback that writes down calls of these hooks: (hook, number if there is one, names in logs)."""

    def make(hook: str) -> Any:
        def note(*arguments: Any) -> None:
            *number, logs = arguments
            calls.append((hook, *number, sorted(logs or {})))

        return note

    return callbacks.LambdaCallback(**{hook: make(hook) for hook in wanted})


def test_the_order_of_all_hooks() -> None:
    calls: list[tuple[Any, ...]] = []
    wanted = [hook for hook in HOOKS if hook not in ("on_batch_begin", "on_batch_end", "on_train_tick")]
    measured = ["accuracy", "loss"]
    everything = ["accuracy", "loss", "val_accuracy", "val_loss"]
    model().fit(X, Y, batch_size=60, validation_data=(X, Y), callbacks=[recorder(wanted, calls)], verbose=0)
    batches = [
        entry for b in (0, 1) for entry in (("on_train_batch_begin", b, []), ("on_train_batch_end", b, measured))
    ]
    tests = [entry for b in (0, 1) for entry in (("on_test_batch_begin", b, []), ("on_test_batch_end", b, measured))]
    assert calls == [
        ("on_train_begin", []),
        ("on_epoch_begin", 0, []),
        *batches,
        ("on_test_begin", []),
        *tests,
        ("on_test_end", measured),
        ("on_epoch_end", 0, everything),
        ("on_train_end", everything),
    ]


def test_hooks_of_prediction() -> None:
    calls: list[tuple[Any, ...]] = []
    wanted = [hook for hook in HOOKS if "predict" in hook]
    made = model()
    outputs = made.predict(X, batch_size=60, callbacks=[recorder(wanted, calls)])
    np.testing.assert_allclose(outputs, made.predict(X), rtol=1e-6)
    assert [call[0] for call in calls] == [
        "on_predict_begin",
        *["on_predict_batch_begin", "on_predict_batch_end"] * 2,
        "on_predict_end",
    ]
    assert calls[2] == ("on_predict_batch_end", 0, ["outputs"])


class CountingBatches(Callback):
    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.losses.append((logs or {})["loss"])


def test_watching_batches_changes_nothing() -> None:
    watched, alone = model(dropout=0.2), model(dropout=0.2)
    count = CountingBatches()
    first = watched.fit(X, Y, epochs=2, callbacks=[count], verbose=0)
    second = alone.fit(X, Y, epochs=2, verbose=0)
    assert same_weights(watched, alone)
    assert first.history == second.history
    assert len(count.losses) == 6
    assert count.losses[2] == first.history["loss"][0]


def test_the_engine_returns_after_batches_only_if_someone_watches() -> None:
    made = model()
    quiet = CallbackList([callbacks.EarlyStopping(), callbacks.ModelCheckpoint("a.safetensors")], made, {})
    assert not quiet.wants_train_batches
    assert not quiet.wants_test_batches
    assert CallbackList([CountingBatches], made, {}).wants_train_batches
    assert CallbackList([callbacks.ModelCheckpoint("a.safetensors", save_freq=2)], made, {}).wants_train_batches
    assert CallbackList(callbacks.LambdaCallback(on_test_batch_end=print), made, {}).wants_test_batches
    assert CallbackList(callbacks.LambdaCallback(on_predict_batch_end=print), made, {}).wants_predict_batches


def test_stopping_in_a_batch_ends_the_epoch_there() -> None:
    class Stop(Callback):
        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            if batch == 1:
                self.model.stop_training = True

    trained = model()
    history = trained.fit(X, Y, epochs=5, callbacks=[Stop()], verbose=0)
    assert history.epoch == [0]
    assert trained.get_trainer().iterations == 2


def test_the_learning_rate_may_change_between_batches() -> None:
    class Still(Callback):
        def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            self.model.optimizer.learning_rate = 0.0

    trained = model("sgd")
    before = trained.get_weights()
    trained.fit(X, Y, callbacks=[Still()], verbose=0)
    np.testing.assert_array_equal(trained.get_weights()[0], before[0])


def test_ticks_follow_a_long_epoch() -> None:
    ticks: list[tuple[int, list[str]]] = []
    watch = callbacks.LambdaCallback(on_train_tick=lambda step, logs: ticks.append((step, sorted(logs))))
    x, y = np.tile(X, (2000, 1, 1)), np.tile(Y, 2000)
    model(hidden=200).fit(x, y, callbacks=[watch], verbose=0)
    assert ticks
    assert ticks == sorted(ticks)
    assert ticks[0][1] == ["accuracy", "loss"]


def test_every_callback_lets_go_even_after_errors() -> None:
    freed: list[str] = []

    class Holds(Callback):
        def __init__(self, name: str, fails: bool = False) -> None:
            super().__init__()
            self.name, self.fails = name, fails

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            raise RuntimeError("in the middle")

        def on_train_exit(self) -> None:
            freed.append(self.name)
            if self.fails:
                raise OSError("at the end")

    with pytest.raises(OSError, match="at the end"):
        model().fit(X, Y, callbacks=[Holds("a", fails=True), Holds("b")], verbose=0)
    assert freed == ["a", "b"]


def test_a_callback_without_a_model() -> None:
    with pytest.raises(errors.TrainingError, match="`Callback` watches no model yet"):
        _ = Callback().model


@pytest.mark.parametrize(
    ("hooks", "message"),
    [
        ({"on_epoch_ends": print}, "Unknown hook of `LambdaCallback` 'on_epoch_ends'. Did you mean 'on_epoch_end'"),
        ({"on_epoch_end": 3}, r"`LambdaCallback\(on_epoch_end=…\)` expects a function, received 3"),
    ],
)
def test_arguments_of_lambda_callback(hooks: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        callbacks.LambdaCallback(**hooks)


def test_callbacks_may_use_the_model() -> None:
    """Evaluating, saving states and predicting between batches and epochs leaves training as it is."""

    class Uses(Callback):
        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            watched.evaluate(X, Y, verbose=0, threads=3)
            watched.predict(X)

        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            watched.evaluate(X[:9], Y[:9], verbose=0, threads=1)

    watched, alone = model(dropout=0.2), model(dropout=0.2)
    first = watched.fit(X, Y, epochs=3, seed=77, threads=2, callbacks=[Uses()], verbose=0)
    second = alone.fit(X, Y, epochs=3, seed=77, threads=2, verbose=0)
    assert same_weights(watched, alone)
    assert first.history == second.history
    assert watched.get_trainer().iterations == 9
    for one in (watched, alone):
        one.fit(X, Y, verbose=0)
    assert same_weights(watched, alone)


@pytest.mark.parametrize("call", ["fit", "train_on_batch"])
def test_training_within_training(call: str) -> None:
    made = model()
    nested = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: getattr(made, call)(X, Y))
    with pytest.raises(errors.TrainingError, match=f"`{call}` expects a model that is not in training"):
        made.fit(X, Y, callbacks=[nested], verbose=0)
    made.fit(X, Y, verbose=0)
