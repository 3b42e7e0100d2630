"""`EarlyStopping`: ends training when a watched value no longer improves. Writes no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figurate.callbacks.callback import Logs, State
from figurate.callbacks.monitor import MonitorCallback
from figurate.parameters import Boolean, Integer, Real

_STATE = ("best", "wait", "stopped_epoch", "best_epoch", "best_weights")


class EarlyStopping(MonitorCallback):
    """Stop training when a watched value has stopped improving.

    Args:
        monitor: The value's name in the history.
        min_delta: The least change that counts as an improvement.
        patience: Epochs without improvement after which training stops.
        verbose: 1 says when it stops.
        mode: "min", "max" or "auto" (by the name).
        baseline: A value that must be beaten before `patience` begins anew; None: none.
        restore_best_weights: Whether the weights of the best epoch come back at the end.
        start_from_epoch: Epochs to wait before watching.

    Raises:
        ConfigurationError: An argument is wrong.

    Example:
        >>> stop = EarlyStopping(monitor="val_accuracy", patience=3, restore_best_weights=True)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience: int = Integer().check("EarlyStopping", "patience", patience)
        self.verbose: int = Integer().check("EarlyStopping", "verbose", verbose)
        self.baseline: float | None = Real(optional=True).check("EarlyStopping", "baseline", baseline)
        self.restore_best_weights: bool = Boolean().check("EarlyStopping", "restore_best_weights", restore_best_weights)
        self.start_from_epoch: int = Integer().check("EarlyStopping", "start_from_epoch", start_from_epoch)
        self._begin()

    def _begin(self) -> None:
        self.best = None
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.watched(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights = self.model.get_weights()
            self.best_epoch = epoch
        self.wait += 1
        if self.improved(value, self.best):
            self.best = value
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.improved(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch > 0 and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                print(f"Restoring the weights of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_state(self) -> State:
        return {name: getattr(self, name) for name in _STATE}

    def set_state(self, state: Mapping[str, Any]) -> None:
        for name in _STATE:
            setattr(self, name, state[name])
