"""`Compiled`: what `compile` chose, and the engine's trainer that it becomes for a network.

Knows nothing of epochs and arrays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from figurate import _engine, losses, metrics, optimizers
from figurate.errors import ConfigurationError, TrainingError, shown
from figurate.losses import Loss
from figurate.metrics import Metric
from figurate.optimizers import Optimizer

Slots = dict[str, list[npt.NDArray[np.float32]]]


class _Made(NamedTuple):
    """The engine's trainer, and what it was made for."""

    trainer: _engine.Trainer
    network: _engine.Network
    seed: int
    threads: int


class Compiled:
    """Optimizer, loss and metrics of a model.

    Args:
        optimizer: Name, class or object of `figurate.optimizers`.
        loss: Name, class or object of `figurate.losses`; None: the model cannot be trained or evaluated.
        metrics: Names, classes or objects of `figurate.metrics`; "accuracy" fits itself to the loss.

    Raises:
        ConfigurationError: A name is unknown.
        UnsupportedError: A loss, metric or optimizer written in Python.
    """

    def __init__(self, optimizer: object, loss: object, metrics: object) -> None:
        self.optimizer: Optimizer = optimizers.get(optimizer)
        self.loss: Loss | None = None if loss is None else losses.get(loss)
        self.chosen_metrics = _as_list(metrics)
        self._metrics: tuple[tuple[int, ...], list[Metric]] | None = None
        self._made: _Made | None = None
        self._in_fit = False
        self._pinned = False
        # Whether the optimizer's averages are the weights for now, and the weights stand in their place.
        self.averages_in_place = False
        self._lock = threading.Lock()

    def metrics(self, output_shape: Sequence[int]) -> list[Metric]:
        """The metrics, once the network's outputs are known.

        Raises:
            ConfigurationError: A metric does not fit the loss or the outputs, or two have the same name.
        """
        shape = tuple(output_shape)
        if self._metrics is None or self._metrics[0] != shape:
            if self.loss is None:
                raise no_loss()
            found = [metrics.resolve(entry, self.loss, shape) for entry in self.chosen_metrics]
            names = ["loss", *(metric.name for metric in found)]
            for name in names:
                if names.count(name) > 1:
                    raise ConfigurationError(
                        f"`compile` expects metrics with names of their own, received {name!r} twice. Leave one out, "
                        "or give it another `name=`."
                    )
            self._metrics = shape, found
        return self._metrics[1]

    def log_names(self, output_shape: Sequence[int]) -> list[str]:
        """The names of what the engine measures, in its order: "loss", then the metrics'."""
        return ["loss", *(metric.name for metric in self.metrics(output_shape))]

    def trainer(self, network: _engine.Network, seed: int | None, threads: int) -> _engine.Trainer:
        """The engine's trainer for this network, with the optimizer's state so far.

        Args:
            network: Another one than before begins the optimizer anew.
            seed: Of the order of figures and of dropout; None: any.
            threads: Of the engine.

        Raises:
            ConfigurationError: There is no loss, or a metric does not fit.
        """
        if self.loss is None:
            raise no_loss()
        before = self._made_for(network)
        if seed is None:
            seed = 0 if before is None else before.seed
        if before is not None and (self._pinned or (before.seed, before.threads) == (seed, threads)):
            return before.trainer
        # Asked for now, since making a trainer clears the optimizer's numbers in the network.
        state = self.state(network)
        trainer = _engine.Trainer(
            network,
            self.loss.to_engine(),
            self.optimizer.to_engine(),
            [metric.to_engine() for metric in self.metrics(network.output_shape)],
            seed,
            threads,
        )
        self._made = _Made(trainer, network, seed, threads)
        if state is not None:
            self.set_state(*state)
        return trainer

    @property
    def iterations(self) -> int:
        """Steps made so far."""
        return 0 if self._made is None else self._made.trainer.iterations

    def state(self, network: _engine.Network) -> tuple[int, Slots] | None:
        """Steps made so far and the optimizer's numbers for each weight of `network`; None before training."""
        made = self._made_for(network)
        return None if made is None else (made.trainer.iterations, made.trainer.get_slots())

    def set_state(self, iterations: int, slots: Mapping[str, Sequence[npt.NDArray[np.float32]]]) -> None:
        """Take back what `state` gave; the trainer must have been made.

        Raises:
            ConfigurationError: The optimizer keeps other numbers than these.
        """
        assert self._made is not None  # the callers make it first
        trainer = self._made.trainer
        expected = sorted(trainer.get_slots())
        if sorted(slots) != expected:
            raise ConfigurationError(
                f"The optimizer `{type(self.optimizer).__name__}` expects the state {expected}, received "
                f"{sorted(slots)}. Compile with the optimizer that the state was saved with."
            )
        trainer.set_slots({name: list(arrays) for name, arrays in slots.items()})
        trainer.iterations = iterations

    def swap_averages(self, network: _engine.Network) -> None:
        """Exchange the weights of `network` with the optimizer's averages; before the first step nothing is done.

        Raises:
            ConfigurationError: The optimizer keeps no averages.
        """
        if not self.optimizer.use_ema:
            raise ConfigurationError(
                f"Averages of weights expect an optimizer that keeps them, received `{self.optimizer!r}`. Write "
                f"`{type(self.optimizer).__name__}(use_ema=True)`."
            )
        made = self._made_for(network)
        if made is not None and made.trainer.iterations > 0:
            with self.in_use("swap_averages"):
                made.trainer.swap_averages()
            self.averages_in_place = not self.averages_in_place

    def take_averages(self) -> None:
        """Put the optimizer's averages, if it keeps them, in the weights' place; at the end of training."""
        if not self.optimizer.use_ema or self._made is None or self._made.trainer.iterations == 0:
            return
        if self.averages_in_place:
            self.swap_averages(self._made.network)
        with self.in_use("fit"):
            self._made.trainer.take_averages()

    def _made_for(self, network: _engine.Network) -> _Made | None:
        return self._made if self._made is not None and self._made.network is network else None

    @contextmanager
    def fitting(self, caller: str) -> Iterator[None]:
        """Say that training is under way.

        Raises:
            TrainingError: It is already.
        """
        if self._in_fit:
            raise TrainingError(
                f"`{caller}` expects a model that is not in training, received one within `fit`. Call it after `fit`, "
                "or train another model."
            )
        self._in_fit = True
        try:
            yield
        finally:
            self._in_fit = self._pinned = False

    def pin(self) -> None:
        """Keep this trainer until `fit` ends: `evaluate` on other threads, by a callback, must not end its means."""
        self._pinned = True

    @contextmanager
    def in_use(self, caller: str) -> Iterator[None]:
        """Hold the trainer for one call of the engine.

        Raises:
            TrainingError: Another thread, or the same one from within `on_train_tick`, holds it.
        """
        if not self._lock.acquire(blocking=False):
            raise TrainingError(
                f"`{caller}` expects a model at rest, received one whose engine is at work. Call it from "
                "`on_epoch_end`, or after `fit`; for threads of their own make models of their own."
            )
        try:
            yield
        finally:
            self._lock.release()

    def get_config(self, output_shape: Sequence[int]) -> dict[str, Any]:
        """Optimizer, loss and metrics as JSON holds them."""
        return {
            "optimizer": optimizers.serialize(self.optimizer),
            "loss": None if self.loss is None else losses.serialize(self.loss),
            "metrics": [] if self.loss is None else [metrics.serialize(m) for m in self.metrics(output_shape)],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Compiled:
        """What `get_config` described.

        Raises:
            ConfigurationError: A class or setting is not known.
        """
        if not isinstance(config.get("metrics"), list):
            raise ConfigurationError(f"`metrics` must be a list, received {shown(config.get('metrics'))}.")
        loss = config.get("loss")
        return cls(
            optimizers.deserialize(config.get("optimizer")),
            None if loss is None else losses.deserialize(loss),
            [metrics.deserialize(entry) for entry in config["metrics"]],
        )


def no_loss() -> ConfigurationError:
    """The error for a model compiled without a loss."""
    return ConfigurationError(
        "Training and evaluation expect a loss, received a model compiled without one. Write "
        "`model.compile(loss='sparse_categorical_crossentropy')`."
    )


def _as_list(chosen: object) -> list[object]:
    if chosen is None:
        return []
    if isinstance(chosen, (list, tuple)):
        return list(chosen)
    if isinstance(chosen, (str, Metric)) or callable(chosen):
        return [chosen]
    raise ConfigurationError(
        f"`compile(metrics=…)` expects a list, received {shown(chosen)}. Models have one output: write "
        "`metrics=['accuracy']`."
    )
