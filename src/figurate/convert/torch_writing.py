"""`to_torch`: a network as a `torch.nn.Sequential`. One figurate layer becomes one or a few modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from figurate import activations, layers
from figurate.convert import libraries, torch_order, torch_training, torch_windows
from figurate.convert.findings import Findings
from figurate.convert.network import Network
from figurate.convert.torch_order import Order, Turn
from figurate.layers import Layer
from figurate.layers.augmentation import Augmentation

Two = tuple[int, int]

_ACTIVATIONS: Mapping[str, Callable[[Any], Any]] = {
    "relu": lambda nn: nn.ReLU(),
    "leaky_relu": lambda nn: nn.LeakyReLU(0.2),
    "elu": lambda nn: nn.ELU(),
    "gelu": lambda nn: nn.GELU(),
    "silu": lambda nn: nn.SiLU(),
    "tanh": lambda nn: nn.Tanh(),
    "sigmoid": lambda nn: nn.Sigmoid(),
    "softmax": lambda nn: nn.Softmax(dim=-1),
}


def make(network: Network, findings: Findings, optimizer: bool = False) -> Any:
    """A `torch.nn.Sequential` of this network, in evaluation mode; with its optimizer, as a pair, if asked for.

    Args:
        network: With weights.
        findings: Told of what is left out.
        optimizer: Whether the optimizer is made, too.

    Raises:
        UnsupportedError: PyTorch is not installed, or a layer or the optimizer cannot be had there; the message names
            all layers.
        ConfigurationError: There is no optimizer.
    """
    torch = libraries.torch()
    writer = _Writer(torch.nn, findings)
    modules = writer.chain(network.layers)
    findings.raise_cannot()
    if writer.order is not None:
        modules.append(writer.parts.Reorder(np.argsort(writer.order).tolist()))
    made = torch.nn.Sequential(*modules)
    with torch.no_grad():
        for (parameter, turn), array in zip(writer.parameters, network.weights, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(turn.to_torch(array))))
    made.eval()
    if not optimizer:
        return made
    return made, torch_training.optimizer(torch, made, network, writer.parameters, findings)


_CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)


class _Writer:
    """Makes the modules, layer after layer.

    Attributes:
        order: Which of figurate's values stands at each place of what comes next, where it is flat and differs.
        parameters: PyTorch's tensors in the order of figurate's weights, with how their values are turned.
    """

    def __init__(self, nn: Any, findings: Findings) -> None:
        from figurate.convert import torch_parts

        self.parts: Any = torch_parts
        self.order: Order | None = None
        self.parameters: list[tuple[Any, Turn]] = []
        self._nn, self._findings = nn, findings
        self._padding: tuple[int, int] | None = None  # of the convolution that comes next

    def chain(self, chain: Sequence[Layer]) -> list[Any]:
        """The modules of these layers."""
        found: list[Any] = []
        for layer, after in zip_longest(chain, chain[1:]):
            padding = _padding_of(layer, after)
            if padding is None:
                found += self._modules(layer)
            else:  # PyTorch's convolutions pad by themselves; so a module of its own has its weights' names again
                self._padding = padding
        return found

    def _modules(self, layer: Layer) -> list[Any]:
        if isinstance(layer, Augmentation):
            self._findings.otherwise(layer.name, f"`torch.nn` has no `{type(layer).__name__}`")
            return []
        found = getattr(self, f"_{type(layer).__name__}")(layer)
        made: list[Any] = found if isinstance(found, list) else [found]
        return made

    def _keep(self, module: Any, *turns: Turn) -> Any:
        """Note a module's weight and bias, in this order, with how they are turned; returns the module."""
        given = [tensor for tensor in (module.weight, module.bias) if tensor is not None]
        self.parameters += zip(given, turns[: len(given)], strict=True)
        return module

    def _activated(self, layer: Any, *modules: Any) -> list[Any]:
        name = activations.serialize(layer.activation)
        return [*modules, *([] if name == "linear" else [_ACTIVATIONS[name](self._nn)])]

    # -- layers with weights -----------------------------------------------------------------------------------------

    def _Dense(self, layer: layers.Dense) -> list[Any]:
        module = self._nn.Linear(layer.built_shape[0], layer.units, bias=layer.use_bias)
        self._keep(module, torch_order.dense(self.order), torch_order.SAME)
        self.order = None
        return self._activated(layer, module)

    def _window(self, layer: Any, channels: int, filters: int, groups: int, bias: bool, turn: Turn) -> list[Any]:
        """A convolution, with zeros around its figures where PyTorch has no word for them."""
        near, far = _same(layer)
        if self._padding is not None:
            near, far, self._padding = self._padding, self._padding, None
        module = self._nn.Conv2d(
            channels,
            filters,
            layer.kernel_size,
            stride=layer.strides,
            padding=near if near == far else 0,
            dilation=layer.dilation_rate,
            groups=groups,
            bias=bias,
        )
        self._keep(module, turn, torch_order.SAME)
        return [module] if near == far else [self._nn.ZeroPad2d(_around(near, far)), module]

    def _Conv2D(self, layer: layers.Conv2D) -> list[Any]:
        channels = layer.built_shape[2]
        modules = self._window(layer, channels, layer.filters, layer.groups, layer.use_bias, torch_order.CONV)
        return self._activated(layer, *modules)

    def _DepthwiseConv2D(self, layer: layers.DepthwiseConv2D) -> list[Any]:
        channels = layer.built_shape[2]
        turn = torch_order.depthwise(channels)
        filters = channels * layer.depth_multiplier
        return self._activated(layer, *self._window(layer, channels, filters, channels, layer.use_bias, turn))

    def _SeparableConv2D(self, layer: layers.SeparableConv2D) -> list[Any]:
        channels = layer.built_shape[2]
        between = channels * layer.depth_multiplier
        first = self._window(layer, channels, between, channels, False, torch_order.depthwise(channels))
        second = self._nn.Conv2d(between, layer.filters, 1, bias=layer.use_bias)
        return self._activated(layer, *first, self._keep(second, torch_order.CONV, torch_order.SAME))

    def _BatchNormalization(self, layer: layers.BatchNormalization) -> Any:
        if len(layer.built_shape) == 2:
            self._findings.cannot(layer.name, "PyTorch normalises rows here, and not columns; put `Flatten` before it")
            return []
        kind = self._nn.BatchNorm1d if len(layer.built_shape) == 1 else self._nn.BatchNorm2d
        module = kind(layer.built_shape[-1], eps=layer.epsilon, momentum=round(1 - layer.momentum, 12))
        turn = torch_order.values(self.order)
        kept = zip((layer.scale, layer.center, True, True), _numbers(module), strict=True)
        self.parameters += [(tensor, turn) for wanted, tensor in kept if wanted]
        return module

    def _LayerNormalization(self, layer: layers.LayerNormalization) -> Any:
        kind = self.parts.ChannelLayerNorm if len(layer.built_shape) == 3 else self._nn.LayerNorm
        module = kind(layer.built_shape[-1], eps=layer.epsilon)
        turn = torch_order.values(self.order)
        kept = zip((layer.scale, layer.center), (module.weight, module.bias), strict=True)
        self.parameters += [(tensor, turn) for wanted, tensor in kept if wanted]
        return module

    def _Residual(self, layer: layers.Residual) -> Any:
        order, ends = self.order, []
        ways = []
        for way in (layer.layers, layer.shortcut or ()):
            self.order = order
            modules = self.chain(way)
            ends.append(None if self.order is None else self.order.tolist())
            ways.append(modules)
        if ends[0] != ends[1]:
            # Each way is brought into figurate's order by itself.
            for modules, end in zip(ways, ends, strict=True):
                if end is not None:
                    modules.append(self.parts.Reorder(np.argsort(end).tolist()))
            self.order = None
        return self.parts.Residual(*ways)

    # -- layers without ----------------------------------------------------------------------------------------------

    def _Activation(self, layer: layers.Activation) -> list[Any]:
        return self._activated(layer)

    def _ReLU(self, layer: layers.ReLU) -> Any:
        return self._nn.LeakyReLU(layer.negative_slope) if layer.negative_slope else self._nn.ReLU()

    def _Softmax(self, layer: layers.Softmax) -> Any:
        return self._nn.Softmax(dim=-1)

    def _Rescaling(self, layer: layers.Rescaling) -> Any:
        return self.parts.Rescaling(layer.scale, layer.offset)

    def _Dropout(self, layer: layers.Dropout) -> Any:
        return self._nn.Dropout(layer.rate)

    def _SpatialDropout2D(self, layer: layers.SpatialDropout2D) -> Any:
        return self._nn.Dropout2d(layer.rate)

    def _Flatten(self, layer: layers.Flatten) -> Any:
        if len(layer.built_shape) > 1:
            self.order = torch_order.flat_order(layer.built_shape)
        return self._nn.Flatten()

    def _Reshape(self, layer: layers.Reshape) -> list[Any]:
        before, after = layer.built_shape, layer.output_shape_of(layer.built_shape)
        first = [] if self.order is None else [self.parts.Reorder(np.argsort(self.order).tolist())]
        self.order = None
        if len(before) == 1 and len(after) == 3 and after[2] == 1:
            return [*first, self._nn.Unflatten(1, torch_order.channels_first(after))]
        return [*first, self.parts.Reshape(after, len(before))]

    def _ZeroPadding2D(self, layer: layers.ZeroPadding2D) -> Any:
        (top, bottom), (left, right) = layer.padding
        return self._nn.ZeroPad2d((left, right, top, bottom))

    def _pooling(self, layer: Any, kind: Any, **options: Any) -> Any:
        """A pooling of `torch.nn`; None where it has none whose windows lie like these."""
        near, _ = _same(layer)
        window, strides = layer.pool_size, layer.strides
        wanted = list(layer.output_shape_of(layer.built_shape)[:2])
        for ceil in (False, True):
            axes = zip(layer.built_shape[:2], window, strides, near, strict=True)
            if [torch_windows.count(*axis, ceil) for axis in axes] == wanted:
                return kind(window, stride=strides, padding=near, ceil_mode=ceil, **options)
        return None

    def _MaxPooling2D(self, layer: layers.MaxPooling2D) -> list[Any]:
        found = self._pooling(layer, self._nn.MaxPool2d)
        if found is not None:
            return [found]
        around = self._nn.ConstantPad2d(_around(*_same(layer)), -math.inf)
        return [around, self._nn.MaxPool2d(layer.pool_size, stride=layer.strides)]

    def _AveragePooling2D(self, layer: layers.AveragePooling2D) -> Any:
        found = self._pooling(layer, self._nn.AvgPool2d, count_include_pad=False)
        return found or self.parts.AveragePooling(layer.pool_size, layer.strides, _around(*_same(layer)))

    def _GlobalAveragePooling2D(self, layer: layers.GlobalAveragePooling2D) -> list[Any]:
        return [self._nn.AdaptiveAvgPool2d(1), *([] if layer.keepdims else [self._nn.Flatten()])]

    def _GlobalMaxPooling2D(self, layer: layers.GlobalMaxPooling2D) -> list[Any]:
        return [self._nn.AdaptiveMaxPool2d(1), *([] if layer.keepdims else [self._nn.Flatten()])]


