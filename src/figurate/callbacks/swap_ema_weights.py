"""`SwapEMAWeights`: evaluates with the averages that an optimizer keeps of the weights, in place of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figurate.callbacks.callback import Callback, Logs, State
from figurate.parameters import Boolean


class SwapEMAWeights(Callback):
    """Put the averages of an optimizer with `use_ema=True` in the weights' place while the model is evaluated.

    Without it the validation of an epoch measures the weights themselves, and the averages are first seen when `fit`
    ends and puts them in place.

    Args:
        swap_on_epoch: Whether the averages stay in place from the end of an epoch to the beginning of the next one, so
            that callbacks listed after this one, such as `EarlyStopping` and `ModelCheckpoint`, see them too. Defaults
            to False.

    Raises:
        ConfigurationError: The optimizer keeps no averages, or `swap_on_epoch` is neither True nor False.

    Example:
        >>> model.compile(Adam(use_ema=True), "sparse_categorical_crossentropy")  # doctest: +SKIP
        >>> model.fit(x, y, validation_data=(xv, yv), callbacks=[SwapEMAWeights()])  # doctest: +SKIP
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch: bool = Boolean().check("SwapEMAWeights", "swap_on_epoch", swap_on_epoch)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._put(averages=False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._put(averages=True)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._put(averages=True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._put(averages=False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._put(averages=True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._put(averages=False)

    def get_state(self) -> State:
        return {"averages_in_place": self.model.averages_in_place}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.model.averages_in_place = bool(state["averages_in_place"])

    def _put(self, *, averages: bool) -> None:
        if self.model.averages_in_place != averages:
            self.model.swap_averages()
