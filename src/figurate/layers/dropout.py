"""`Dropout`: values left out at random while training."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.layers.base import EngineLayers, Layer
from figurate.parameters import LARGEST_SEED, Integer, Real
from figurate.registry import Parameters, Refusal, Refusals


class Dropout(Layer):
    """In training, sets each value to 0 with probability `rate` and multiplies the others by `1 / (1 - rate)`.

    In prediction and evaluation it changes nothing.

    Args:
        rate: Share of the values to drop, at least 0 and below 1; training goes by the nearest multiple of 1/65536.
        seed: Which values to drop, together with the seed of the fit. None (the default) goes by the layer's place in
            the network. Set `utils.set_random_seed` for a run that can be repeated.
        name, input_shape, input_dim: See `Layer`.

    Input shape: (batch, …).

    Output shape: the same.

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: `noise_shape`, which Keras has.

    Example:
        >>> Dropout(0.2).compute_output_shape((None, 128))
        (None, 128)

    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout: a simple way to prevent neural networks
    from overfitting", JMLR 15, 2014.
    """

    _parameters: ClassVar[Parameters] = {
        "rate": Real(low=0, high=1, high_open=True),
        "seed": Integer(high=LARGEST_SEED, optional=True),
    }
    _refused: ClassVar[Refusals] = {"noise_shape": Refusal("Each value is dropped on its own; leave it out.")}

    def __init__(self, rate: float, seed: int | None = None, *, name: str | None = None, **common: Any) -> None:
        super().__init__(name=name, **common)
        self.rate = rate
        self.seed = seed
        self._check()

    def to_engine(self) -> EngineLayers:
        return [("dropout", random_options(self.rate, self.seed))]


def random_options(rate: float, seed: int | None) -> dict[str, object]:
    """The engine's options for leaving out at random, of this rate and this seed."""
    # Of a stream's number the engine's dropout has 32 bits.
    return {"rate": rate} if seed is None else {"rate": rate, "stream": seed % 2**32}
