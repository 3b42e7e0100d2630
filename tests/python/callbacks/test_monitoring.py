"""Callbacks that watch a value: when they stop, lower the rate or save. Each is played a course of values by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import callbacks, errors, optimizers
from figurate.callbacks import Callback
from figurate.models import Sequential, load_model
from tests.small import figures, model, same_weights

X, Y = figures()


def play(callback: Callback, values: list[float], name: str = "val_loss", made: Sequential | None = None) -> Sequential:
    """Give `callback` epochs with these values until it stops training; epoch i has weights of i + 1."""
    made = made or model()
    made.stop_training = False
    callback.set_model(made)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        made.set_weights([np.full_like(w, epoch + 1) for w in made.get_weights()])
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {name: value})
        if made.stop_training:
            break
    callback.on_train_end()
    return made


def epochs_kept(made: Sequential) -> int:
    """Which epoch's weights, counted from 1, the model has."""
    return int(made.get_weights()[0].flat[0])


@pytest.mark.parametrize(
    ("arguments", "values", "stopped"),
    [
        # Better, better, worse: with no patience the third epoch is the last.
        ({}, [3, 2, 2.5, 1], 2),
        ({"patience": 2}, [3, 2, 2.5, 2.5, 1], 3),
        ({"patience": 2}, [3, 2, 2.5, 1, 1.5, 1.5, 0], 5),
        ({"min_delta": 0.5}, [3, 2.4, 2.0, 0], 2),
        ({"mode": "max"}, [1, 2, 1.5, 9], 2),
        ({"monitor": "val_accuracy"}, [0.5, 0.6, 0.55, 0.9], 2),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 5, 6], 4),
        # Below the baseline nothing counts: epoch 1 improves on epoch 0, yet its patience of one is over.
        ({"baseline": 1.0, "patience": 2}, [3, 2, 1.5, 1.5, 1.5], 3),
        ({"patience": 9}, [3, 2, 3, 3], None),
    ],
)
def test_early_stopping(arguments: dict[str, Any], values: list[float], stopped: int | None) -> None:
    stop = callbacks.EarlyStopping(**arguments)
    play(stop, values, arguments.get("monitor", "val_loss"))
    assert (stop.stopped_epoch or None) == stopped


def test_early_stopping_brings_the_best_weights_back(capsys: pytest.CaptureFixture[str]) -> None:
    stop = callbacks.EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    assert epochs_kept(play(stop, [3, 1, 2, 2, 0])) == 2
    assert (stop.best, stop.best_epoch) == (1, 1)
    assert capsys.readouterr().out == "Epoch 4: early stopping\nRestoring the weights of the best epoch: 2.\n"
    # Also where training ended by itself.
    assert epochs_kept(play(stop, [3, 1, 2])) == 2
    assert epochs_kept(play(callbacks.EarlyStopping(), [3, 1, 2])) == 3


def test_reduce_lr_on_plateau(capsys: pytest.CaptureFixture[str]) -> None:
    made = model(optimizers.SGD(1.0))
    plateau = callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.2, verbose=1)
    rates = []
    watch = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(made.optimizer.learning_rate))
    plateau.set_model(made)
    plateau.on_train_begin()
    logs: list[dict[str, float]] = []
    for epoch in range(9):
        logs.append({"val_loss": 1.0})
        plateau.on_epoch_end(epoch, logs[-1])
        watch.on_epoch_end(epoch, {})
    # The first epoch is the best; two without improvement halve the rate, down to the lowest.
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2]
    assert [entry["learning_rate"] for entry in logs][:4] == [1.0, 1.0, 1.0, 0.5]
    assert "Epoch 3: ReduceLROnPlateau lowers the learning rate to 0.5." in capsys.readouterr().out


def test_reduce_lr_on_plateau_cools_down() -> None:
    made = model(optimizers.SGD(1.0))
    plateau = callbacks.ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2)
    play(plateau, [1.0] * 7, made=made)
    # Halved in epoch 1; epochs 2 and 3 cool down, the last of them counting again; halved in 3 and 5.
    assert made.optimizer.learning_rate == 0.125


def test_model_checkpoint_of_every_epoch(tmp_path: Path) -> None:
    save = callbacks.ModelCheckpoint(tmp_path / "deep" / "{epoch:02d}-{val_loss:.2f}.safetensors")
    play(save, [3, 2.25])
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["01-3.00.safetensors", "02-2.25.safetensors"]
    assert epochs_kept(load_model(tmp_path / "deep" / "02-2.25.safetensors")) == 2


