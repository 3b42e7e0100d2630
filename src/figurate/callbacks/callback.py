"""`Callback`: the hooks that `fit`, `evaluate` and `predict` call, with Keras' names and arguments.

Holds no behaviour. Two things are figurate's own: `on_train_tick`, which follows an epoch without a call for every
batch, and `get_state`/`set_state`, by which `BackupAndRestore` carries a callback over to another process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Protocol

import numpy as np

from figurate.errors import TrainingError

Logs = dict[str, Any]
State = dict[str, Any]


class CallbackModel(Protocol):
    """What a callback may ask of the model it watches; `Sequential` is one."""

    stop_training: bool
    stop_augmentation: bool
    history: Any
    averages_in_place: bool

    @property
    def optimizer(self) -> Any: ...
    def metric_direction(self, name: str) -> str | None: ...
    def get_weights(self) -> list[np.ndarray]: ...
    def set_weights(self, weights: list[np.ndarray]) -> None: ...
    def save(self, filepath: str | PathLike[str], overwrite: bool = True, include_optimizer: bool = True) -> None: ...
    def swap_averages(self) -> None: ...
    def save_weights(self, filepath: str | PathLike[str], overwrite: bool = True) -> None: ...
    def save_run(self, filepath: str | PathLike[str], run: State) -> None: ...
    def restore_run(self, filepath: str | PathLike[str], check: Callable[[State], None]) -> State: ...


class Callback:
    """The base of callbacks: override the hooks you need.

    The batch hooks cost time: the engine runs whole epochs by itself, and returns to Python after each batch only when
    a callback overrides one of `on_train_batch_begin`, `on_train_batch_end`, `on_batch_begin` and `on_batch_end`
    (`on_test_batch_…` for evaluation, `on_predict_batch_…` for prediction). `on_train_tick` is the cheap way to follow
    an epoch: it is called about every 30 ms, or after each batch where one takes longer.

    Attributes:
        model: The model in training.
        params: {"epochs": …, "steps": batches in an epoch, "verbose": …, "metrics": names in an epoch's logs,
            "batch_size": …, "figures": …, "shuffle": …}.
        companions: All callbacks of the run, in order.
        runs_last: Whether its hooks are called after those of all others.
        idle_hooks: Names of hooks that the class overrides but this object does not need.

    Example:
        >>> class Announce(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch + 1, logs["loss"])
    """

    idle_hooks: frozenset[str] = frozenset()
    runs_last = False
    companions: Sequence[Callback] = ()

    def __init__(self) -> None:
        self._model: CallbackModel | None = None
        self.params: dict[str, Any] = {}

    @property
    def model(self) -> CallbackModel:
        """The model in training.

        Raises:
            TrainingError: The callback was not given to a model yet.
        """
        model: CallbackModel | None = getattr(self, "_model", None)
        if model is None:
            raise TrainingError(
                f"`{type(self).__name__}` watches no model yet: expected it among `fit(callbacks=[…])`, received a "
                "use of `callback.model` before that. Use it inside the hooks."
            )
        return model

    def set_model(self, model: CallbackModel) -> None:
        """Give the callback its model; `fit` does so."""
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Give the callback the parameters of the run; `fit` does so."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called when `fit` begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called when `fit` ends by itself; `logs` are the last epoch's."""

    def on_train_exit(self) -> None:
        """Called whichever way `fit` ends, by an error or Ctrl-C too: give back files and terminals here."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before epoch `epoch`, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after epoch `epoch` and its validation; what a callback adds to `logs` enters the history."""

    def on_train_tick(self, step: int, logs: Logs | None = None) -> None:
        """Called about every 30 ms during an epoch, after `step` batches; `logs` are the epoch's means so far.

        The engine is at work meanwhile: the model's own methods are for the other hooks.
        """

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before batch `batch` of an epoch, counted from 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after batch `batch` of an epoch; `logs` are the epoch's means so far."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called when `evaluate`, or the validation of an epoch, begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called when `evaluate`, or the validation of an epoch, ends."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before batch `batch` of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after batch `batch` of an evaluation; `logs` are that batch's own loss and metrics."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called when `predict` begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called when `predict` ends."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before batch `batch` of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after batch `batch` of a prediction; `logs["outputs"]` are its predictions."""

    def on_nonfinite_loss(self, step: int, loss: float) -> bool:
        """Called when the loss became NaN or infinite at batch `step`. True: dealt with; False: `fit` raises."""
        return False

    def get_state(self) -> State:
        """What the callback must remember for `BackupAndRestore`: JSON values, arrays and lists of arrays by name."""
        return {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take back what `get_state` gave in an earlier process; called after `on_train_begin`."""


def overrides(callback: Callback, hook: str) -> bool:
    """Whether `callback` does something of its own in `hook`, by its class or by an attribute (`LambdaCallback`)."""
    if hook in callback.idle_hooks:
        return False
    return getattr(getattr(callback, hook), "__func__", None) is not getattr(Callback, hook)
