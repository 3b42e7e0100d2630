"""What a C program is made of: a closed list of operations, each one call of a function.

Each takes and gives values: numbers without a shape, the first of which is the figure. Planes are channels last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from figurate.export.steps import Floats, Shape, Two


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """The base of all operations.

    Attributes:
        layer: The name of the layer that it comes from.
        inputs, output: Numbers of the program's values.
    """

    layer: str
    inputs: tuple[int, ...]
    output: int = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Convolution(Operation):
    """kernel: (filters, rows, columns, channels of a group), bias: (filters,).

    Attributes:
        shape: (height, width, channels) of what comes in.
        strides, dilation: Of the window.
        margin: (top, left) zeros.
        sums: (height, width) of the convolution itself.
        pool, pool_strides: The windows whose largest sum counts; (1, 1): none.
        out: (height, width) of what comes out.
        relu: Whether what comes out is at least 0.
    """

    kernel: Floats
    bias: Floats
    shape: Shape
    strides: Two = (1, 1)
    dilation: Two = (1, 1)
    margin: Two = (0, 0)
    sums: Two = (1, 1)
    pool: Two = (1, 1)
    pool_strides: Two = (1, 1)
    out: Two = (1, 1)
    relu: bool = False

    @property
    def groups(self) -> int:
        """How many parts the channels are in."""
        entering: int = self.kernel.shape[3]
        return self.shape[2] // entering

    @property
    def multiplications(self) -> int:
        """For one figure; those with zeros of the margin count, too."""
        return math.prod(self.out) * math.prod(self.pool) * int(self.kernel.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooling(Operation):
    """The largest or the mean of windows; what lies outside does not count. shape, out: as in `Convolution`."""

    largest: bool
    shape: Shape
    window: Two
    strides: Two = (1, 1)
    margin: Two = (0, 0)
    out: Two = (1, 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Padding(Operation):
    """Zeros around. margins: top, bottom, left, right."""

    shape: Shape
    margins: tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Function(Operation):
    """A function of each value, in place where it may be. function, alpha: see `steps.Activation`."""

    function: str
    alpha: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Normalization(Operation):
    """`steps.LayerNormalization`, in place where it may be."""

    gamma: Floats
    beta: Floats
    epsilon: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Addition(Operation):
    """The sum of two values."""


IN_PLACE = (Function, Normalization, Addition)
"""These may write what they give over the first of what they take."""
