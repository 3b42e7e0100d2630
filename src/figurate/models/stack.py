"""`LayerStack`: layers that make a network: their shapes, and their weights in the engine.

Knows nothing of training, files or printing; `Sequential` adds these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import ConfigurationError, ShapeError, shown
from figurate.layers import Layer
from figurate.layers.augmentation import check_places
from figurate.layers.base import part_of
from figurate.models.layer_list import LayerList

Weights = list[npt.NDArray[np.float32]]


class LayerStack:
    """The abstract base of models: layers, shapes and weights.

    Args:
        layers: The layers, first to last; may begin with `Input(shape=…)`.
        seed: Of the initial weights.
    """

    def __init__(self, layers: Iterable[Layer], seed: int) -> None:
        self.seed = seed
        self._list = LayerList()
        self._network: _engine.Network | None = None
        self._input_shape: tuple[int, ...] | None = None
        self._output_sizes: tuple[int, ...] = ()
        for layer in layers:
            self._list.append(layer)
        self._build()

    # -- layers ------------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers, first to last, without `Input`."""
        return list(self._list)

    def add(self, layer: Layer) -> None:
        """Add a layer at the end; the weights of the others stay.

        Raises:
            ConfigurationError: It is no layer object, its name is taken, or it belongs to another model.
            ShapeError: It does not fit the layers before it; the model is as it was.
        """
        self._list.append(layer)
        try:
            self._build()
        except Exception:
            self._list.remove_last()
            raise

    def pop(self) -> Layer:
        """Remove the last layer and return it; the weights of the others stay.

        Raises:
            ConfigurationError: There is none.
        """
        layer = self._list.remove_last()
        self._build()
        return layer

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, also within a `Residual`, or at this position among `layers`.

        Raises:
            ConfigurationError: There is none, or not exactly one of the arguments was given.
        """
        return self._list.find(name, index)

    # -- shapes ------------------------------------------------------------------------------------------------------

    @property
    def built(self) -> bool:
        """Whether the shapes are known and the weights exist."""
        return self._network is not None

    @property
    def network(self) -> _engine.Network:
        """The engine's network.

        Raises:
            ConfigurationError: The model is not built yet.
        """
        if self._network is None:
            if not len(self._list):
                raise ConfigurationError(
                    "The model has no layers, expected at least one. Add layers with `model.add(…)`."
                )
            raise ConfigurationError(
                "The model is not built: expected to know the shape of its figures, received none yet. Put "
                "`Input(shape=(28, 28))` first, give the first layer `input_shape=(28, 28)`, or call `fit` or "
                "`model.build((None, 28, 28))`."
            )
        return self._network

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes in: (None, 28, 28)."""
        return (None, *self.network.input_shape)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes out: (None, 10)."""
        return (None, *self.network.output_shape)

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Fix the shape of the figures, and make the initial weights.

        Args:
            input_shape: The batch axis first: (None, 28, 28). May be left out where `Input` or the first layer says it.

        Raises:
            ShapeError: The shape differs from what the model was made for, or a layer cannot take it.
            ConfigurationError: No shape is known.
        """
        if input_shape is not None:
            sizes = tuple(input_shape)
            if len(sizes) < 2 or not all(isinstance(size, (int, np.integer)) and size > 0 for size in sizes[1:]):
                raise ShapeError(
                    "`build` expects a shape with the batch axis first, such as (None, 28, 28), received "
                    f"{shown(input_shape)}."
                )
            self._build_for(tuple(int(size) for size in sizes[1:] if size is not None))
        if self._network is None:
            self._build()
        _ = self.network  # raises where the shape is still unknown

    def _build_for(self, shape: tuple[int, ...]) -> None:
        known = self._known_shape()
        if known is not None and known != shape:
            raise ShapeError(
                f"The model expects figures of shape {known}, received {shape}. Make a new model for figures of "
                "another shape."
            )
        if self._network is None:
            self._input_shape = shape
            try:
                self._build()
            except Exception:
                self._input_shape = None  # a model that cannot take these figures may still take others
                raise

    def _known_shape(self) -> tuple[int, ...] | None:
        if self._list.input is not None:
            return self._list.input.shape
        first = next(iter(self._list), None)
        if first is not None and first.input_shape is not None:
            return first.input_shape
        return self._input_shape

    def _build(self) -> None:
        """Make the engine's network where the shape is known; weights that exist already stay."""
        shape = self._known_shape()
        if shape is None or not len(self._list):
            self._network = None
            return
        specs = []
        current = shape
        for layer in self._list:
            layer.build((None, *current))
            specs.append(layer.weight_specs(current))
            current = layer.output_shape_of(current)
        check_places(zip(self._list, specs, strict=True))
        network = _engine.Network(shape, [kind for layer in self._list for kind in layer.to_engine()])
        # Layers come and go at the end only, so what exists is the beginning of what is needed. The stream is the
        # array's number in the model: layers added later leave earlier weights as they are.
        weights = self._network.get_weights() if self._network is not None else []
        flat = [spec for own in specs for spec in own]
        for stream in range(len(weights), len(flat)):
            spec = flat[stream]
            weights.append(spec.initializer(spec.shape, self.seed, stream, _engine))
        network.set_weights(weights[: len(flat)])
        first = 0
        for layer, own in zip(self._list, specs, strict=True):
            layer.connect(*part_of(network.get_weights, network.set_weights, first, first + len(own)))
            first += len(own)
        self._network = network
        self._input_shape = shape
        self._output_sizes = current

    # -- weights -----------------------------------------------------------------------------------------------------

    @property
    def weights(self) -> Weights:
        """Copies of all weights, in the order of `get_weights`."""
        return self.get_weights()

    def get_weights(self) -> Weights:
        """Copies of all weights, layer after layer, in Keras' shapes and order.

        Raises:
            ConfigurationError: The model is not built yet.
        """
        return self.network.get_weights()

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Replace all weights.

        Args:
            weights: Arrays of the shapes and in the order of `get_weights`.

        Raises:
            ConfigurationError: The model is not built yet.
            ShapeError: The number of arrays or a shape differs; no weight was changed.
        """
        expected = [tuple(shape) for shape in self.network.weight_shapes]
        arrays = [np.array(weight, dtype=np.float32, order="C") for weight in weights]
        received = [array.shape for array in arrays]
        if received != expected:
            raise ShapeError(
                f"`set_weights` expects {len(expected)} arrays of the shapes {expected}, received {len(received)} of "
                f"{received}. `get_weights()` shows their order."
            )
        self.network.set_weights(arrays)

    def count_params(self) -> int:
        """The number of weights, single values: 15,910 for the lesson's network.

        Raises:
            ConfigurationError: The model is not built yet.
        """
        return sum(math.prod(shape) for shape in self.network.weight_shapes)
