"""`Activation`: an activation function as a layer of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate import activations
from figurate.activations import Activation as ActivationFunction
from figurate.layers.base import EngineLayers, FigureShape, Layer
from figurate.layers.softmax import check_softmax_input
from figurate.parameters import Resolved
from figurate.registry import Parameters


class Activation(Layer):
    """An activation function, value by value (softmax: over all values of the figure, which have one axis).

    Args:
        activation: Name or function of `figurate.activations`.
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …); for softmax (batch, classes).

    Output shape: the same.

    Example:
        >>> Activation("tanh", name="bend")
        Activation(activation='tanh', name='bend')
    """

    _parameters: ClassVar[Parameters] = {"activation": Resolved(activations.get, activations.serialize)}
    activation: ActivationFunction

    def __init__(self, activation: Any, *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        self.activation = activation
        self._check()

    def check_input(self, shape: FigureShape) -> None:
        if self.activation is activations.softmax:
            check_softmax_input(type(self).__name__, shape)

    def to_engine(self) -> EngineLayers:
        return activations.to_engine(self.activation)
