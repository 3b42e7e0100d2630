"""`ReduceLROnPlateau`: lowers the learning rate when a watched value no longer improves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figurate.callbacks.callback import Logs, State
from figurate.callbacks.learning_rate import constant_rate
from figurate.callbacks.monitor import MonitorCallback
from figurate.parameters import Integer, Real


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by `factor` when a watched value has stopped improving.

    Args:
        monitor: The value's name in the history.
        factor: What the learning rate is multiplied by, above 0 and below 1.
        patience: Epochs without improvement after which it is lowered.
        verbose: 1 says when it is lowered.
        mode: "min", "max" or "auto" (by the name).
        min_delta: The least change that counts as an improvement.
        cooldown: Epochs to wait after a reduction before watching again.
        min_lr: The lowest learning rate.

    Raises:
        ConfigurationError: An argument is wrong, or the optimizer follows a schedule.

    Example:
        >>> plateau = ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=5, min_lr=1e-5)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        owner = "ReduceLROnPlateau"
        self.factor: float = Real(low=0.0, high=1.0, low_open=True, high_open=True).check(owner, "factor", factor)
        self.patience: int = Integer().check(owner, "patience", patience)
        self.verbose: int = Integer().check(owner, "verbose", verbose)
        self.cooldown: int = Integer().check(owner, "cooldown", cooldown)
        self.min_lr: float = Real(low=0.0).check(owner, "min_lr", min_lr)
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        constant_rate(self, self.model.optimizer)  # fails now rather than after the first plateau
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs if logs is not None else {}
        optimizer = self.model.optimizer
        logs["learning_rate"] = constant_rate(self, optimizer)
        value = self.watched(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improved(value, self.best):
            self.best = value
            self.wait = 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch, optimizer)

    def _reduce(self, epoch: int, optimizer: Any) -> None:
        rate = constant_rate(self, optimizer)
        if rate <= self.min_lr:
            return
        optimizer.learning_rate = max(rate * self.factor, self.min_lr)
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose:
            print(f"Epoch {epoch + 1}: ReduceLROnPlateau lowers the learning rate to {optimizer.learning_rate:g}.")

    def get_state(self) -> State:
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.best, self.wait, self.cooldown_counter = state["best"], state["wait"], state["cooldown_counter"]
