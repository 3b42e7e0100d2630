"""Optimizers: how weights follow their gradients; and schedules of the learning rate under `optimizers.schedules`.

`get`, `serialize` and `deserialize` go through the closed list below.
"""

from __future__ import annotations

from figurate.optimizers import schedules
from figurate.optimizers.adam import Adam, AdamW
from figurate.optimizers.base import Optimizer
from figurate.optimizers.rmsprop import RMSprop
from figurate.optimizers.sgd import SGD
from figurate.registry import Registry

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "deserialize", "get", "schedules", "serialize"]

_REGISTRY: Registry[Optimizer] = Registry("optimizer", (Adam, AdamW, SGD, RMSprop), spelling=str.lower)

get = _REGISTRY.get
serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
