"""`History`: loss, metrics and epoch numbers of a run, as `fit` returns them; shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from figurate.callbacks.callback import Callback, Logs, State
from figurate.libraries import library

if TYPE_CHECKING:
    import pandas


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
        >>> pandas.DataFrame(history.history, index=history.epoch)  # doctest: +SKIP
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}
        # Of quantities that some epochs don't have, such as the validation's with `validation_freq`, those that do.
        self._some_epochs: dict[str, list[int]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []
        self.history = {}
        self._some_epochs = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        for name in {*self.history, *logs}:
            known = self.epochs_of(name) if name in self.history else []
            if name in self._some_epochs or name not in logs or known != self.epoch:
                self._some_epochs[name] = [*known, epoch] if name in logs else known
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def epochs_of(self, name: str) -> list[int]:
        """The epochs, counted from 0, that the values of `history[name]` belong to.

        They are `epoch` unless a quantity is measured in some epochs only, as with `fit(validation_freq=2)`.
        """
        count = len(self.history[name])
        known = self._some_epochs.get(name, self.epoch)
        if len(known) == count:
            return list(known)
        # A list that the user changed, or of a file of before, which holds no such epochs: probably the last ones.
        return self.epoch[-count:] if count <= len(self.epoch) else list(range(count))

    def to_pandas(self) -> pandas.DataFrame:
        """The history as a table of pandas: a row an epoch, a column a quantity, NaN where an epoch has none.

        Returns:
            A `pandas.DataFrame` whose index "epoch" counts from 0, as `epoch` does.

        Raises:
            UnsupportedError: pandas is not installed.

        Example:
            >>> history.to_pandas().plot(y=["loss", "val_loss"])  # doctest: +SKIP
        """
        pandas = library(
            "pandas", "`to_pandas` makes a table of pandas", "pandas", "`history.history` has the same values"
        )
        columns = {name: pandas.Series(values, self.epochs_of(name)) for name, values in self.history.items()}
        return pandas.DataFrame(columns, index=pandas.Index(self.epoch, name="epoch"))

    def get_state(self) -> State:
        state: State = {"epoch": list(self.epoch), "history": {name: list(v) for name, v in self.history.items()}}
        if self._some_epochs:
            state["some_epochs"] = {name: list(epochs) for name, epochs in self._some_epochs.items()}
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}
        self._some_epochs = {name: list(epochs) for name, epochs in state.get("some_epochs", {}).items()}

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4f}" for name, values in self.history.items() if values)
        count = len(self.epoch)
        return f"<History of {count} epoch{'s' if count != 1 else ''}{': ' + last if last else ''}>"

    def _repr_html_(self) -> str | None:
        """What a notebook shows; None, for the text, where nothing was recorded."""
        if not self.history:
            return None
        from figurate.callbacks.history_html import history_html  # seldom needed

        return history_html({name: (self.epochs_of(name), values) for name, values in self.history.items()})
