"""`StopAugmentation`: bit for bit, its epochs are those of a model without augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from figurate import callbacks, layers
from figurate.callbacks import StopAugmentation
from figurate.errors import ConfigurationError
from figurate.models import Sequential
from tests.small import CLASSES, SIDE, figures, same_weights

X, Y = figures()


def dense() -> list[layers.Layer]:
    return [layers.Flatten(), layers.Dense(12, activation="relu")]


def planes() -> list[layers.Layer]:
    return [layers.Reshape((SIDE, SIDE, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten()]


def made(first: Sequence[layers.Layer], rest: Sequence[layers.Layer], like: Sequential | None = None) -> Sequential:
    """A compiled model that begins with `first`; with the weights and the epochs of `like`."""
    model = Sequential([layers.Input((SIDE, SIDE)), *first, *rest, layers.Dense(CLASSES, activation="softmax")], seed=3)
    model.compile("sgd", "sparse_categorical_crossentropy")
    if like is not None:
        model.set_weights(like.get_weights())
        model.epochs_trained = like.epochs_trained
    return model


def changes() -> list[layers.Layer]:
    return [layers.RandomTranslation(0.2, 0.2), layers.Augment.digits()]


def fit(model: Sequential, epochs: int, *watching: Any, threads: int = 1) -> Sequential:
    model.fit(X, Y, epochs=epochs, callbacks=list(watching), seed=3, threads=threads, verbose=0)
    return model


@pytest.mark.parametrize("rest", [dense, planes])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_last_epochs_are_those_of_a_model_without_augmentation(rest: Any, threads: int) -> None:
    begun = fit(made(changes(), rest()), 1)
    plain = fit(made([], rest(), like=begun), 2)
    assert same_weights(fit(made(changes(), rest()), 3, StopAugmentation(2), threads=threads), plain)
    assert not same_weights(fit(made(changes(), rest()), 3), plain)


def test_all_epochs_may_be_last_ones() -> None:
    assert same_weights(fit(made(changes(), planes()), 2, StopAugmentation(5)), fit(made([], planes()), 2))


def test_watching_batches_changes_nothing() -> None:
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    watched = fit(made(changes(), planes()), 2, StopAugmentation(), watch)
    assert same_weights(watched, fit(made(changes(), planes()), 2, StopAugmentation()))


def test_the_next_fit_augments_again() -> None:
    stopped = fit(made(changes(), planes()), 1, StopAugmentation())
    assert stopped.stop_augmentation
    alike = made(changes(), planes(), like=stopped)
    assert same_weights(fit(stopped, 1), fit(alike, 1))
    assert not stopped.stop_augmentation


def test_a_run_that_was_cut_off_goes_on_without(tmp_path: Path) -> None:
    whole = fit(made(changes(), planes()), 3, StopAugmentation(2))

    def cut(epoch: int, logs: Any) -> None:
        if epoch == 1:
            raise RuntimeError("the light went out")

    backup = callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(RuntimeError, match="the light went out"):
        fit(
            made(changes(), planes()),
            3,
            StopAugmentation(2),
            backup,
            callbacks.LambdaCallback(on_epoch_begin=cut),
        )
    again = callbacks.BackupAndRestore(tmp_path / "backup")
    assert same_weights(fit(made(changes(), planes()), 3, StopAugmentation(2), again), whole)


@pytest.mark.parametrize("wrong", [0, 1.5, True, None])
def test_a_number_of_epochs_is_asked_for(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"`StopAugmentation\(last_epochs=…\)` expects a whole number of at l"):
        StopAugmentation(wrong)
