"""A program in int8: its weights, multipliers and tables, found after training.

Weights have a scale for each filter, values one scale and zero point each, found on figures; sums are int32, and a
multiplier of 31 bits and a shift bring them into the scale of what comes out.

Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference"
(arXiv:1712.05877), sections 2.1 to 2.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import UnsupportedError
from figurate.export import quantizing, reference
from figurate.export.c.operations import Addition, Convolution, Function, Normalization, Padding, Pooling
from figurate.export.c.program import Program
from figurate.export.pixels import Scaling
from figurate.export.quantizing import Quantization
from figurate.export.steps import Floats

Bytes = npt.NDArray[np.int8]

_ADDED_BITS = 20
"""Of an addition's multipliers: finer than a 1000th of a step of its sum, and far from 64 bits."""


@dataclass(frozen=True, eq=False)
class Layer:
    """A convolution's numbers.

    Attributes:
        weights: (filters, rows, columns, channels of a group).
        bias: (filters,).
        scales: (filters,) of the sums.
        multipliers, shifts: (filters,), which bring a sum into the scale of what comes out.
    """

    weights: Bytes
    bias: npt.NDArray[np.int32]
    scales: Floats
    multipliers: npt.NDArray[np.int32]
    shifts: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class IntegerProgram:
    """A program whose values are int8.

    Attributes:
        program: What it was made from.
        values: How each value's integers stand for numbers.
        layers: By the number of the operation: convolutions' numbers.
        tables: By the number of the operation: what functions give for -128..127.
    """

    program: Program
    values: list[Quantization]
    layers: dict[int, Layer]
    tables: dict[int, Bytes]

    @classmethod
    def of(cls, program: Program, figures: Floats, scaling: Scaling | None) -> IntegerProgram:
        """The program in int8.

        Args:
            program: Of a lowered plan.
            figures: (n, *input_shape), some hundred, on which the ranges of values are found.
            scaling: How pixels become the model's input, or None: then the figures' own range counts.

        Raises:
            UnsupportedError: An operation has no integer form; the message names its layer.
        """
        ranges = quantizing.ranges_of(program.plan, figures)
        values = [ranges[step + 1] for step in program.origins]
        if scaling is not None:
            values[0] = Quantization.of_range(*scaling.ends)
        layers, tables = {}, {}
        for number, operation in enumerate(program.operations):
            before, after = values[operation.inputs[0]], values[operation.output]
            if isinstance(operation, Convolution):
                layers[number] = _layer(operation, before, after)
            elif isinstance(operation, Function):
                tables[number] = _table(operation, before, after)
            elif isinstance(operation, Pooling | Padding):
                values[operation.output] = before
            elif isinstance(operation, Normalization):
                raise UnsupportedError(
                    f"`{operation.layer}` cannot be exported to C in int8, expected layers whose numbers keep one "
                    "scale, received LayerNormalization. Use BatchNormalization, or `precision='float32'`."
                )
        return cls(program, values, layers, tables)

    def pixel_table(self, scaling: Scaling) -> Bytes:
        """(256,): each pixel in the first value's integers."""
        return quantized(np.arange(256) * np.float64(scaling.scale) + scaling.offset, self.values[0])

    def addition(self, operation: Addition) -> tuple[tuple[int, int], int]:
        """The two multipliers of an addition, and its shift."""
        after = float(self.values[operation.output].scale[0])
        one, other = (round(float(self.values[value].scale[0]) / after * 2**_ADDED_BITS) for value in operation.inputs)
        return (one, other), _ADDED_BITS


def multiplier_and_shift(factor: float) -> tuple[int, int]:
    """A positive factor below 2^30 as `multiplier / 2^shift`, the multiplier of 31 bits.

    Example:
        >>> multiplier_and_shift(0.75)
        (1610612736, 31)
    """
    fraction, exponent = math.frexp(factor)
    multiplier, shift = round(fraction * 2**31), 31 - exponent
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift - 1
    if shift > 62:  # so small that nearly all becomes 0
        multiplier, shift = multiplier >> min(shift - 62, 31), 62
    return multiplier, shift


def quantized(numbers: npt.NDArray[Any], by: Quantization) -> Bytes:
    """Numbers as int8, to the nearest, halves up."""
    whole: Bytes = np.clip(np.floor(numbers / by.scale + 0.5) + by.zero, -128, 127).astype(np.int8)
    return whole


def function_of(name: str, alpha: float, x: Floats) -> Floats:
    """A function as `steps.Activation` has it."""
    function = reference.FUNCTIONS[name]
    return np.asarray(function(x, alpha) if alpha else function(x), np.float32)


def _layer(operation: Convolution, before: Quantization, after: Quantization) -> Layer:
    kernel, by = quantizing.weights(operation.kernel, 0)
    bias, sums = quantizing.bias(operation.bias, before, by)
    pairs = [multiplier_and_shift(float(scale) / float(after.scale[0])) for scale in sums.scale]
    multipliers, shifts = zip(*pairs, strict=True)
    return Layer(kernel, bias, sums.scale, np.array(multipliers, np.int32), np.array(shifts, np.uint8))


def _table(operation: Function, before: Quantization, after: Quantization) -> Bytes:
    x = ((np.arange(-128, 128) - before.zero) * before.scale).astype(np.float32)
    return quantized(function_of(operation.function, operation.alpha, x), after)
