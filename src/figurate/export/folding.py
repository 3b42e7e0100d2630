"""Scales and shifts taken into the weights of a neighbour, in float64, so that they cost nothing where the file runs.

A batch normalization is a scale and a shift of each channel. The convolution or dense layer before it takes both in;
so does the one after it, past a reshape, unless there is a shift and it pads with zeros, which were not shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from figurate.export.steps import INPUT, Conv2D, Dense, DepthwiseConv2D, Reshape, ScaleShift, Step

Linear = Dense | Conv2D | DepthwiseConv2D
Doubles = npt.NDArray[np.float64]


def folded(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same computation with as few `ScaleShift` steps as possible.

    Args:
        steps: A plan's, in order.
    """
    found = list(steps)
    number = 0
    while number < len(found):
        step = found[number]
        if isinstance(step, ScaleShift) and (_fold_back(found, number) or _fold_forward(found, number)):
            _remove(found, number)
        else:
            number += 1
    return tuple(found)


def _fold_back(steps: list[Step], number: int) -> bool:
    """Take a scale and shift into the linear step before it, where nothing else needs that one's output."""
    scaling = steps[number]
    (before,) = scaling.inputs
    assert isinstance(scaling, ScaleShift)
    if before == INPUT or _users(steps, before) != [number]:
        return False
    linear = steps[before]
    if not isinstance(linear, Linear):
        return False
    scale = scaling.scale.astype(np.float64)
    kernel = linear.kernel * (scale.reshape(linear.kernel.shape[2:]) if isinstance(linear, DepthwiseConv2D) else scale)
    steps[before] = _with(linear, kernel, linear.bias * scale + scaling.shift)
    return True


def _fold_forward(steps: list[Step], number: int) -> bool:
    """Take a scale and shift into the linear step after it, past reshapes, where that alone needs its output."""
    scaling = steps[number]
    assert isinstance(scaling, ScaleShift)
    current = number
    while True:
        users = _users(steps, current)
        if len(users) != 1:
            return False
        (current,) = users
        after = steps[current]
        if not isinstance(after, Reshape):
            break
    entering = steps[after.inputs[0]].shape
    channels = len(scaling.scale)
    if not isinstance(after, Linear) or entering[-1] % channels:
        return False
    if not isinstance(after, Dense):
        padded = after.padding != ((0, 0), (0, 0))
        if entering[-1] != channels or (padded and scaling.shift.any()):
            return False
    # A figure that lies flat has its channels one after the other for each pixel.
    repeats = entering[-1] // channels
    scale, shift = (np.tile(values.astype(np.float64), repeats) for values in (scaling.scale, scaling.shift))
    steps[current] = _taken_in(after, scale, shift)
    return True


def _taken_in(linear: Linear, scale: Doubles, shift: Doubles) -> Linear:
    """The step that gives for x what `linear` gives for `x * scale + shift`. Both: (channels that come in,)."""
    kernel = linear.kernel.astype(np.float64)
    if isinstance(linear, Dense):
        return _with(linear, kernel * scale[:, np.newaxis], linear.bias + shift @ kernel)
    if isinstance(linear, DepthwiseConv2D):
        moved = (kernel.sum(axis=(0, 1)) * shift[:, np.newaxis]).reshape(-1)
        return _with(linear, kernel * scale[:, np.newaxis], linear.bias + moved)
    # In a grouped convolution each filter sees the channels of its own group.
    per_group, filters = kernel.shape[2], kernel.shape[3]
    group = np.arange(filters) // (filters // linear.groups)
    seen = group * per_group + np.arange(per_group)[:, np.newaxis]  # (channels of a group, filters)
    moved = (kernel * shift[seen]).sum(axis=(0, 1, 2))
    return _with(linear, kernel * scale[seen], linear.bias + moved)


def _with(linear: Linear, kernel: Doubles, bias: Doubles) -> Linear:
    return replace(linear, kernel=kernel.astype(np.float32), bias=bias.astype(np.float32))


def _users(steps: Sequence[Step], number: int) -> list[int]:
    return [user for user, step in enumerate(steps) if number in step.inputs]


def _remove(steps: list[Step], number: int) -> None:
    """Take a step out; what took its output takes its input, and later steps are one number lower."""
    (before,) = steps.pop(number).inputs
    for place, step in enumerate(steps):
        inputs = (before if n == number else n - (n > number) for n in step.inputs)
        steps[place] = replace(step, inputs=tuple(inputs))
