"""`ReLU`: the rectified linear unit as a layer of its own, with a slope below 0."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.layers.base import EngineLayers, Layer
from figurate.parameters import Real
from figurate.registry import Parameters, Refusal, Refusals


class ReLU(Layer):
    """Rectified linear unit: `x` where `x > 0`, else `negative_slope * x`.

    Args:
        negative_slope: Slope below 0, at least 0. Defaults to 0.
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …).

    Output shape: the same.

    Raises:
        UnsupportedError: `max_value` and `threshold`, which Keras has.

    Example:
        >>> ReLU(negative_slope=0.1).to_engine()
        [('activation', {'function': 'leaky_relu', 'alpha': 0.1})]
    """

    _parameters: ClassVar[Parameters] = {"negative_slope": Real(low=0)}
    _refused: ClassVar[Refusals] = {
        "max_value": Refusal("Use `Activation('sigmoid')` or `Activation('tanh')` for a bounded function."),
        "threshold": Refusal("The bias of the layer before moves the threshold.", (0, 0.0)),
    }

    def __init__(
        self,
        max_value: None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, max_value=max_value, threshold=threshold, **common)
        self.negative_slope = negative_slope
        self._check()

    def to_engine(self) -> EngineLayers:
        if self.negative_slope == 0:
            return [("activation", {"function": "relu"})]
        return [("activation", {"function": "leaky_relu", "alpha": self.negative_slope})]
