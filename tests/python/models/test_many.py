"""`fit_many`: many models at once, each what it would be alone; what stops one stops all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import figurate
from figurate import callbacks, errors, layers, optimizers
from figurate.models import Sequential, clone_model, fit_many
from figurate.training import data, shelf, targets
from tests.small import figures, model, network, same_weights

X, Y = figures()
XV, YV = figures(40, seed=9)


def some(count: int = 5) -> list[Sequential]:
    """Models of different sizes and optimizers, with dropout."""
    return [
        model(optimizers.Adam(0.01) if seed % 2 else optimizers.SGD(0.1), hidden=8 + seed, dropout=0.2, seed=seed)
        for seed in range(count)
    ]


def test_each_is_what_it_would_be_alone() -> None:
    assert figurate.fit_many is fit_many
    for threads in (None, 1, 3):
        together, alone = some(), some()
        histories = fit_many(
            together, X, Y, batch_size=10, epochs=3, validation_data=(XV, YV), threads=threads, verbose=0
        )
        assert len(histories) == len(together)
        for made, history, other in zip(together, histories, alone, strict=True):
            expected = other.fit(X, Y, batch_size=10, epochs=3, validation_data=(XV, YV), threads=1, verbose=0)
            assert history is made.history
            assert history.history == expected.history
            assert same_weights(made, other)
            assert made.input_range == other.input_range
            made.fit(X, Y, epochs=1, verbose=0)  # and may be trained on
            other.fit(X, Y, epochs=1, verbose=0)
            assert same_weights(made, other)


def planes(seed: int) -> Sequential:
    """A convolutional network that sees each figure anew in every epoch."""
    kinds = [
        layers.Input((8, 8, 1)),
        layers.RandomTranslation(0.2, 0.2),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(4, "softmax"),
    ]
    made = Sequential(kinds, seed=seed)
    made.compile(optimizers.Adam(optimizers.schedules.OneCycle(0.01)), "sparse_categorical_crossentropy")
    return made


def test_convolutions_and_augmentation_beside_others() -> None:
    together, alone = [model(seed=1), planes(2), planes(3)], [model(seed=1), planes(2), planes(3)]
    fit_many(together, X, Y, epochs=3, threads=3, verbose=0)
    for made, other in zip(together, alone, strict=True):
        other.fit(X, Y, epochs=3, verbose=0)
        assert same_weights(made, other)


def test_seeds() -> None:
    together, alone = some(), some()
    fit_many(together, X, Y, epochs=2, seeds=[7, 7, 8, 9, 2**64 - 1], verbose=0)
    for made, other, seed in zip(together, alone, (7, 7, 8, 9, 2**64 - 1), strict=True):
        other.fit(X, Y, epochs=2, seed=seed, verbose=0)
        assert same_weights(made, other)


@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.25},
        {"class_weight": {0: 2.0}},
        {"sample_weight": np.linspace(0, 1, len(X))},
        {"shuffle": False, "initial_epoch": 1},
        {"validation_data": (XV, YV, np.linspace(1, 2, len(XV))), "validation_freq": 2},
    ],
    ids=lambda options: next(iter(options)),
)
def test_arguments_of_fit(options: dict[str, Any]) -> None:
    together, alone = some(2), some(2)
    histories = fit_many(together, X, Y, epochs=3, verbose=0, **options)
    for made, history, other in zip(together, histories, alone, strict=True):
        assert history.history == other.fit(X, Y, epochs=3, verbose=0, **options).history
        assert same_weights(made, other)


def test_lists_and_losses_of_another_form() -> None:
    sparse, dense = model(seed=1), network(seed=1, last="sigmoid")
    dense.compile("adam", "binary_crossentropy")
    one_hot = np.eye(4)[Y]
    with pytest.raises(
        errors.ShapeError, match=r"network 1 of 2 \('sequential.*', seed 1\): .* expects one whole number"
    ):
        fit_many([sparse, dense], X, one_hot, verbose=0)
    other = network(seed=1)
    other.compile("adam", "categorical_crossentropy")
    fit_many([dense, other], X.tolist(), one_hot.tolist(), epochs=1, verbose=0)
    again = network(seed=1)
    again.compile("adam", "categorical_crossentropy")
    again.fit(X.tolist(), one_hot, epochs=1, verbose=0)
    assert same_weights(other, again)


def test_the_figures_are_held_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def counting(name: str, real: Any) -> Any:
        def counted(array: Any, *rest: Any) -> Any:
            asked.append((name, len(array)))
            return real(array, *rest)

        return counted

    monkeypatch.setattr(shelf, "hold", counting("figures", data.hold))
    monkeypatch.setattr(shelf, "as_targets", counting("targets", targets.as_targets))
    fit_many(some(), X, Y, validation_data=(XV, YV), verbose=0)
    assert asked == [("targets", len(X)), ("figures", len(X)), ("targets", len(XV)), ("figures", len(XV))]


def test_callbacks_are_made_for_each() -> None:
    seen: dict[Any, list[int]] = {}

    class Note(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.setdefault(self.model, []).append(epoch)
            assert threading.current_thread() is not threading.main_thread()

    together = some(3)
    fit_many(
        together,
        X,
        Y,
        epochs=9,
        validation_data=(XV, YV),
        callbacks=lambda made: [Note(), callbacks.EarlyStopping("val_accuracy", patience=made.seed, mode="min")],
        verbose=0,
    )
    assert set(seen) == set(together)
    assert [len(seen[made]) for made in together] == [len(made.history.epoch) for made in together if made.history]


def test_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    fit_many(some(3), X, Y, epochs=2, threads=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("network 1 of 3 ('sequential")
    assert ", seed 0): loss " in lines[0]
    assert ", accuracy " in lines[0]


def test_an_error_names_the_network_and_stops_the_others() -> None:
    together = [model(seed=seed) for seed in range(4)]
    together[2].compile(optimizers.SGD(1e30), "sparse_categorical_crossentropy")
    began = time.perf_counter()
    with pytest.raises(errors.TrainingError, match=r"`fit_many`, network 3 of 4 \('.*', seed 2\): The loss became NaN"):
        fit_many(together, X, Y, epochs=1_000_000, verbose=0, threads=4)
    assert time.perf_counter() - began < 20
    made = together[0]
    made.fit(X, Y, verbose=0)  # it is at rest, and may be trained on


def test_an_error_in_a_callback_is_told_with_the_network() -> None:
    class Fail(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise OSError("the disk is full")

    together = some(3)
    with pytest.raises(OSError, match="the disk is full") as caught:
        fit_many(together, X, Y, verbose=0, callbacks=lambda made: [Fail()] if made is together[1] else None)
    assert caught.value.__notes__[0].startswith("`fit_many`, network 2 of 3 (")


def test_an_interrupt_in_a_callback_stops_all() -> None:
    class Interrupt(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise KeyboardInterrupt

    together = some(3)
    with pytest.raises(KeyboardInterrupt):
        fit_many(
            together,
            X,
            Y,
            epochs=1_000_000,
            verbose=0,
            callbacks=lambda made: [Interrupt()] if made is together[1] else None,
        )


CTRL_C = """
import numpy as np, os, time
from figurate import callbacks
from figurate.models import fit_many
from tests.small import figures, model
x, y = figures(3000)
x, y = np.tile(x, (10, 1, 1)), np.tile(y, 10)
many = [model(hidden=128, seed=seed) for seed in range(5)]
class Say(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            os.write(1, b"ready\\n")  # whole, whoever else is writing
try:
    fit_many(many, x, y, epochs=1000, callbacks=lambda made: [Say()], threads=2, verbose=0)
except KeyboardInterrupt:
    print("stopped", time.time(), flush=True)
    assert [len(made.history.epoch) > 0 for made in many] == [True, True, False, False, False]
    many[0].evaluate(x, y, verbose=0)
    fit_many(many, x[:100], y[:100], verbose=0)
"""


def interrupted() -> float:
    """Seconds from Ctrl-C until `fit_many` raised."""
    with subprocess.Popen([sys.executable, "-c", CTRL_C], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for _ in range(2):
            assert run.stdout.readline() == "ready\n"
        time.sleep(0.05)
        sent = time.time()
        run.send_signal(signal.SIGINT)
        word, stopped = run.stdout.readline().split()
        assert run.wait(60) == 0
    assert word == "stopped"
    return float(stopped) - sent


def test_ctrl_c_stops_all_within_half_a_second() -> None:
    # The system may be busy with other things once, but not three times.
    assert any(interrupted() < 0.5 for _ in range(3))


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no networks": ([], {}, r"expects a list of at least one `Sequential`, received \[\]"),
    "one alone": (5, {}, "received 5"),
    "names": (["a"], {}, r"received \['a'\]"),
    "too few seeds": (some(2), {"seeds": [1]}, r"a whole number for each of the 2 networks, received \[1\]"),
    "no seed": (some(2), {"seeds": [1, None]}, r"received \[1, None\]"),
    "callbacks for all": (
        some(1),
        {"callbacks": [callbacks.History()]},
        r"expects a function that returns .* Write `callbacks=lambda network: \[EarlyStopping\(\)\]`",
    ),
    "not compiled": (
        [*some(1), network()],
        {},
        r"`fit_many`, network 2 of 2 \('.*', seed 3\): The model expects `compile`",
    ),
    "no threads": (some(1), {"threads": 0}, r"`fit_many\(threads=…\)` expects a whole number of at least 1"),
    "no epochs at all": (some(1), {"epochs": -1}, r"network 1 of 1 .*`fit\(epochs=…\)`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    networks, options, message = REFUSED[case]
    with pytest.raises(errors.ConfigurationError, match=message):
        fit_many(networks, X, Y, verbose=0, **options)


def test_the_same_network_twice() -> None:
    made = model()
    with pytest.raises(errors.ConfigurationError, match=r"different networks.*`models\.clone_model\(model, seed=…\)`"):
        fit_many([made, made], X, Y, verbose=0)


def test_clones() -> None:
    made = model(optimizers.Adam(0.01), seed=5)
    made.class_names = ["a", "b", "c", "d"]
    made.fit(X, Y, verbose=0)
    clones = [clone_model(made, seed=seed) for seed in (5, 5, 6)]
    assert same_weights(clones[0], model(seed=5))
    assert same_weights(clones[0], clones[1])
    assert not same_weights(clones[0], clones[2])
    assert clones[0].class_names == made.class_names
    assert clones[0].optimizer is not made.optimizer
    assert clones[0].optimizer.get_config() == made.optimizer.get_config()
    assert clones[0].history is None
    fit_many(clones, X, Y, epochs=2, verbose=0)
    alone = model(optimizers.Adam(0.01), seed=6)
    alone.fit(X, Y, epochs=2, verbose=0)
    assert same_weights(clones[2], alone)


def test_clones_of_what_is_not_built_or_compiled() -> None:
    unbuilt = Sequential([layers.Flatten(), layers.Dense(4, "softmax")])
    again = clone_model(unbuilt)
    assert not again.built
    assert again.compiled_or_none is None
    unbuilt.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    again = clone_model(unbuilt, seed=1)
    again.fit(X, Y, verbose=0)
    assert again.metrics_names == ["loss", "accuracy"]
    assert not unbuilt.built
    with pytest.raises(errors.ConfigurationError, match="`clone_model` expects a `Sequential`, received 5"):
        clone_model(5)  # type: ignore[arg-type]
    with pytest.raises(errors.UnsupportedError, match=r"`clone_model\(recursive=…\)` is not supported, received True"):
        clone_model(unbuilt, recursive=True)
