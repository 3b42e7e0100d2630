"""`ModelCheckpoint`: saves the model, or its weights, while it trains. `models/saving.py` says what a file holds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from os import PathLike
from typing import Any

from figurate.callbacks.callback import Logs, State
from figurate.callbacks.monitor import MonitorCallback
from figurate.errors import ConfigurationError, shown
from figurate.parameters import Boolean, Integer, Real


class ModelCheckpoint(MonitorCallback):
    """Save the model at the end of every epoch, of the best ones only, or every so many batches.

    Args:
        filepath: Where to; must end in ".safetensors". May hold `{epoch}` (counted from 1), `{batch}` and the names of
            the epoch's logs, with formats: "run-{epoch:02d}-{val_loss:.2f}.safetensors".
        monitor: The value's name in the history, for `save_best_only`.
        verbose: 1 says what it saves.
        save_best_only: Whether only a model better than all before is saved.
        save_weights_only: Whether the weights alone are saved, without the optimizer's state and the configuration.
        mode: "min", "max" or "auto" (by the name).
        save_freq: "epoch", or the number of batches between two saves; with a number the engine returns after each
            batch.
        initial_value_threshold: A value that must be beaten before anything is saved, for `save_best_only`.

    Raises:
        ConfigurationError: An argument is wrong, or `filepath` names a value that the logs do not have.

    Example:
        >>> best = ModelCheckpoint("best.safetensors", monitor="val_accuracy", save_best_only=True)
    """

    def __init__(
        self,
        filepath: str | PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        owner = "ModelCheckpoint"
        self.filepath = _checked_path(filepath)
        self.verbose: int = Integer().check(owner, "verbose", verbose)
        self.save_best_only: bool = Boolean().check(owner, "save_best_only", save_best_only)
        self.save_weights_only: bool = Boolean().check(owner, "save_weights_only", save_weights_only)
        self.save_freq: str | int
        if save_freq == "epoch":
            self.save_freq = "epoch"
            self.idle_hooks = frozenset({"on_train_batch_end"})
        elif isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq >= 1:
            self.save_freq = save_freq
        else:
            raise ConfigurationError(
                f"`ModelCheckpoint(save_freq=…)` expects 'epoch' or a number of batches, received {shown(save_freq)}."
            )
        self.best = Real(optional=True).check(owner, "initial_value_threshold", initial_value_threshold)
        self._batches_since_save = 0
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches_since_save += 1
        if self._batches_since_save >= int(self.save_freq):
            self._batches_since_save = 0
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def _save(self, epoch: int, batch: int | None, logs: Logs) -> None:
        path = self._path(epoch, batch, logs)
        if self.save_best_only and not self._best_so_far(epoch, logs):
            return
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")

    def _best_so_far(self, epoch: int, logs: Logs) -> bool:
        value = self.watched(logs)
        if value is None:
            return False
        before = self.best
        if not self.improved(value, before):
            if self.verbose:
                print(f"Epoch {epoch + 1}: {self.monitor} did not improve from {before:.5f}")
            return False
        self.best = value
        if self.verbose:
            print(f"Epoch {epoch + 1}: {self.monitor} improved from {before} to {value:.5f}")
        return True

    def _path(self, epoch: int, batch: int | None, logs: Logs) -> str:
        values = {**logs, "epoch": epoch + 1}
        if batch is not None:
            values["batch"] = batch + 1
        try:
            return self.filepath.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            raise ConfigurationError(
                f"`ModelCheckpoint(filepath={self.filepath!r})` expects the names {', '.join(map(repr, values))} in "
                f"braces, received one that does not fit: {error}."
            ) from error

    def get_state(self) -> State:
        return {"best": self.best, "batches_since_save": self._batches_since_save}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.best = state["best"]
        self._batches_since_save = state["batches_since_save"]


def _checked_path(filepath: str | PathLike[str]) -> str:
    path = os.fspath(filepath) if isinstance(filepath, (str, PathLike)) else filepath
    if not isinstance(path, str) or not path.endswith(".safetensors"):
        raise ConfigurationError(
            f"`ModelCheckpoint(filepath=…)` expects a path that ends in '.safetensors', received {shown(path)}. "
            "figurate writes no other format."
        )
    return path
