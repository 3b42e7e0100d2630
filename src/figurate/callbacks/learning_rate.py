"""`LearningRateScheduler`: sets the learning rate of each epoch by a function of the user's."""

from __future__ import annotations

import inspect
import math
import numbers
from collections.abc import Callable
from typing import Any

from figurate.callbacks.callback import Callback, Logs
from figurate.errors import ConfigurationError, shown
from figurate.parameters import Integer


def constant_rate(owner: Callback, optimizer: Any) -> float:
    """The optimizer's learning rate, which must be a number for `owner` to change it."""
    rate = optimizer.learning_rate
    if not isinstance(rate, numbers.Real):
        raise ConfigurationError(
            f"`{type(owner).__name__}` expects an optimizer whose learning rate is a number, received the schedule "
            f"{shown(rate)}. Give the optimizer a number, or leave this callback out."
        )
    return float(rate)


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of every epoch.

    Args:
        schedule: `schedule(epoch, learning_rate)` or `schedule(epoch)`, with the epoch counted from 0; returns the
            learning rate of that epoch.
        verbose: 1 says what it sets.

    Raises:
        ConfigurationError: `schedule` cannot be called, or returns no finite number of at least 0.

    Example:
        >>> halve = LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate / 2)
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise ConfigurationError(
                "`LearningRateScheduler(schedule=…)` expects a function of the epoch and the learning rate, received "
                f"{shown(schedule)}. For a schedule object give it to the optimizer: `Adam(learning_rate=schedule)`."
            )
        self.schedule = schedule
        self.verbose: int = Integer().check("LearningRateScheduler", "verbose", verbose)
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        rate = constant_rate(self, optimizer)
        chosen = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        if not isinstance(chosen, numbers.Real) or not math.isfinite(chosen) or chosen < 0:
            raise ConfigurationError(
                "`LearningRateScheduler` expects its schedule to return a finite number of at least 0, received "
                f"{shown(chosen)} for epoch {epoch}. Mend the function."
            )
        optimizer.learning_rate = float(chosen)
        if self.verbose:
            print(f"Epoch {epoch + 1}: LearningRateScheduler sets the learning rate to {float(chosen):g}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = constant_rate(self, self.model.optimizer)


def _takes_two(schedule: Callable[..., float]) -> bool:
    """Whether `schedule` takes the epoch and the learning rate; one that hides its signature is expected to."""
    try:
        inspect.signature(schedule).bind(0, 0.1)
    except TypeError:
        return False
    except ValueError:
        pass  # there is none to see, as with some functions written in C
    return True
