"""`LayerList`: a model's layers in order, checked as they come: objects, names, one `Input`, one model a layer.

Knows nothing of shapes and weights.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from figurate.errors import ConfigurationError, UnsupportedError, shown, unknown_name
from figurate.layers import InputLayer, Layer, serialize

# Which list each layer belongs to, for as long as both live.
_OWNERS: weakref.WeakKeyDictionary[Layer, weakref.ref[LayerList]] = weakref.WeakKeyDictionary()


class LayerList:
    """The layers of one model; `input` stands apart, since it computes nothing."""

    def __init__(self) -> None:
        self.input: InputLayer | None = None
        self._layers: list[Layer] = []

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    def append(self, layer: object) -> None:
        """Add a layer at the end.

        Raises:
            ConfigurationError: It is no layer object, its name is taken, or it belongs to another model.
            UnsupportedError: It is a whole model.
        """
        if not isinstance(layer, Layer):
            raise _no_layer(layer)
        if isinstance(layer, InputLayer):
            if self.input is not None or self._layers:
                raise ConfigurationError(
                    "`Sequential` expects `Input` once and in front of all layers, received it later. Move it to the "
                    "front."
                )
            self.input = layer
            return
        taken = {other.name for other in self.walk()}
        for one in layer.walk():
            if one.name in taken:
                raise ConfigurationError(
                    f"`Sequential` expects layers with names of their own, received {one.name!r} twice. Make a new "
                    "layer, or give it another `name=`."
                )
            owner = _OWNERS.get(one)
            if owner is not None and owner() not in (None, self):
                raise ConfigurationError(
                    f"A layer holds the weights of one model, received {one.name!r}, which belongs to another. Make a "
                    f"new one with `{type(one).__name__}.from_config(layer.get_config())` and copy its weights with "
                    "`set_weights`."
                )
        for one in layer.walk():
            _OWNERS[one] = weakref.ref(self)
        self._layers.append(layer)

    def walk(self) -> Iterator[Layer]:
        """The layers and those within them, in order."""
        for layer in self._layers:
            yield from layer.walk()

    def remove_last(self) -> Layer:
        """Take away the last layer, or `Input` where it is alone.

        Raises:
            ConfigurationError: There is none.
        """
        if self._layers:
            layer = self._layers.pop()
            for one in layer.walk():
                _OWNERS.pop(one, None)
            return layer
        if self.input is None:
            raise ConfigurationError("`pop` expects a model with layers, received one without. Add layers first.")
        alone, self.input = self.input, None
        return alone

    def find(self, name: str | None, index: int | None) -> Layer:
        """The layer of this name, also within another, or at this position.

        Raises:
            ConfigurationError: There is none, or not exactly one of the arguments was given.
        """
        if (name is None) == (index is None):
            raise ConfigurationError(
                "`get_layer` expects `name` or `index`, received both or neither. Give one of them."
            )
        if index is not None:
            if not -len(self._layers) <= index < len(self._layers):
                raise ConfigurationError(
                    f"`get_layer` expects an index below the number of layers, {len(self._layers)}, received {index}."
                )
            return self._layers[index]
        for layer in self.walk():
            if layer.name == name:
                return layer
        raise unknown_name("layer", str(name), [layer.name for layer in self.walk()])


def _no_layer(value: object) -> ConfigurationError | UnsupportedError:
    if hasattr(value, "layers") and hasattr(value, "predict"):
        return UnsupportedError(
            "`Sequential` expects layers, received a whole model. Add its layers one by one, or add what is missing "
            "to the model itself: `model.add(Softmax())`."
        )
    advice = "See `figurate.layers`."
    if isinstance(value, type) and issubclass(value, Layer):
        advice = f"Write `{value.__name__}()`, with its arguments."
    return ConfigurationError(
        f"`Sequential` expects layer objects of `figurate.layers`, received {shown(value)}. {advice}"
    )


def without_names(layers: Iterable[Layer]) -> list[Any]:
    """The layers' configurations without names and input shapes, which differ between two builds of one model."""
    return [_without_names(serialize(layer)) for layer in layers]


def _without_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_names(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _without_names(entry) for key, entry in value.items() if key not in ("name", "input_shape")}
    return value
