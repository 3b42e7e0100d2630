"""Each step in plain numpy: what the exported files are held against in tests. Written to be read, not to be fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from figurate import activations
from figurate.export import steps
from figurate.export.steps import Floats, Margins, Step, Two

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "relu": activations.relu,
    "leaky_relu": activations.leaky_relu,
    "elu": activations.elu,
    "gelu": activations.gelu,
    "silu": activations.silu,
    "tanh": activations.tanh,
    "sigmoid": activations.sigmoid,
}


def computed(step: Step, inputs: Sequence[Floats]) -> Floats:
    """A step's output for a batch.

    Args:
        inputs: Of each of the step's inputs, (n, *shape).

    Returns:
        float32 (n, *step.shape).
    """
    result = np.asarray(_computed(step, inputs), np.float32)
    return result.reshape(len(inputs[0]), *step.shape)


def _computed(step: Step, inputs: Sequence[Floats]) -> Any:
    x = inputs[0]
    match step:
        case steps.Rescaling():
            return x * np.float32(step.scale) + np.float32(step.offset)
        case steps.ScaleShift():
            return x * step.scale + step.shift
        case steps.LayerNormalization():
            centred = x - x.mean(axis=-1, keepdims=True)
            deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(step.epsilon))
            return centred / deviation * step.gamma + step.beta
        case steps.Dense():
            return x @ step.kernel + step.bias
        case steps.Conv2D():
            return _convolved(step, x)
        case steps.DepthwiseConv2D():
            return _convolved_apart(step, x)
        case steps.MaxPooling2D():
            padded = _padded(x, step.padding, -np.inf)
            return np.max([part for _, part in _parts(padded, step.window, step.strides, step.shape)], axis=0)
        case steps.AveragePooling2D():
            padded, within = _padded(x, step.padding, 0), _padded(np.ones_like(x), step.padding, 0)
            sums = sum(part for _, part in _parts(padded, step.window, step.strides, step.shape))
            return sums / sum(part for _, part in _parts(within, step.window, step.strides, step.shape))
        case steps.GlobalMaxPooling2D():
            return x.max(axis=(1, 2))
        case steps.GlobalAveragePooling2D():
            return x.mean(axis=(1, 2))
        case steps.ZeroPadding2D():
            return _padded(x, step.padding, 0)
        case steps.Reshape():
            return x
        case steps.Activation():
            return FUNCTIONS[step.function](x, step.alpha) if step.alpha else FUNCTIONS[step.function](x)
        case steps.Softmax():
            return activations.softmax(x)
        case steps.Add():
            return x + inputs[1]
        case steps.Mean():
            return np.mean(inputs, axis=0)
    raise TypeError(f"no step: {step!r}")


def _convolved(step: steps.Conv2D, x: Floats) -> Floats:
    padded = _padded(x, step.padding, 0)
    (rows, columns, entering, filters), groups = step.kernel.shape, step.groups
    result = np.zeros((len(x), *step.shape), np.float32)
    for (row, column), part in _parts(padded, (rows, columns), step.strides, step.shape, step.dilation):
        for group in range(groups):
            taken = slice(group * entering, (group + 1) * entering)
            made = slice(group * filters // groups, (group + 1) * filters // groups)
            result[..., made] += part[..., taken] @ step.kernel[row, column, :, made]
    return result + step.bias


def _convolved_apart(step: steps.DepthwiseConv2D, x: Floats) -> Floats:
    padded = _padded(x, step.padding, 0)
    window = (step.kernel.shape[0], step.kernel.shape[1])
    result = np.zeros((len(x), *step.shape[:2], *step.kernel.shape[2:]), np.float32)
    for (row, column), part in _parts(padded, window, step.strides, step.shape, step.dilation):
        result += part[..., np.newaxis] * step.kernel[row, column]
    return result.reshape(len(x), *step.shape) + step.bias


def _padded(x: Floats, padding: Margins, value: float) -> Floats:
    return np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=value)


def _parts(
    padded: Floats, window: Two, strides: Two, shape: Sequence[int], dilation: Two = (1, 1)
) -> Iterator[tuple[Two, Floats]]:
    """For each place within the window the pixels that lie there, (n, height after, width after, channels)."""
    for row, column in np.ndindex(*window):
        top, left = row * dilation[0], column * dilation[1]
        bottom, right = top + (shape[0] - 1) * strides[0] + 1, left + (shape[1] - 1) * strides[1] + 1
        yield (row, column), padded[:, top : bottom : strides[0], left : right : strides[1]]
