"""`accelerate`: a user's compiled Keras model trained by figurate's engine, and given back what was learned."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np

from figurate.callbacks import Callback
from figurate.convert import keras_model
from figurate.convert.findings import Findings
from figurate.convert.keras_callbacks import KerasCallbacks
from figurate.convert.keras_graph import Source
from figurate.convert.network import Arrays, Network, TrainingState, leaves
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.models.foreign import model_of, take
from figurate.models.sequential import Sequential


class Accelerated:
    """A Keras model whose `fit` runs in figurate's engine; `accelerate` makes it.

    Args:
        keras_model: Compiled.

    Attributes:
        keras_model: The Keras model, which `fit` trains.
        model: figurate's model of the same layers, with the weights of the last `fit`; another one where the Keras
            model's layers have changed since.
    """

    def __init__(self, keras_model: Any, *, seed: int | None = None) -> None:
        self.keras_model = keras_model
        # As Keras draws the seeds of its layers: `set_random_seed`, its own and figurate's, makes it the same again.
        self._seed = random.getrandbits(32) if seed is None else seed
        self._make(self._read()[0])

    def _make(self, network: Network) -> None:
        self.model = model_of(network, self._seed)
        self._layers = _described(network)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        **options: Any,
    ) -> Any:
        """Train the Keras model here.

        It begins with the Keras model's weights and optimizer state as they are now, and ends with those reached in
        both models, by Ctrl-C too.

        Args:
            x, y: numpy arrays, or what becomes one: tensors and lists, no generators or `tf.data` sets.
            batch_size, epochs, verbose: As in Keras.
            callbacks: Keras' and figurate's, in a list. Each of Keras' sees its model as it is at that time, and may
                set its weights, its learning rate and `stop_training`. One that wants every batch costs time; hooks
                for the batches of a validation are not called.
            **options: `validation_data`, `validation_split`, `class_weight`, `sample_weight`, `shuffle`,
                `initial_epoch`, `validation_freq` as in Keras; `seed` and `threads` as in `Sequential.fit`.

        Returns:
            Keras' `History`: also `keras_model.history`.

        Raises:
            UnsupportedError: What was compiled is not to be had here, or a callback; nothing has been trained.
            ShapeError, DataError, ConfigurationError, TrainingError: See `Sequential.fit`.
        """
        network, sources = self._read()
        if _described(network) == self._layers:
            take(self.model, network)
        else:
            self._make(network)
        exchange = _Exchange(self.keras_model, self.model, network, sources)
        given = [] if callbacks is None else list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
        ours = [callback for callback in given if isinstance(callback, Callback)]
        theirs = KerasCallbacks(
            self.keras_model,
            [callback for callback in given if not isinstance(callback, Callback)],
            exchange,
        )
        try:
            self.model.fit(x, y, batch_size, epochs, verbose, [*ours, theirs], **options)
        finally:
            exchange.put_back()
        return theirs.history

    def _read(self) -> tuple[Network, list[Source]]:
        findings = Findings("accelerate", f"the Keras model {getattr(self.keras_model, 'name', '')!r}")
        if not keras_model.is_model(self.keras_model):
            raise ConfigurationError(f"`accelerate` expects a Keras model, received {shown(self.keras_model)}.")
        network, sources = keras_model.read(self.keras_model, findings)
        findings.raise_cannot(strict=True)
        if network.chosen is None:
            raise ConfigurationError(
                "`accelerate` expects a compiled model, received one that is not. Call its `compile` first."
            )
        return network, sources

    def __repr__(self) -> str:
        return f"<Accelerated {self.keras_model.name!r}: {self.model!r}>"


def _described(network: Network) -> list[object]:
    """What the model here is made of, to see whether the Keras model's layers are still these."""
    return [network.input_shape, *((type(layer), layer.get_config()) for layer in leaves(network.layers))]


class _Exchange:
    """What a Keras model and the one here have of each other while a run goes on."""

    def __init__(self, theirs: Any, ours: Sequential, network: Network, sources: list[Source]) -> None:
        self._theirs, self._ours, self._network, self._sources = theirs, ours, network, sources
        self._optimizer, self._layers = theirs.optimizer, list(theirs.layers)
        self._has_rate = keras_model.rate_of(theirs.optimizer) is not None

    def put_back(self) -> None:
        if list(self._theirs.layers) != self._layers:
            return  # whoever looks next complains, here and below
        reached = self._ours.compiled.state(self._ours.network)
        rate, theirs = self._ours.optimizer.learning_rate, keras_model.rate_of(self._optimizer)
        altered = self._theirs.optimizer is not self._optimizer or self._has_rate != (theirs is not None)
        state = None if altered or reached is None or reached[0] == 0 else TrainingState(*reached)
        if theirs is not None and isinstance(rate, float) and theirs != np.float32(rate):
            self._optimizer.learning_rate = rate
        made = replace(self._network, weights=self._ours.get_weights(), state=state)
        keras_model.put_back(self._theirs, self._sources, made)

    def weights(self) -> Arrays:
        if list(self._theirs.layers) != self._layers:
            raise UnsupportedError(
                "`accelerate(…).fit` expects callbacks that leave the layers, received one that has changed them. Call "
                "`fit` once more instead."
            )
        return keras_model.weights_of(self._theirs, self._sources)

    def take(self, weights: Arrays) -> None:
        self._ours.set_weights(weights)

    def rate(self) -> float | None:
        if self._theirs.optimizer is not self._optimizer:
            raise UnsupportedError(
                "`accelerate(…).fit` expects callbacks that leave the optimizer, received one that has compiled the "
                "model anew. Call `compile` and `fit` once more instead."
            )
        found = keras_model.rate_of(self._optimizer)
        if self._has_rate and found is None:
            raise UnsupportedError(
                "`accelerate(…).fit` expects callbacks that set the learning rate to a number, received one that has "
                "set a schedule. Compile the model with it."
            )
        return found


def accelerate(model: Any, *, seed: int | None = None) -> Accelerated:
    """Train a Keras model with figurate's engine: `accelerate(model).fit(x, y, epochs=20)`.

    Args:
        model: A compiled Keras model of layers that figurate has, such as `keras.Sequential`.
        seed: Of the order of figures and of dropout; None: another one each time, or the same after
            `keras.utils.set_random_seed`.

    Returns:
        An object with Keras' `fit`; after it the Keras model has the weights, the optimizer's state and the history.

    Raises:
        UnsupportedError: A layer, loss, metric, optimizer or setting that figurate has not, such as a regularizer; the
            message names all of them.
        ConfigurationError: The model is not built or not compiled.

    Example:
        >>> history = figurate.accelerate(model).fit(x, y, epochs=20)  # doctest: +SKIP
        >>> model.evaluate(x_test, y_test)  # doctest: +SKIP
    """
    return Accelerated(model, seed=seed)
