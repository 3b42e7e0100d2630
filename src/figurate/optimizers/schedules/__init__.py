"""Schedules: the learning rate as a function of the step. Keras 3's names, defaults and formulas, and `OneCycle`.

A schedule is called with a step, or with a numpy array of steps, and computes in float64; the engine gets float32.
Steps count updates of the weights from 0. A schedule of one's own, a subclass with `__call__`, trains, but no file can
hold it. Where a number of steps may be None, `fit` fills it in: see `LearningRateSchedule`.
"""

from __future__ import annotations

from figurate.optimizers.schedules.base import LearningRateSchedule
from figurate.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from figurate.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from figurate.optimizers.schedules.one_cycle import OneCycle
from figurate.registry import Registry

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_REGISTRY: Registry[LearningRateSchedule] = Registry(
    "schedule",
    (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
        CosineDecayRestarts,
        OneCycle,
    ),
)

serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
