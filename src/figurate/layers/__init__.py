"""The layers of a network: configuration and shapes. The engine computes them.

`get`, `serialize` and `deserialize` go through the closed list below.
"""

from __future__ import annotations

from figurate.layers.activation import Activation
from figurate.layers.base import Layer, WeightSpec
from figurate.layers.dense import Dense
from figurate.layers.dropout import Dropout
from figurate.layers.flatten import Flatten
from figurate.layers.input import Input, InputLayer
from figurate.layers.relu import ReLU
from figurate.layers.rescaling import Rescaling
from figurate.layers.reshape import Reshape
from figurate.layers.softmax import Softmax
from figurate.registry import Registry

__all__ = [
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
    "WeightSpec",
    "deserialize",
    "get",
    "serialize",
]

_REGISTRY: Registry[Layer] = Registry(
    "layer", (Activation, Dense, Dropout, Flatten, InputLayer, ReLU, Rescaling, Reshape, Softmax)
)

get = _REGISTRY.get
serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
