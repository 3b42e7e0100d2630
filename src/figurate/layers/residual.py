"""`Residual`: layers whose input is added to what they give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from figurate import layers as kinds
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.layers.augmentation import Augmentation
from figurate.layers.base import EngineLayers, FigureShape, Layer, Weights, WeightSpec, part_of
from figurate.layers.input import InputLayer
from figurate.parameters import Parameter
from figurate.registry import Parameters


@dataclass(frozen=True)
class _Layers(Parameter):
    """Layer objects, or dictionaries that `layers.serialize` wrote, kept as a tuple of layers; at least one."""

    optional: bool = False

    def check(self, owner: str, name: str, value: object) -> tuple[Layer, ...] | None:
        if value is None and self.optional:
            return None
        if not isinstance(value, (list, tuple)) or not value:
            raise self.wrong(owner, name, value, "a list of layers, such as [Conv2D(32, 3, padding='same')]")
        found = tuple(kinds.deserialize(entry) if isinstance(entry, Mapping) else entry for entry in value)
        for layer in found:
            if not isinstance(layer, Layer) or isinstance(layer, (InputLayer, Augmentation)):
                raise _no_layer(owner, name, layer)
        return found

    def encode(self, value: Any) -> object:
        return None if value is None else [kinds.serialize(layer) for layer in value]


def _no_layer(owner: str, name: str, entry: object) -> ConfigurationError | UnsupportedError:
    if hasattr(entry, "layers") and hasattr(entry, "predict"):
        return UnsupportedError(
            f"`{owner}({name}=…)` expects layers, received a whole model. Put layers into a list of their own."
        )
    advice = "See `figurate.layers`."
    if isinstance(entry, InputLayer):
        advice = "Leave it out: the layers take what comes to them."
    elif isinstance(entry, Augmentation):
        advice = "Figures are augmented in front: put it before the first layer with weights."
    elif isinstance(entry, type) and issubclass(entry, Layer):
        advice = f"Write `{entry.__name__}()`, with its arguments."
    return ConfigurationError(
        f"`{owner}({name}=…)` expects layer objects of `figurate.layers`, received {shown(entry)}. {advice}"
    )


class Residual(Layer):
    """Layers with a way around them: `shortcut(inputs) + layers(inputs)`.

    Deep networks learn better where layers only have to say what is to be changed. Keras writes this as a functional
    model, with `layers.add`.

    Args:
        layers: The layers, first to last; may hold further `Residual`s.
        shortcut: Layers of the way around. None (the default): the input as it is, which then needs the shape of what
            `layers` give.
        name, input_shape: See `Layer`.

    Input shape: (batch, …).

    Output shape: what the layers give.

    Weights: those of `layers`, then those of `shortcut`.

    Raises:
        ConfigurationError: No layers, something that is none, or two of one name.
        ShapeError: Both ways give different shapes; the message says which shortcut would do.

    Example:
        >>> from figurate.layers import Conv2D
        >>> block = Residual([Conv2D(64, 3, strides=2, padding="same")], shortcut=[Conv2D(64, 1, strides=2)])
        >>> block.compute_output_shape((None, 28, 28, 32))
        (None, 14, 14, 64)

    Source: He, Zhang, Ren & Sun, "Deep residual learning for image recognition", arXiv 1512.03385, 2015.
    """

    _parameters: ClassVar[Parameters] = {"layers": _Layers(), "shortcut": _Layers(optional=True)}
    layers: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] | None

    def __init__(
        self,
        layers: Sequence[Layer],
        shortcut: Sequence[Layer] | None = None,
        *,
        name: str | None = None,
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.layers = layers  # type: ignore[assignment]  # checked, and made a tuple, by `_check`
        self.shortcut = shortcut  # type: ignore[assignment]
        self._check()
        names: set[str] = set()
        for layer in (layer for _, within in self.nested for layer in within.walk()):
            if layer.name in names:
                raise ConfigurationError(
                    f"`Residual` expects layers with names of their own, received {layer.name!r} twice. Make a new "
                    "layer, or give it another `name=`."
                )
            names.add(layer.name)

    @property
    def nested(self) -> list[tuple[str, Layer]]:
        return [
            *((f"layers.{i}", layer) for i, layer in enumerate(self.layers)),
            *((f"shortcut.{i}", layer) for i, layer in enumerate(self.shortcut or ())),
        ]

    # -- shapes and weights ------------------------------------------------------------------------------------------

    def check_input(self, shape: FigureShape) -> None:
        self.output_shape_of(shape)

    def output_shape_of(self, shape: FigureShape) -> FigureShape:
        added = after(self.layers, shape)
        around = after(self.shortcut or (), shape)
        if added != around:
            name = "shortcut" if self.shortcut is not None else "input"
            raise ShapeError(
                f"`{self.name}` adds its {name} to what its layers give and expects one shape, received "
                f"{(None, *around)} and {(None, *added)}. {_mend(shape, added)}"
            )
        return added

    def build(self, input_shape: Sequence[int | None]) -> None:
        super().build(input_shape)
        for within in (self.layers, self.shortcut or ()):
            shape = self.built_shape
            for layer in within:
                layer.build((None, *shape))
                shape = layer.output_shape_of(shape)

    def weight_specs(self, shape: FigureShape) -> list[WeightSpec]:
        self.check_input(shape)
        specs = []
        for place, layer in self.nested:
            if place.endswith(".0"):  # both ways begin with the input
                current = shape
            specs += [replace(spec, name=f"{place}.{spec.name}") for spec in layer.weight_specs(current)]
            current = layer.output_shape_of(current)
        return specs

    def connect(self, read: Callable[[], Weights], write: Callable[[Weights], None]) -> None:
        super().connect(read, write)
        first = 0
        for _, layer in self.nested:
            last = first + len(layer.weight_specs(layer.built_shape))
            layer.connect(*part_of(read, write, first, last))
            first = last

    # -- the engine --------------------------------------------------------------------------------------------------

    def to_engine(self) -> EngineLayers:
        found: EngineLayers = [("residual_begin", {})]
        found += [kind for layer in self.layers for kind in layer.to_engine()]
        if self.shortcut is not None:
            found.append(("residual_shortcut", {}))
            found += [kind for layer in self.shortcut for kind in layer.to_engine()]
        return [*found, ("residual_end", {})]


def after(layers: Sequence[Layer], shape: FigureShape) -> FigureShape:
    """The shape of a figure after layers, given its shape before."""
    for layer in layers:
        shape = layer.output_shape_of(shape)
    return shape


def _mend(before: FigureShape, wanted: FigureShape) -> str:
    """What to pass so that both ways give the shape `wanted`."""
    if len(before) == len(wanted) == 1:
        return f"Pass `shortcut=[Dense({wanted[0]})]`."
    if len(before) == len(wanted) == 3:
        strides = tuple(-(-size // kept) for size, kept in zip(before[:2], wanted[:2], strict=True))
        if tuple(-(-size // step) for size, step in zip(before[:2], strides, strict=True)) == wanted[:2]:
            steps = "" if strides == (1, 1) else f", strides={strides[0] if strides[0] == strides[1] else strides}"
            return f"Pass `shortcut=[Conv2D({wanted[2]}, 1{steps})]`."
    return "Give the layers within `padding='same'`, or pass a `shortcut=[…]` that ends in the same shape."
