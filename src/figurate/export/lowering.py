"""A plan in fewer kinds of steps: scales and shifts of any kind become convolutions of one pixel, or are folded.

LiteRT's int8 operators know no rescaling. A scale without an offset goes into the weights of what follows it; what
remains is a depthwise convolution with a window of one pixel, which computes the same.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from figurate.export import folding
from figurate.export.plan import Plan
from figurate.export.steps import DepthwiseConv2D, Rescaling, Reshape, ScaleShift, Step


def lowered(plan: Plan) -> Plan:
    """The same computation without `Rescaling` and `ScaleShift`."""
    along_channels = [_as_scale_shift(step) for step in plan.steps]
    return Plan(plan.input_shape, _as_convolutions(folding.folded(along_channels)))


def _as_scale_shift(step: Step) -> Step:
    if not isinstance(step, Rescaling):
        return step
    channels = step.shape[-1] if len(step.shape) == 3 else 1
    scale, shift = (np.full(channels, value, np.float32) for value in (step.scale, step.offset))
    return ScaleShift(layer=step.layer, inputs=step.inputs, shape=step.shape, scale=scale, shift=shift)


def _as_convolutions(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    found: list[Step] = []
    now: list[int] = []  # where each of the old steps' outputs is among the new ones
    for step in steps:
        inputs = tuple(now[n] if n >= 0 else n for n in step.inputs)
        if isinstance(step, ScaleShift):
            found += _convolution(step, inputs, len(found))
        else:
            found.append(replace(step, inputs=inputs))
        now.append(len(found) - 1)
    return tuple(found)


def _convolution(step: ScaleShift, inputs: tuple[int, ...], first: int) -> list[Step]:
    """A scale and shift as a window of one pixel, between reshapes where the figure is no planes."""
    channels = len(step.scale)
    planes = step.shape if len(step.shape) == 3 else (1, math.prod(step.shape) // channels, channels)
    window = DepthwiseConv2D(
        layer=step.layer,
        inputs=inputs,
        shape=planes,
        kernel=step.scale.reshape(1, 1, channels, 1),
        bias=step.shift,
        strides=(1, 1),
        dilation=(1, 1),
        padding=((0, 0), (0, 0)),
    )
    if planes == step.shape:
        return [window]
    return [
        Reshape(layer=step.layer, inputs=inputs, shape=planes),
        replace(window, inputs=(first,)),
        Reshape(layer=step.layer, inputs=(first + 1,), shape=step.shape),
    ]
