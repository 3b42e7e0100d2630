"""`MonitorCallback`: which direction of a watched value is better, and whether a value is an improvement.

The callbacks that act on a watched value derive from it; it does nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from warnings import warn

from figurate.callbacks.callback import Callback, Logs, State
from figurate.errors import ConfigurationError, FigurateWarning, nearest
from figurate.parameters import Option, Real, Text

_MODE = Option(("auto", "min", "max"))


class MonitorCallback(Callback):
    """The abstract base of callbacks that watch one value of the epoch's logs.

    Args:
        monitor: The value's name in the history, such as "val_loss".
        mode: "min" or "max": which is better; "auto" takes it from the name.
        min_delta: The least change that counts as an improvement.

    Raises:
        ConfigurationError: An argument is wrong.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0.0) -> None:
        super().__init__()
        owner = type(self).__name__
        self.monitor: str = Text().check(owner, "monitor", monitor)
        self.mode: str = _MODE.check(owner, "mode", mode)
        self.min_delta: float = abs(Real().check(owner, "min_delta", min_delta))
        self.best: float | None = None

    def direction(self) -> str:
        """Which is better, "min" or "max".

        Raises:
            ConfigurationError: `mode` is "auto" and the name alone does not tell.
        """
        if self.mode != "auto":
            return self.mode
        name = self.monitor.removeprefix("val_")
        found = "min" if name == "loss" else self.model.metric_direction(name)
        if found is None:
            raise ConfigurationError(
                f"`{type(self).__name__}(monitor={self.monitor!r})` expects mode='min' or mode='max', since the name "
                "alone does not tell which is better; received mode='auto'."
            )
        return found

    def improved(self, value: float, reference: float | None) -> bool:
        """Whether `value` beats `reference` by more than `min_delta`; None is beaten by anything."""
        if reference is None:
            return True
        if self.direction() == "min":
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def watched(self, logs: Logs | None) -> float | None:
        """The watched value; None, with a warning, where the epoch has none."""
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is None:
            guess = nearest(self.monitor, logs)
            hint = f" Did you mean {guess!r}?" if guess is not None else ""
            if self.monitor.startswith("val_") and not any(name.startswith("val_") for name in logs):
                hint = (
                    " Pass `validation_data` or `validation_split` to `fit`, or `validation_fraction` to an estimator."
                )
            warn(
                f"`{type(self).__name__}` watches {self.monitor!r}, which this epoch does not have, and so does "
                f"nothing. Known: {', '.join(map(repr, logs))}.{hint}",
                FigurateWarning,
                stacklevel=2,
            )
            return None
        return float(value)

    def get_state(self) -> State:
        return {"best": self.best}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.best = state["best"]
