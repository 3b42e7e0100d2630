"""A model's layers as steps: each layer says what the engine computes for it, and that is read here with its weights.

So a layer that has no arithmetic of its own in the engine needs nothing here either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from figurate.errors import UnsupportedError
from figurate.export.steps import (
    INPUT,
    Activation,
    Add,
    AveragePooling2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Floats,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LayerNormalization,
    Margins,
    MaxPooling2D,
    Rescaling,
    Reshape,
    ScaleShift,
    Shape,
    Softmax,
    Step,
    Two,
    ZeroPadding2D,
)
from figurate.layers import Layer
from figurate.layers.base import IN_TRAINING_ALONE

Options = Mapping[str, Any]
Common = dict[str, Any]


def traced(layers: Sequence[Layer], weights: Sequence[Floats], shape: Shape) -> list[Step]:
    """The steps of layers, as the engine has them, nothing folded.

    Args:
        layers: Built.
        weights: Of all of them, as `get_weights` gives them.
        shape: Of one figure.

    Raises:
        UnsupportedError: A layer has no step; the message names it.
    """
    return _Tracer(iter(weights), shape).steps_of(layers)


class _Tracer:
    """Goes through the engine's layers; `last` is the number of the step whose output comes next, `shape` its shape."""

    def __init__(self, weights: Iterator[Floats], shape: Shape) -> None:
        self.steps: list[Step] = []
        self._weights = weights
        self._figure = shape
        self._last = INPUT
        self._open: list[list[int]] = []  # of each residual block: its input, and where the first way ended

    def steps_of(self, layers: Sequence[Layer]) -> list[Step]:
        for layer in layers:
            for kind, options in layer.to_engine():
                self._take(layer.name, kind, options)
        return self.steps

    def _take(self, layer: str, kind: str, options: Options) -> None:
        if kind in IN_TRAINING_ALONE:
            return
        if kind == "residual_begin":
            self._open.append([self._last])
        elif kind == "residual_shortcut":
            self._open[-1].append(self._last)
            self._last = self._open[-1][0]
        elif kind == "residual_end":
            other = self._open.pop()[-1]
            self._append(Add(layer=layer, inputs=(self._last, other), shape=self._shape))
        elif kind in _STEPS:
            common = {"layer": layer, "inputs": (self._last,), "shape": self._shape}
            self._append(_STEPS[kind](common, options, self._weights))
        else:
            raise UnsupportedError(
                f"`{layer}` cannot be exported, expected one of the engine's {', '.join(sorted(_STEPS))}, received "
                f"{kind}. Leave it out of the network."
            )

    @property
    def _shape(self) -> Shape:
        return self._figure if self._last == INPUT else self.steps[self._last].shape

    def _append(self, step: Step) -> None:
        self.steps.append(step)
        self._last = len(self.steps) - 1


# Each takes what all steps have, with the shape of the input as `shape`; the engine's options; and the weights to come.