def test_model_checkpoint_of_the_best(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "best.safetensors"
    play(callbacks.ModelCheckpoint(path, save_best_only=True, verbose=1), [3, 1, 2])
    assert epochs_kept(load_model(path)) == 2
    out = capsys.readouterr().out
    assert "Epoch 2: val_loss improved from 3.0 to 1.00000" in out
    assert "Epoch 3: val_loss did not improve from 1.00000" in out
    other = tmp_path / "none.safetensors"
    play(callbacks.ModelCheckpoint(other, save_best_only=True, initial_value_threshold=0.5), [3, 1, 2])
    assert not other.exists()


def test_model_checkpoint_of_weights(tmp_path: Path) -> None:
    path = tmp_path / "only.safetensors"
    play(callbacks.ModelCheckpoint(path, save_weights_only=True), [3, 1])
    other = model()
    other.load_weights(path)
    assert epochs_kept(other) == 2


def test_model_checkpoint_by_batches(tmp_path: Path) -> None:
    save = callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.safetensors", save_freq=2)
    trained = model()
    trained.fit(X, Y, epochs=2, callbacks=[save], verbose=0)
    # Three batches an epoch: the 2nd, 4th and 6th.
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["1-2", "2-1", "2-3"]
    assert same_weights(load_model(tmp_path / "2-3.safetensors"), trained)


def test_learning_rate_scheduler(capsys: pytest.CaptureFixture[str]) -> None:
    trained = model(optimizers.SGD(0.1))
    by_both = callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 2 else rate / 2, verbose=1)
    history = trained.fit(X, Y, epochs=4, callbacks=[by_both], verbose=0)
    assert history.history["learning_rate"] == [0.1, 0.1, 0.05, 0.025]
    assert "Epoch 3: LearningRateScheduler sets the learning rate to 0.05." in capsys.readouterr().out
    by_epoch = callbacks.LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))
    history = trained.fit(X, Y, epochs=2, callbacks=[by_epoch], verbose=0)
    assert history.history["learning_rate"] == [0.5, 0.25]


def test_a_value_that_is_not_there() -> None:
    with pytest.warns(
        errors.FigurateWarning, match=r"watches 'val_loss', .* Pass `validation_data` or `validation_split`"
    ):
        model().fit(X, Y, callbacks=[callbacks.EarlyStopping()], verbose=0)
    with pytest.warns(errors.FigurateWarning, match=r"Known: 'loss', 'accuracy'. Did you mean 'accuracy'\?"):
        model().fit(X, Y, callbacks=[callbacks.EarlyStopping("acuracy", mode="max")], verbose=0)


def test_a_value_whose_direction_is_unknown() -> None:
    with pytest.raises(
        errors.ConfigurationError, match=r"`EarlyStopping\(monitor='speed'\)` expects mode='min' or mode='max'"
    ):
        play(callbacks.EarlyStopping("speed"), [1, 2], "speed")


def test_a_schedule_cannot_be_changed_by_callbacks() -> None:
    schedule = optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    for callback in (callbacks.ReduceLROnPlateau("loss"), callbacks.LearningRateScheduler(lambda epoch: 0.1)):
        with pytest.raises(errors.ConfigurationError, match="expects an optimizer whose learning rate is a number"):
            model(optimizers.SGD(schedule)).fit(X, Y, callbacks=[callback], verbose=0)


@pytest.mark.parametrize("rate", [None, "fast", float("nan"), -0.1])
def test_a_scheduler_that_returns_no_rate(rate: Any) -> None:
    with pytest.raises(
        errors.ConfigurationError, match="expects its schedule to return a finite number of at least 0, received"
    ):
        model().fit(X, Y, callbacks=[callbacks.LearningRateScheduler(lambda epoch: rate)], verbose=0)


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("EarlyStopping", {"monitor": ""}, r"`EarlyStopping\(monitor=…\)` expects a string"),
        ("EarlyStopping", {"mode": "maximum"}, "Unknown .*'maximum'. Did you mean 'max'"),
        ("EarlyStopping", {"patience": -1}, r"`EarlyStopping\(patience=…\)` expects a whole number of at least 0"),
        ("EarlyStopping", {"min_delta": "small"}, r"`EarlyStopping\(min_delta=…\)` expects a finite number"),
        ("EarlyStopping", {"baseline": "low"}, r"`EarlyStopping\(baseline=…\)` expects a finite number or None"),
        ("EarlyStopping", {"restore_best_weights": 1}, "expects True or False"),
        ("EarlyStopping", {"start_from_epoch": 1.5}, r"`EarlyStopping\(start_from_epoch=…\)`"),
        ("ReduceLROnPlateau", {"factor": 1.0}, "expects a finite number above 0 and below 1, received 1.0"),
        ("ReduceLROnPlateau", {"factor": 0}, "expects a finite number above 0 and below 1, received 0"),
        ("ReduceLROnPlateau", {"cooldown": -2}, r"`ReduceLROnPlateau\(cooldown=…\)`"),
        ("ReduceLROnPlateau", {"min_lr": -1}, r"`ReduceLROnPlateau\(min_lr=…\)`"),
        (
            "LearningRateScheduler",
            {"schedule": 0.1},
            "expects a function of the epoch and the learning rate, received 0.1",
        ),
        (
            "ModelCheckpoint",
            {"filepath": "best.keras"},
            "expects a path that ends in '.safetensors', received 'best.keras'",
        ),
        ("ModelCheckpoint", {"filepath": 3}, "received 3"),
        ("ModelCheckpoint", {"filepath": "a.safetensors", "save_freq": 0}, "expects 'epoch' or a number of batches"),
        ("ModelCheckpoint", {"filepath": "a.safetensors", "save_freq": "batch"}, "received 'batch'"),
        ("TerminateOnNaN", {"raise_error": "yes"}, "expects True or False"),
    ],
)
def test_arguments_that_are_wrong(kind: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        getattr(callbacks, kind)(**arguments)


def test_a_name_in_a_checkpoints_path_that_is_not_there(tmp_path: Path) -> None:
    save = callbacks.ModelCheckpoint(tmp_path / "{val_los}.safetensors")
    with pytest.raises(errors.ConfigurationError, match="expects the names 'loss', 'accuracy', 'epoch' in braces"):
        model().fit(X, Y, callbacks=[save], verbose=0)