def _numbers(module: Any) -> tuple[Any, Any, Any, Any]:
    """What a batch normalization of PyTorch holds, in figurate's order."""
    return module.weight, module.bias, module.running_mean, module.running_var


def _around(near: Two, far: Two) -> tuple[int, int, int, int]:
    """Margins as PyTorch has them: left, right, top, bottom."""
    return near[1], far[1], near[0], far[0]


def _same(layer: Any) -> tuple[Two, Two]:
    """Zeros before (top, left) and behind (bottom, right) the figures of a window that slides with padding "same"."""
    if layer.padding == "valid":
        return (0, 0), (0, 0)
    window = getattr(layer, "kernel_size", None) or layer.pool_size
    reach = getattr(layer, "dilation_rate", (1, 1))
    sides = [
        torch_windows.same_padding(size, length, step, distance)
        for size, length, step, distance in zip(layer.built_shape[:2], window, layer.strides, reach, strict=True)
    ]
    return (sides[0][0], sides[1][0]), (sides[0][1], sides[1][1])


def _padding_of(layer: Layer, after: Layer | None) -> tuple[int, int] | None:
    """What a convolution can pad itself of the zeros before it; None: nothing."""
    if not isinstance(layer, layers.ZeroPadding2D) or not isinstance(after, _CONVOLUTIONS) or after.padding != "valid":
        return None
    (top, bottom), (left, right) = layer.padding
    return (top, left) if (top, left) == (bottom, right) else None
