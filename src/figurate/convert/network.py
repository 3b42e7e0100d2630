"""`Network`: what a conversion carries from one library to another. Knows no library, and no model.

Layers are figurate's own, built and connected to nothing; weights are in the order of `Sequential.get_weights`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figurate.convert.findings import Findings
from figurate.errors import FigurateError
from figurate.layers import Layer, WeightSpec
from figurate.layers.base import FigureShape
from figurate.losses import Loss
from figurate.metrics import Metric
from figurate.optimizers import Optimizer

Arrays = list[npt.NDArray[np.float32]]

# A figure of 4096 × 4096 values: more than this no layer gives, as in model files.
LARGEST_FIGURE = 2**24


@dataclass(frozen=True)
class Chosen:
    """What `compile` chose."""

    optimizer: Optimizer
    loss: Loss
    metrics: Sequence[Metric | str]


@dataclass(frozen=True)
class TrainingState:
    """How far an optimizer has come.

    Args:
        iterations: Steps made so far.
        slots: What it keeps for each weight that is trained, by figurate's names: {"momentum": […], "velocity": […]}
            for Adam; in the order of the weights.
    """

    iterations: int
    slots: Mapping[str, Arrays]


@dataclass(frozen=True)
class Network:
    """A network between two libraries.

    Args:
        name: The model's.
        input_shape: Of one figure, figurate's order: (height, width, channels), (height, width) or (values,).
        layers: Built for it.
        weights: In the order of the layers.
        chosen: Optimizer, loss and metrics; None: not compiled.
        state: The optimizer's; None: it begins anew.
    """

    name: str
    input_shape: FigureShape
    layers: list[Layer]
    weights: Arrays
    chosen: Chosen | None = None
    state: TrainingState | None = None


def leaves(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The layers that hold no others, those within a `Residual` among them, in the order of their weights."""
    for layer in layers:
        nested = [within for _, within in layer.nested]
        yield from leaves(nested) if nested else [layer]


def specs_of(layer: Layer, trainable: bool = False) -> list[WeightSpec]:
    """The weights of a built layer; `trainable`: those alone that training changes."""
    return [spec for spec in layer.weight_specs(layer.built_shape) if spec.trainable or not trainable]


def build(layers: Sequence[Layer], input_shape: FigureShape, findings: Findings) -> None:
    """Tell each layer the shape of its figures; stops at the first that cannot take them, which is noted."""
    shape = input_shape
    for layer in layers:
        try:
            layer.build((None, *shape))
            for one in layer.walk():
                values = math.prod(one.output_shape_of(one.built_shape))
                if values > LARGEST_FIGURE:
                    findings.cannot(one.name, f"it would give {values:,} values a figure, more than {LARGEST_FIGURE:,}")
                    return
            shape = layer.output_shape_of(shape)
        except FigurateError as error:
            findings.cannot(layer.name, str(error))
            return