def _rescaling(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    return Rescaling(**common, scale=float(options["scale"]), offset=float(options["offset"]))


def _dense(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    kernel = next(weights)
    common["shape"] = (kernel.shape[1],)
    return Dense(**common, kernel=kernel, bias=_bias(options, weights, kernel.shape[1]))


def _conv2d(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    kernel = next(weights)
    common["shape"], window = _slid(common["shape"], options, kernel.shape[3])
    bias = _bias(options, weights, kernel.shape[3])
    return Conv2D(**common, kernel=kernel, bias=bias, groups=int(options["groups"]), **window)


def _depthwise_conv2d(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    kernel = next(weights)
    filters = kernel.shape[2] * kernel.shape[3]
    common["shape"], window = _slid(common["shape"], options, filters)
    return DepthwiseConv2D(**common, kernel=kernel, bias=_bias(options, weights, filters), **window)


def _pooling(kind: type[MaxPooling2D] | type[AveragePooling2D]) -> Callable[[Common, Options, Iterator[Floats]], Step]:
    def step(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
        height, width, channels = common["shape"]
        pool, strides = _two(options["pool_size"]), _two(options["strides"])
        sizes, padding = _places((height, width), pool, strides, options["padding"])
        common["shape"] = (*sizes, channels)
        return kind(**common, window=pool, strides=strides, padding=padding)

    return step


def _global_average(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    return GlobalAveragePooling2D(**{**common, "shape": common["shape"][-1:]})


def _global_max(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    return GlobalMaxPooling2D(**{**common, "shape": common["shape"][-1:]})


def _zero_padding2d(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    top, bottom, left, right = options["padding"]
    height, width, channels = common["shape"]
    common["shape"] = (height + top + bottom, width + left + right, channels)
    return ZeroPadding2D(**common, padding=((top, bottom), (left, right)))


def _flatten(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    return Reshape(**{**common, "shape": (math.prod(common["shape"]),)})


def _reshape(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    return Reshape(**{**common, "shape": tuple(options["target_shape"])})


def _batch_normalization(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    gamma, beta = _gamma_and_beta(common["shape"][-1], options, weights)
    mean, variance = (next(weights).astype(np.float64) for _ in range(2))
    scale = gamma / np.sqrt(variance + float(options["epsilon"]))
    shift = (beta - mean * scale).astype(np.float32)
    return ScaleShift(**common, scale=scale.astype(np.float32), shift=shift)


def _layer_normalization(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    gamma, beta = _gamma_and_beta(common["shape"][-1], options, weights)
    return LayerNormalization(**common, gamma=gamma, beta=beta, epsilon=float(options["epsilon"]))


def _activation(common: Common, options: Options, weights: Iterator[Floats]) -> Step:
    if options["function"] == "softmax":
        return Softmax(**common)
    return Activation(**common, function=str(options["function"]), alpha=float(options.get("alpha", 0.0)))


_STEPS: Mapping[str, Callable[[Common, Options, Iterator[Floats]], Step]] = {
    "activation": _activation,
    "average_pooling2d": _pooling(AveragePooling2D),
    "batch_normalization": _batch_normalization,
    "conv2d": _conv2d,
    "dense": _dense,
    "depthwise_conv2d": _depthwise_conv2d,
    "flatten": _flatten,
    "global_average_pooling2d": _global_average,
    "global_max_pooling2d": _global_max,
    "layer_normalization": _layer_normalization,
    "max_pooling2d": _pooling(MaxPooling2D),
    "rescaling": _rescaling,
    "reshape": _reshape,
    "zero_padding2d": _zero_padding2d,
}


def _bias(options: Options, weights: Iterator[Floats], units: int) -> Floats:
    return next(weights) if options["use_bias"] else np.zeros(units, np.float32)


def _gamma_and_beta(channels: int, options: Options, weights: Iterator[Floats]) -> tuple[Floats, Floats]:
    gamma = next(weights) if options["scale"] else np.ones(channels, np.float32)
    return gamma, next(weights) if options["center"] else np.zeros(channels, np.float32)


def _two(pair: Sequence[int]) -> Two:
    return int(pair[0]), int(pair[1])


def _slid(shape: Shape, options: Options, filters: int) -> tuple[Shape, dict[str, Any]]:
    """The shape after a convolution, and its window's geometry."""
    kernel, strides, dilation = (_two(options[name]) for name in ("kernel_size", "strides", "dilation_rate"))
    extent = (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1
    sizes, padding = _places((shape[0], shape[1]), extent, strides, options["padding"])
    return (*sizes, filters), {"strides": strides, "dilation": dilation, "padding": padding}


def _places(sizes: Two, extent: Two, strides: Two, padding: str) -> tuple[Two, Margins]:
    """How many places a window has down and across, and how far it reaches over the edges: as the engine has it."""
    if padding == "valid":
        return ((sizes[0] - extent[0]) // strides[0] + 1, (sizes[1] - extent[1]) // strides[1] + 1), ((0, 0), (0, 0))
    counts = -(-sizes[0] // strides[0]), -(-sizes[1] // strides[1])
    margins = []
    for size, count, stride, reach in zip(sizes, counts, strides, extent, strict=True):
        over = max((count - 1) * stride + reach - size, 0)
        margins.append((over // 2, over - over // 2))
    return counts, (margins[0], margins[1])
