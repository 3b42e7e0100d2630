"""The steps of an inference plan: a closed list of what a trained network computes, each with its weights and geometry.

Everything is channels last and for one figure, without the batch axis. Steps hold no code: `reference.py` computes
them in numpy, and each format's writer says them in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Shape = tuple[int, ...]
Two = tuple[int, int]
Margins = tuple[Two, Two]
"""((top, bottom), (left, right)), in pixels."""

INPUT = -1
"""Stands among a step's inputs for the figure itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """The base of all steps.

    Attributes:
        layer: The name of the layer that it comes from, for messages.
        inputs: The numbers of the steps whose outputs it takes; `INPUT` is the figure. One, but for `Add` and `Mean`.
        shape: Of its output.
    """

    layer: str
    inputs: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True, kw_only=True, eq=False)
class Rescaling(Step):
    """`x * scale + offset`, one number each."""

    scale: float
    offset: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ScaleShift(Step):
    """`x * scale + shift` along the last axis, each (channels,): a batch normalization that no neighbour took in."""

    scale: Floats
    shift: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNormalization(Step):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta` over the last axis. gamma and beta: (channels,)."""

    gamma: Floats
    beta: Floats
    epsilon: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Dense(Step):
    """`x @ kernel + bias`. kernel: (inputs, units), bias: (units,)."""

    kernel: Floats
    bias: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Conv2D(Step):
    """A convolution. kernel: (rows, columns, channels in / groups, filters), bias: (filters,); `padding` is zeros."""

    kernel: Floats
    bias: Floats
    strides: Two
    dilation: Two
    padding: Margins
    groups: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DepthwiseConv2D(Step):
    """A convolution of each channel on its own. kernel: (rows, columns, channels in, multiplier); `padding` is zeros.

    bias: (channels in · multiplier,); the windows of the first channel come first.
    """

    kernel: Floats
    bias: Floats
    strides: Two
    dilation: Two
    padding: Margins


@dataclass(frozen=True, kw_only=True, eq=False)
class MaxPooling2D(Step):
    """The greatest value of each window; `padding` is never the greatest."""

    window: Two
    strides: Two
    padding: Margins


@dataclass(frozen=True, kw_only=True, eq=False)
class AveragePooling2D(Step):
    """The mean of each window's pixels within the figure; `padding` does not count."""

    window: Two
    strides: Two
    padding: Margins


@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalMaxPooling2D(Step):
    """The greatest value of each channel: (height, width, channels) to (channels,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalAveragePooling2D(Step):
    """The mean of each channel: (height, width, channels) to (channels,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ZeroPadding2D(Step):
    """Zeros around the figure."""

    padding: Margins


@dataclass(frozen=True, kw_only=True, eq=False)
class Reshape(Step):
    """The same values, in the same order, in another shape; flattening too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Activation(Step):
    """A function of each value.

    Attributes:
        function: "relu", "leaky_relu" (alpha: slope below 0), "elu" (alpha: see `activations.elu`), "gelu" (the exact
            form), "silu", "tanh" or "sigmoid".
        alpha: 0 where the function has none.
    """

    function: str
    alpha: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Softmax(Step):
    """`exp(x) / sum(exp(x))` over a figure's one axis."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Add(Step):
    """The sum of its two inputs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mean(Step):
    """The mean of its inputs, the members of an ensemble; the last step, if it is there."""


KINDS = (
    Rescaling,
    ScaleShift,
    LayerNormalization,
    Dense,
    Conv2D,
    DepthwiseConv2D,
    MaxPooling2D,
    AveragePooling2D,
    GlobalMaxPooling2D,
    GlobalAveragePooling2D,
    ZeroPadding2D,
    Reshape,
    Activation,
    Softmax,
    Add,
    Mean,
)
"""The closed list."""
