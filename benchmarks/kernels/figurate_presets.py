"""The presets' convolutions and dense layers, as JSON; run in figurate's own environment.

A line: {preset: [[kind, arguments], ...]}, kinds and arguments those of networks.py. Layers within layers, and
convolutions in groups, spread or with windows that are not square, are left out.
"""

from __future__ import annotations

import json
from typing import Any

from figurate import presets
from figurate.layers import Activation, Conv2D, Dense, Layer, MaxPooling2D, ReLU

Described = tuple[str, dict[str, Any]]


def is_relu(layer: Layer) -> bool:
    return isinstance(layer, ReLU) or (isinstance(layer, Activation) and layer.get_config()["activation"] == "relu")


def halves(layer: Layer) -> bool:
    return isinstance(layer, MaxPooling2D) and layer.pool_size == layer.strides == (2, 2) and layer.padding == "valid"


def convolution(layer: Conv2D, shape: tuple[int, ...], following: list[Layer]) -> Described | None:
    """A convolution on (height, width, channels) with what the engine takes into it; None where it is no plain one."""
    config = layer.get_config()
    (window, across), (strides, strides_across) = config["kernel_size"], config["strides"]
    if (window, strides) != (across, strides_across) or config["groups"] != 1 or set(config["dilation_rate"]) != {1}:
        return None
    relu = config["activation"] == "relu"
    if following and not relu and is_relu(following[0]):
        relu, following = True, following[1:]
    linear = relu or config["activation"] == "linear"
    names = ("height", "width", "channels")
    return "Convolution", {
        **dict(zip(names, shape, strict=True)),
        "filters": config["filters"],
        "window": window,
        "strides": strides,
        "same": config["padding"] == "same",
        "relu": relu,
        "pooled": bool(following) and linear and halves(following[0]),
    }


def described(layers: list[Layer], shape: tuple[int, ...]) -> list[Described]:
    """Convolutions and dense layers of a network for figures of `shape`; the first of them is marked."""
    found: list[Described] = []
    for place, layer in enumerate(layers):
        if isinstance(layer, Conv2D) and (one := convolution(layer, shape, layers[place + 1 :])):
            one[1]["first"] = not found
            found.append(one)
        elif isinstance(layer, Dense) and len(shape) == 1:
            found.append(("Dense", {"inputs": shape[0], "units": layer.units}))
        shape = tuple(layer.compute_output_shape((None, *shape)))[1:]
    return found


if __name__ == "__main__":
    shape = (28, 28, 1)
    chosen = [presets.get(name) for name in presets.names() if presets.get(name).planes]
    print(json.dumps({preset.name: described(preset.build(shape, 10, seed=0).layers, shape) for preset in chosen}))
