"""`accelerate`: a user's compiled Keras model trained by figurate's engine, and given back what was learned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from figurate.callbacks import Callback
from figurate.convert import keras_model
from figurate.convert.findings import Findings
from figurate.convert.keras_callbacks import KerasCallbacks
from figurate.convert.keras_graph import Source
from figurate.convert.network import Network, TrainingState
from figurate.errors import ConfigurationError, shown
from figurate.models.foreign import model_of, take


class Accelerated:
    """A Keras model whose `fit` runs in figurate's engine; `accelerate` makes it.

    Args:
        keras_model: Compiled.

    Attributes:
        keras_model: The Keras model, which `fit` trains.
        model: figurate's model of the same layers, with the weights of the last `fit`.
    """

    def __init__(self, keras_model: Any, *, seed: int | None = None) -> None:
        self.keras_model = keras_model
        network, self._sources = self._read()
        self.model = model_of(network, seed)

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
            callbacks: Keras' and figurate's, in a list. Each of Keras' sees its model as it is at that time. One that
                wants every batch costs time.
            **options: `validation_data`, `validation_split`, `class_weight`, `sample_weight`, `shuffle`,
                `initial_epoch`, `validation_freq` as in Keras; `seed` and `threads` as in `Sequential.fit`.

        Returns:
            Keras' `History`: also `keras_model.history`.

        Raises:
            UnsupportedError: What was compiled is not to be had here, or a callback; nothing has been trained.
            ShapeError, DataError, ConfigurationError, TrainingError: See `Sequential.fit`.
        """
        network, self._sources = self._read()
        take(self.model, network)
        given = [] if callbacks is None else list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
        ours = [callback for callback in given if isinstance(callback, Callback)]
        theirs = KerasCallbacks(
            self.keras_model,
            [callback for callback in given if not isinstance(callback, Callback)],
            lambda: self._put_back(network, self._sources),
            lambda: self.model.set_weights(self._read()[0].weights),
        )
        try:
            self.model.fit(x, y, batch_size, epochs, verbose, [*ours, theirs], **options)
        finally:
            self._put_back(network, self._sources)
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

    def _put_back(self, network: Network, sources: list[Source]) -> None:
        """Give the Keras model what the model here has reached."""
        reached = self.model.compiled.state(self.model.network)
        state = None if reached is None or reached[0] == 0 else TrainingState(*reached)
        keras_model.put_back(self.keras_model, sources, replace(network, weights=self.model.get_weights(), state=state))

    def __repr__(self) -> str:
        return f"<Accelerated {self.keras_model.name!r}: {self.model!r}>"


def accelerate(model: Any, *, seed: int | None = None) -> Accelerated:
    """Train a Keras model with figurate's engine: `accelerate(model).fit(x, y, epochs=20)`.

    Args:
        model: A compiled Keras model of layers that figurate has, such as `keras.Sequential`.
        seed: Of the order of figures and of dropout; None: another one each time.

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
