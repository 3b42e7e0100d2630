"""What the drawings need to know of a model: its layers with shapes and parameter counts, and its first weights.

Reads a model; changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from figurate.errors import ConfigurationError, ShapeError, shown

if TYPE_CHECKING:
    from figurate.layers import Layer
    from figurate.models import Ensemble, Sequential

_CONVOLUTIONS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D")


@dataclass(frozen=True)
class Part:
    """One layer as a drawing shows it.

    Attributes:
        kind: the layer's class, such as "Dense".
        detail: what sets it apart, such as "relu" or "× 1/255"; may be empty.
        shape: its output's shape, without the batch axis.
        parameters: how many numbers it has.
        around: where a way around others ends, the place of the part that it begins behind, else None.
    """

    kind: str
    detail: str
    shape: tuple[int, ...]
    parameters: int
    around: int | None = None

    @property
    def size(self) -> int:
        """Numbers a figure becomes at this layer's output."""
        return math.prod(self.shape)

    @property
    def planes(self) -> bool:
        """Whether a figure is a plane a channel there: height, width, channels."""
        return len(self.shape) == 3


def parts(model: Sequential) -> list[Part]:
    """The input and every layer of a built model.

    Raises:
        ConfigurationError: where the model doesn't know its input's shape yet, or is no `Sequential`.
    """
    _check_one(model)
    shape = model_input_shape(model)
    found = [Part("Input", "", shape, 0)]
    for layer in model.layers:
        _append(found, layer)
    return found


def _append(found: list[Part], layer: Layer) -> None:
    """Add a layer's part; for a `Residual` those of its layers, then one for the sum with what goes around them."""
    shape = layer.output_shape_of(layer.built_shape)
    kind = type(layer).__name__
    if not layer.nested:
        found.append(Part(kind, _detail(kind, layer.get_config()), shape, layer.count_params()))
        return
    begin = len(found) - 1
    around = []
    for place, within in layer.nested:
        if place.startswith("layers."):
            _append(found, within)
        else:
            around.append(within)
    names = ", ".join(type(within).__name__ for within in around) or "input"
    found.append(Part(kind, f"+ {names}", shape, sum(within.count_params() for within in around), begin))


def model_input_shape(model: Sequential | Ensemble) -> tuple[int, ...]:
    """The shape of one figure as the model takes it, without the batch axis.

    Raises:
        ConfigurationError: where the model doesn't know it yet.
    """
    shape = model.input_shape if model.built else None
    if shape is None:
        raise ConfigurationError(
            "A model is drawn once its shapes are known; this one hasn't seen its input's shape. "
            "Begin it with `Input((28, 28))`, or call `fit` first."
        )
    return _known(shape)


def first_weights(model: Sequential) -> tuple[str, NDArray[np.float32]]:
    """The kernel of the first `Dense` layer or convolution as pictures.

    Returns:
        What each picture is of, "neuron" or "filter", and the pictures: (units or filters, height, width), of colour
        figures (units or filters, height, width, 3).

    Raises:
        ShapeError: where the model has no such layer, or its inputs aren't the pixels of one grey or colour figure.
        ConfigurationError: where the model doesn't know its input's shape yet, or is no `Sequential`.
    """
    _check_one(model)
    shape = model_input_shape(model)
    for layer in (one for outer in model.layers for one in outer.walk()):
        kind = type(layer).__name__
        if kind == "Dense":
            kernel = np.asarray(layer.get_weights()[0], dtype=np.float32)
            return "neuron", np.ascontiguousarray(kernel.T.reshape(-1, *_picture_shape(shape, kernel.shape[0])))
        if kind in _CONVOLUTIONS:
            kernel = np.asarray(layer.get_weights()[0], dtype=np.float32)
            channels = kernel.shape[2]
            if channels not in (1, 3) or (channels == 3 and kind != "Conv2D"):
                raise ShapeError(
                    f"First-layer weights are drawn where they see one grey or colour figure together; here the first "
                    f"`{kind}` sees {channels} channels. Draw the network instead."
                )
            filters = kernel.transpose(3, 0, 1, 2)
            return "filter", np.ascontiguousarray(filters if channels == 3 else filters[:, :, :, 0])
    raise ShapeError(
        "First-layer weights are drawn for a `Dense` layer or a convolution; this model has none. Add one, or draw the "
        "network instead."
    )


def _check_one(model: object) -> None:
    """Refuse what has no layers of its own.

    Raises:
        ConfigurationError: for what is no `Sequential`.
    """
    from figurate.models import Ensemble, Sequential  # here, so that drawing arrays doesn't load the engine

    if isinstance(model, Ensemble):
        raise ConfigurationError(
            f"Layers and weights are drawn of one model, a `Sequential`; received an ensemble of {len(model.models)}. "
            "Draw one of its members, such as `ensemble.models[0]`."
        )
    if not isinstance(model, Sequential):
        raise ConfigurationError(
            f"Layers and weights are drawn of a `Sequential`, received {shown(model)}. Pass the model; from a file it "
            "comes with `load_model(path)`."
        )


def _known(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """A shape in Keras' form without its batch axis."""
    return tuple(length for length in shape[1:] if length is not None)


def _picture_shape(shape: tuple[int, ...], inputs: int) -> tuple[int, ...]:
    """Height, width and, in colour, 3, of the picture that a neuron's weights make."""
    if math.prod(shape) == inputs:
        if len(shape) == 2 or (len(shape) == 3 and shape[2] == 3):
            return shape
        if len(shape) == 3 and shape[2] == 1:
            return shape[0], shape[1]
        side = math.isqrt(inputs)
        if len(shape) == 1 and side * side == inputs:
            return side, side
    raise ShapeError(
        f"First-layer weights are drawn where they see the pixels of one grey or colour figure; here a figure is "
        f"{shape} and the first `Dense` layer has {inputs} inputs. Draw the network instead."
    )


def _by(sizes: object) -> str:
    """[3, 3] as "3×3"."""
    return "×".join(map(str, sizes)) if isinstance(sizes, list) else str(sizes)


def _detail(kind: str, config: dict[str, object]) -> str:
    """The one setting of a layer worth a place in a drawing."""
    if kind == "Rescaling":
        scale = config.get("scale")
        if isinstance(scale, float) and 0.0 < scale < 1.0 and abs(1.0 / scale - round(1.0 / scale)) < 1e-6:
            return f"× 1/{round(1.0 / scale)}"
        return f"× {scale}"
    if kind in ("Dropout", "SpatialDropout2D"):
        return f"{config.get('rate')}"
    if kind in ("MaxPooling2D", "AveragePooling2D"):
        return _by(config["pool_size"])
    if kind in _CONVOLUTIONS:
        activation = config["activation"]
        return _by(config["kernel_size"]) + ("" if activation == "linear" else f" {activation}")
    activation = config.get("activation", "linear")
    return "" if activation == "linear" else str(activation)
