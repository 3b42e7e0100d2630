"""One pass over figures without learning: loss and metrics of a whole set, with callbacks' test hooks around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figurate import _engine
from figurate.callbacks import CallbackList
from figurate.callbacks.callback import Logs
from figurate.training.compiled import Compiled
from figurate.training.data import Array, hold
from figurate.training.targets import Floats, Targets


@dataclass(frozen=True)
class Labelled:
    """Checked figures with their truth.

    Args:
        x: Figures with the batch axis first, as they were passed.
        figures: The same, held by the engine.
        targets: (n,) int32 or (n, outputs) float32.
        sample_weight: (n,) float32 or None.
    """

    x: Array
    figures: _engine.Figures
    targets: Targets
    sample_weight: Floats | None

    def batches(self, size: int) -> Sequence[slice]:
        """The batches' places, in order."""
        return [slice(first, first + size) for first in range(0, self.figures.count, size)]


class Evaluator:
    """Evaluates one set with one trainer, as often as asked.

    Args:
        compiled: Guards the trainer.
        trainer: The engine's.
        names: Of what it measures.
        data: The set.
        batch_size: Figures a batch, for callbacks that want batches; the values do not depend on it.
        threads: Of the engine, to hold single batches.
    """

    def __init__(
        self,
        compiled: Compiled,
        trainer: _engine.Trainer,
        names: Sequence[str],
        data: Labelled,
        batch_size: int,
        threads: int,
    ) -> None:
        self._compiled = compiled
        self._trainer = trainer
        self._names = names
        self._data = data
        self._batch_size = batch_size
        self._threads = threads

    def run(self, callbacks: CallbackList) -> Logs:
        """Loss and metrics by name."""
        callbacks.call("on_test_begin", {})
        if callbacks.wants_test_batches:
            self._announce_batches(callbacks)
        logs = self._measure(self._data.figures, self._data.targets, self._data.sample_weight)
        callbacks.call("on_test_end", logs)
        return logs

    def _announce_batches(self, callbacks: CallbackList) -> None:
        for batch, place in enumerate(self._data.batches(self._batch_size)):
            callbacks.call("on_test_batch_begin", batch, {})
            weight = self._data.sample_weight
            figures = hold(self._data.x[place], "evaluate", self._threads)
            targets = self._data.targets[place]  # contiguous, since the whole is
            logs = self._measure(figures, targets, None if weight is None else weight[place])
            callbacks.call("on_test_batch_end", batch, logs)

    def _measure(self, figures: _engine.Figures, targets: Targets, weight: Floats | None) -> Logs:
        with self._compiled.in_use("evaluate"):
            values = self._trainer.evaluate(figures, targets, weight)
        return dict(zip(self._names, values, strict=True))
