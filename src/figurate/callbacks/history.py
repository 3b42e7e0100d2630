"""`History`: loss, metrics and epoch numbers of a run, as `fit` returns them. Writes nothing and draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figurate.callbacks.callback import Callback, Logs, State


class History(Callback):
    """The course of a training run; `fit` adds one by itself and returns it.

    Attributes:
        history: {"loss": [a value an epoch], "accuracy": …, "val_loss": …, …}.
        epoch: The epochs' numbers, counted from 0.
        params: {"epochs": …, "steps": …, "verbose": …}.

    Example:
        >>> history = model.fit(x, y, epochs=3)  # doctest: +SKIP
        >>> history.history["loss"]  # doctest: +SKIP
        [0.61, 0.31, 0.26]
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> State:
        return {"epoch": list(self.epoch), "history": {name: list(values) for name, values in self.history.items()}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4f}" for name, values in self.history.items() if values)
        return f"<History of {len(self.epoch)} epochs{': ' + last if last else ''}>"
