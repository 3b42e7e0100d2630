"""Keras' callbacks around a training that runs here: each is called as Keras would call it, with the Keras model.

Before a callback looks, the Keras model has the weights and the optimizer's state reached so far; afterwards what it
has set there is taken over. The one exception are the hooks for batches of a validation, which are not called.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from figurate.callbacks import Callback
from figurate.callbacks.callback import Logs
from figurate.convert import libraries
from figurate.convert.network import Arrays
from figurate.errors import UnsupportedError

_REFUSED = {
    "BackupAndRestore": "pass `figurate.callbacks.BackupAndRestore` in its place",
    "SwapEMAWeights": "pass `figurate.callbacks.SwapEMAWeights` in its place",
}
_BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


class Exchange(Protocol):
    """Between the Keras model and the model here."""

    def put_back(self) -> None:
        """Give the Keras model what was reached so far."""

    def weights(self) -> Arrays:
        """The Keras model's weights, in the order of the model here."""

    def take(self, weights: Arrays) -> None:
        """Give the model here these weights."""

    def rate(self) -> float | None:
        """The Keras optimizer's learning rate; None: it has a schedule, and no callback may set it."""


class KerasCallbacks(Callback):
    """Tells Keras' callbacks of a training run, and takes back what they set: when to stop, learning rate, weights.

    Args:
        model: The Keras model in training.
        callbacks: Keras'.
        exchange: Between the Keras model and the one here.

    Attributes:
        history: Keras' `History` of the run.

    Raises:
        UnsupportedError: A callback that rewinds or exchanges weights by itself.
    """

    def __init__(self, model: Any, callbacks: list[Any], exchange: Exchange) -> None:
        super().__init__()
        for callback in callbacks:
            name = type(callback).__name__
            if name in _REFUSED:
                raise UnsupportedError(
                    f"`accelerate(…).fit` expects callbacks that look on, received Keras' `{name}`: {_REFUSED[name]}."
                )
        self._keras_model, self._exchange = model, exchange
        self._given = callbacks
        # What the Keras model has before its callbacks are called, to see what they set.
        self._seen: tuple[Arrays, float | None] = [], None
        self._list: Any = None
        if not any(_every_batch(callback) for callback in callbacks):
            self.idle_hooks = frozenset({"on_train_batch_begin", "on_train_batch_end"})

    @property
    def history(self) -> Any:
        """Keras' `History` of the run; None before it."""
        return None if self._list is None else self._keras_model.history

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._keras_model.stop_training = False
        self._list = libraries.keras().callbacks.CallbackList(
            self._given,
            add_history=True,
            add_progbar=False,
            model=self._keras_model,
            epochs=self.params["epochs"],
            steps=self.params["steps"],
            verbose=self.params["verbose"],
        )
        self._look()
        self._list.on_train_begin()
        self._obey()

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._look()
        self._list.on_train_end(logs)
        self._obey()  # such as the best weights, which `EarlyStopping` restores

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._look()  # at weights that another callback may have brought back
        self._list.on_epoch_begin(epoch, logs)
        self._obey()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._look()
        self._list.on_epoch_end(epoch, logs)
        self._obey()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._list.on_train_batch_begin(batch, logs)
        self._obey()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._look()
        self._list.on_train_batch_end(batch, logs)
        self._obey()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._look()
        self._list.on_test_begin(logs)
        self._obey()

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._list.on_test_end(logs)
        self._obey()

    def on_nonfinite_loss(self, step: int, loss: float) -> bool:
        return any(type(callback).__name__ == "TerminateOnNaN" for callback in self._given)

    def _look(self) -> None:
        """Have the Keras model be what callbacks expect to see, where there are any."""
        if self._given:
            self._exchange.put_back()
            self._seen = self._exchange.weights(), self._exchange.rate()

    def _obey(self) -> None:
        """Take over what callbacks have set in the Keras model."""
        if self._keras_model.stop_training:
            self.model.stop_training = True
        if not self._given:
            return
        weights, rate = self._exchange.weights(), self._exchange.rate()
        before, rate_before = self._seen
        if not all(np.array_equal(*pair) for pair in zip(weights, before, strict=True)):
            self._exchange.take(weights)
        if rate is not None and rate != rate_before:
            self.model.optimizer.learning_rate = rate
        self._seen = weights, rate


def _every_batch(callback: Any) -> bool:
    """Whether a callback of Keras' wants to be called for each batch."""
    name = type(callback).__name__
    if name == "TerminateOnNaN" or (name == "ModelCheckpoint" and callback.save_freq == "epoch"):
        return False
    base = libraries.keras().callbacks.Callback
    return any(getattr(getattr(callback, hook), "__func__", None) is not getattr(base, hook) for hook in _BATCH_HOOKS)
