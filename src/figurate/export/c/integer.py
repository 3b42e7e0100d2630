"""A program in int8, run in numpy: bit for bit the C's sums. For tests, and where there is no compiler."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.export.c.operations import Addition, Convolution, Function, Padding, Pooling
from figurate.export.c.quantized import IntegerProgram, function_of, quantized
from figurate.export.pixels import Scaling
from figurate.export.steps import Floats

Wide = npt.NDArray[np.int64]


def run(integers: IntegerProgram, figures: npt.NDArray[Any], scaling: Scaling | None) -> Floats:
    """The scores for figures.

    Args:
        integers: The program.
        figures: (n, …): pixels of 0..255 where `scaling` is given, else floats as `predict` takes them.
        scaling: How pixels become the model's input.

    Returns:
        float32 (n, outputs).
    """
    program = integers.program
    if scaling is not None:
        entered = integers.pixel_table(scaling)[np.asarray(figures, np.uint8)]
    else:
        entered = quantized(np.asarray(figures, np.float32), integers.values[0])
    count = len(entered)
    found: dict[int, Wide] = {0: entered.astype(np.int64).reshape(count, -1)}
    scores: Floats | None = None
    for number, operation in enumerate(program.operations):
        x = found[operation.inputs[0]]
        before, after = integers.values[operation.inputs[0]], integers.values[operation.output]
        if isinstance(operation, Convolution):
            layer = integers.layers[number]
            sums = _pooled_sums(operation, convolved(operation, x - before.zero, layer.weights) + layer.bias)
            if program.gives_scores(number):
                scores = sums.reshape(count, -1).astype(np.float32) * layer.scales
            made = after.zero + scaled(sums, layer.multipliers, layer.shifts)
            made = np.clip(made, after.zero if operation.relu else -128, 127)
        elif isinstance(operation, Pooling):
            made = _pooled(operation, x)
        elif isinstance(operation, Padding):
            top, bottom, left, right = operation.margins
            margins = ((0, 0), (top, bottom), (left, right), (0, 0))
            made = np.pad(x.reshape(-1, *operation.shape), margins, constant_values=after.zero)
        elif isinstance(operation, Function):
            made = integers.tables[number][x + 128].astype(np.int64)
        else:
            assert isinstance(operation, Addition)
            factors, shift = integers.addition(operation)
            others = [found[value] - integers.values[value].zero for value in operation.inputs]
            total = others[0] * factors[0] + others[1] * factors[1]
            made = np.clip(after.zero + scaled(total, 1, shift), -128, 127)
        found[operation.output] = made.reshape(count, -1)
    if scores is None:
        by = integers.values[program.result]
        scores = (found[program.result] - by.zero).astype(np.float32) * by.scale
    return _finished(integers, scores)


def scaled(number: Wide, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> Wide:
    """`number * multiplier / 2^shift`, rounded to the nearest, halves up, in 64 bits."""
    wide = np.asarray(shift, np.int64)
    return np.asarray((number * np.asarray(multiplier, np.int64) + (np.int64(1) << (wide - 1))) >> wide)


def convolved(operation: Convolution, x: Wide, weights: npt.NDArray[np.int8]) -> Wide:
    """A convolution's sums (n, height, width, filters), without the bias. x: (n, …), as whole numbers."""
    height, width = operation.sums
    (rows, columns), (down, across) = weights.shape[1:3], operation.strides
    (row_step, column_step), (top, left) = operation.dilation, operation.margin
    planes = x.astype(np.float64).reshape(-1, *operation.shape)  # exact, and faster than whole numbers
    bottom = max((height - 1) * down + (rows - 1) * row_step + 1 - top - planes.shape[1], 0)
    right = max((width - 1) * across + (columns - 1) * column_step + 1 - left - planes.shape[2], 0)
    padded = np.pad(planes, ((0, 0), (top, bottom), (left, right), (0, 0)))
    groups, filters, entering = operation.groups, weights.shape[0] // operation.groups, weights.shape[3]
    by = weights.astype(np.float64).reshape(groups, filters, rows, columns, entering)
    sums = np.zeros((len(planes), height, width, groups, filters))
    for row, column in np.ndindex(rows, columns):
        part = padded[:, row * row_step :, column * column_step :][:, ::down, ::across][:, :height, :width]
        grouped = part.reshape(*part.shape[:3], groups, 1, entering)
        sums += (grouped @ by[:, :, row, column].transpose(0, 2, 1))[..., 0, :]
    return sums.reshape(len(planes), height, width, -1).astype(np.int64)


def _pooled_sums(operation: Convolution, sums: Wide) -> Wide:
    if operation.pool == (1, 1):
        return sums
    windows = np.lib.stride_tricks.sliding_window_view(sums, operation.pool, axis=(1, 2))
    largest = windows[:, :: operation.pool_strides[0], :: operation.pool_strides[1]].max(axis=(-2, -1))
    return np.asarray(largest)


def _pooled(operation: Pooling, x: Wide) -> Wide:
    planes = x.reshape(-1, *operation.shape)
    result = np.empty((len(planes), *operation.out, operation.shape[2]), np.int64)
    for place in np.ndindex(*operation.out):
        rows, columns = (
            slice(max(at * stride - margin, 0), at * stride - margin + length)
            for at, stride, margin, length in zip(
                place, operation.strides, operation.margin, operation.window, strict=True
            )
        )
        part = planes[:, rows, columns].reshape(len(planes), -1, operation.shape[2])
        if operation.largest:
            result[:, place[0], place[1]] = part.max(axis=1)
        else:
            total, count = part.sum(axis=1), part.shape[1]
            result[:, place[0], place[1]] = np.sign(total) * ((np.abs(total) + count // 2) // count)
    return result


def _finished(integers: IntegerProgram, scores: Floats) -> Floats:
    tail = integers.program.tail
    if tail is None:
        return scores
    if tail.function != "softmax":
        return function_of(tail.function, tail.alpha, scores)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
