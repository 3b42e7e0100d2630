"""`LambdaCallback`: a callback made of plain functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from figurate.callbacks.callback import Callback
from figurate.errors import ConfigurationError, shown, unknown_name

_HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """A callback from functions: any hook of `Callback` by its name.

    Args:
        on_epoch_begin, on_epoch_end: Functions of `epoch` and `logs`.
        on_train_begin, on_train_end: Functions of `logs`.
        on_train_batch_begin, on_train_batch_end: Functions of `batch` and `logs`; with these the engine returns after
            every batch.
        hooks: Functions for further hooks of `Callback`, by name.

    Raises:
        ConfigurationError: A name is no hook, or a value is no function.

    Example:
        >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))  # doctest: +ELLIPSIS
        <figurate.callbacks.lambda_callback.LambdaCallback object at ...>
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        named = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in (named | hooks).items():
            if name not in _HOOKS:
                raise unknown_name("hook of `LambdaCallback`", name, _HOOKS)
            if function is None:
                continue
            if not callable(function):
                raise ConfigurationError(f"`LambdaCallback({name}=…)` expects a function, received {shown(function)}.")
            setattr(self, name, function)
