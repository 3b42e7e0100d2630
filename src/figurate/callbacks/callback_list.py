"""`CallbackList`: calls each hook of several callbacks in order, and knows which hooks are wanted at all.

Does not decide what any hook does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from figurate.callbacks.callback import Callback, CallbackModel, Logs, overrides
from figurate.errors import ConfigurationError, shown

_TRAIN_BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


class CallbackList:
    """Several callbacks as one.

    Args:
        callbacks: A callback, or some; classes are made objects. None: no callback.
        model: The model in training.
        params: {"epochs": …, "steps": …, "verbose": …}, given to each callback.

    Raises:
        ConfigurationError: An entry is no `Callback`.
    """

    def __init__(self, callbacks: object, model: CallbackModel, params: dict[str, Any]) -> None:
        self.callbacks = sorted(as_callbacks(callbacks), key=lambda callback: callback.runs_last)
        self.params = params
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)
            callback.companions = self.callbacks
        self._listeners: dict[str, list[Any]] = {}

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def wants(self, hook: str) -> bool:
        """Whether any callback overrides `hook`."""
        return bool(self._listening(hook))

    @property
    def wants_train_batches(self) -> bool:
        """Whether training must return after each batch."""
        return any(self.wants(hook) for hook in _TRAIN_BATCH_HOOKS)

    @property
    def wants_test_batches(self) -> bool:
        """Whether evaluation must return after each batch."""
        return self.wants("on_test_batch_begin") or self.wants("on_test_batch_end")

    @property
    def wants_predict_batches(self) -> bool:
        """Whether prediction must return after each batch."""
        return self.wants("on_predict_batch_begin") or self.wants("on_predict_batch_end")

    def call(self, hook: str, *arguments: object) -> None:
        """Call `hook` of every callback that overrides it."""
        for method in self._listening(hook):
            method(*arguments)

    def train_batch(self, edge: str, batch: int, logs: Logs) -> None:
        """Call `on_train_batch_begin` or `_end`; each callback's own decides whether `on_batch_…` follows."""
        for callback in self.callbacks:
            getattr(callback, f"on_train_batch_{edge}")(batch, logs)

    def nonfinite_loss(self, step: int, loss: float) -> bool:
        """Tell every callback that the loss is not finite; True where one dealt with it."""
        dealt_with = [callback.on_nonfinite_loss(step, loss) for callback in self.callbacks]
        return any(dealt_with)

    def exit(self) -> None:
        """Call `on_train_exit` of every callback, even if one of them fails; the first failure is raised at the end."""
        failure: BaseException | None = None
        for callback in self.callbacks:
            try:
                callback.on_train_exit()
            except BaseException as error:  # every callback must give back what it holds
                failure = failure or error
        if failure is not None:
            raise failure

    def _listening(self, hook: str) -> list[Any]:
        if hook not in self._listeners:
            self._listeners[hook] = [getattr(c, hook) for c in self.callbacks if overrides(c, hook)]
        return self._listeners[hook]


def as_callbacks(callbacks: object) -> list[Callback]:
    """A list of callback objects from what a user may pass as `callbacks=`."""
    if callbacks is None:
        return []
    entries = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    made: list[Callback] = []
    for entry in entries:
        callback = entry() if isinstance(entry, type) and issubclass(entry, Callback) else entry
        if not isinstance(callback, Callback):
            raise ConfigurationError(
                f"`callbacks` expects objects of `figurate.callbacks.Callback`, received {shown(entry)}. Derive your "
                "class from `figurate.callbacks.Callback`, or wrap functions with "
                "`figurate.callbacks.LambdaCallback`."
            )
        made.append(callback)
    return made
