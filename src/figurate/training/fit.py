"""The loop over epochs: asks the engine for an epoch, then for its validation, and tells the callbacks.

The engine makes the steps, the optimizer's rule is the engine's too, and callbacks decide when to stop; this file only
says in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.callbacks import BackupAndRestore, CallbackList, History
from figurate.callbacks.callback import Logs
from figurate.errors import TrainingError
from figurate.layers import Layer, Rescaling
from figurate.training.compiled import Compiled
from figurate.training.evaluation import Evaluator, Labelled


class TrainedModel(Protocol):
    """What the loop asks of the model."""

    seed: int
    stop_training: bool
    stop_augmentation: bool
    epochs_trained: int

    @property
    def layers(self) -> Sequence[Layer]: ...
    @property
    def compiled(self) -> Compiled: ...
    def get_trainer(self, seed: int | None, threads: int | None) -> _engine.Trainer: ...


@dataclass(frozen=True)
class Plan:
    """What `fit` was asked for.

    Args:
        first_epoch, epochs: The first epoch's number, and the number after the last one.
        batch_size: Figures a step.
        shuffle: Whether each epoch has an order of its own.
        validated: Whether an epoch, by its number from 0, is validated.
        seed, threads: As given; None: the model's.
    """

    first_epoch: int
    epochs: int
    batch_size: int
    shuffle: bool
    validated: Callable[[int], bool]
    seed: int | None
    threads: int | None


class FitLoop:
    """One call of `fit`.

    Args:
        model: To train.
        plan: What was asked for.
        data: To train on.
        evaluator: For the validation; None: none. Given the trainer when the loop begins.
        names: Of what the engine measures.
        callbacks: Told of everything.
        history: The one among them that `fit` returns.
    """

    def __init__(
        self,
        model: TrainedModel,
        plan: Plan,
        data: Labelled,
        evaluator: Callable[[_engine.Trainer], Evaluator] | None,
        names: list[str],
        callbacks: CallbackList,
        history: History,
    ) -> None:
        self.history = history
        self._model = model
        self._plan = plan
        self._data = data
        self._make_evaluator = evaluator
        self._names = names
        self._callbacks = callbacks
        self._steps = -(-data.figures.count // min(plan.batch_size, data.figures.count))
        self._tick = self._report if callbacks.wants("on_train_tick") else None

    def run(self) -> None:
        """Train all epochs.

        Raises:
            TrainingError: The loss is not finite and no callback dealt with it, or the model is in training already.
            KeyboardInterrupt: Ctrl-C; weights and history are those reached.
        """
        with self._model.compiled.fitting("fit"):
            self._run()

    def _run(self) -> None:
        model, plan, callbacks = self._model, self._plan, self._callbacks
        logs: Logs = {}
        model.stop_training = model.stop_augmentation = False
        try:
            callbacks.call("on_train_begin", {})
            first_epoch = self._first_epoch()
            # Made here, since a backup may have brought another seed.
            self._trainer = model.get_trainer(model.seed if plan.seed is None else plan.seed, plan.threads)
            model.compiled.pin()
            evaluator = self._make_evaluator(self._trainer) if self._make_evaluator is not None else None
            try:
                for epoch in range(first_epoch, plan.epochs):
                    if model.stop_training:
                        break
                    callbacks.call("on_epoch_begin", epoch, {})
                    logs = self._train(epoch)
                    if evaluator is not None and plan.validated(epoch):
                        logs |= {f"val_{name}": value for name, value in evaluator.run(callbacks).items()}
                    callbacks.call("on_epoch_end", epoch, logs)
            finally:
                # As in Keras: whichever way training ends, and before callbacks put the best weights back.
                if first_epoch < plan.epochs:
                    model.compiled.take_averages()
            callbacks.call("on_train_end", logs)
        finally:
            callbacks.exit()

    def _first_epoch(self) -> int:
        resumed = [
            c.next_epoch for c in self._callbacks if isinstance(c, BackupAndRestore) and c.next_epoch is not None
        ]
        return resumed[0] if resumed else self._plan.first_epoch

    def _train(self, epoch: int) -> Logs:
        """The steps of one epoch."""
        # Counted over all calls of `fit`, so that a second call does not see the figures in the first one's order.
        order = self._model.epochs_trained
        self._model.epochs_trained += 1
        begin = self._trainer.iterations
        within = epoch * self._steps, self._plan.epochs * self._steps
        if not self._callbacks.wants_train_batches:
            rates = self._model.compiled.optimizer.learning_rates(begin, self._steps, within)
            return self._checked(epoch, begin, self._call(order, rates, 0, self._steps))
        logs: Logs = {}
        for step in range(self._steps):
            self._callbacks.train_batch("begin", step, {})
            # Asked for before each batch, since a callback may have changed the learning rate.
            rates = self._model.compiled.optimizer.learning_rates(begin, self._steps, within)
            logs = self._checked(epoch, begin, self._call(order, rates, step, step + 1))
            self._callbacks.train_batch("end", step, logs)
            if self._model.stop_training:
                break
        return dict(logs)

    def _call(self, order: int, rates: npt.NDArray[np.float32], first: int, last: int) -> Logs:
        data = self._data
        with self._model.compiled.in_use("fit"):
            values = self._trainer.fit_epoch(
                data.figures,
                data.targets,
                data.sample_weight,
                epoch=order,
                batch_size=self._plan.batch_size,
                shuffle=self._plan.shuffle,
                learning_rates=rates,
                augments=not self._model.stop_augmentation,
                first_step=first,
                last_step=last,
                tick=self._tick,
            )
        return dict(zip(self._names, values, strict=True))

    def _report(self, step: int, values: list[float]) -> None:
        self._callbacks.call("on_train_tick", step, dict(zip(self._names, values, strict=True)))

    def _checked(self, epoch: int, begin: int, logs: Logs) -> Logs:
        """`logs`, unless the engine stopped at a loss that is not finite; `begin` counts the steps before the epoch."""
        if not self._trainer.stopped_nonfinite:
            return logs
        logs["loss"] = float("nan")
        self._model.stop_training = True
        if self._callbacks.nonfinite_loss(self._trainer.iterations - begin, logs["loss"]):
            return logs
        maximum = self._data.figures.maximum
        scaled = any(isinstance(layer, Rescaling) for layer in self._model.layers)
        scale = f" Scale the pixels, which go up to {maximum:g}, to 0..1: divide them by 255."
        scale = scale if maximum > 1 and not scaled else ""
        rate = self._model.compiled.optimizer.learning_rate
        shown_rate = f" (now {rate:g})" if isinstance(rate, float) else ""
        raise TrainingError(
            f"The loss became NaN or infinite in epoch {epoch + 1}, expected a finite number. Lower the learning "
            f"rate{shown_rate}.{scale} With `callbacks.TerminateOnNaN()` training ends here without an error."
        )
