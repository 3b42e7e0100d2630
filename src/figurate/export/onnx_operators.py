"""The steps of a plan in ONNX's operators, with the order of axes that each value has.

Operators and their attributes are those of opset 17 (docs/Operators.md of the repository onnx/onnx).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.export import steps
from figurate.export.pixels import Scaling
from figurate.export.plan import Plan
from figurate.export.steps import INPUT, Margins, Shape, Step

Node = tuple[str, list[str], str, dict[str, Any]]
"""Operator, the names it takes, the name it gives, its attributes."""


class Graph:
    """Nodes and constants, made step by step.

    Planes (height, width, channels) stand as (n, channels, height, width) in a value that is `first`, and else as they
    are. With one channel or one pixel both are the same bytes.

    Args:
        plan: What is to be said.
        entry, output: The names of the graph's input and output.
    """

    def __init__(self, plan: Plan, entry: str, output: str) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, npt.NDArray[Any]] = {}
        self._plan = plan
        self._output = output
        self._names: dict[tuple[int, bool], str] = {(INPUT, False): entry}  # by step, and whether channels are first
        self._rows_by_channel: dict[int, Shape] = {}  # flat values that stand channel by channel: the planes' shape

    def scale_pixels(self, scaling: Scaling) -> None:
        """Take bytes in place of the figures' numbers; before any step."""
        name = self._node("Cast", [self._names[INPUT, False]], "pixels", to=1)
        self._names[INPUT, False] = self._rescaled(name, "scaled", scaling.scale, scaling.offset)

    def add(self, number: int) -> None:
        """Say one step; those before it have been."""
        step = self._plan.steps[number]
        _SAY[type(step)](self, number, step)

    def finish(self) -> None:
        """Name the last value as the output."""
        self._node("Identity", [self._last(len(self._plan.steps) - 1)], self._output)

    # -- values and their layouts ------------------------------------------------------------------------------------

    def _node(self, operator: str, taken: list[str], given: str, **options: Any) -> str:
        self.nodes.append((operator, taken, given, options))
        return given

    def _constant(self, name: str, array: npt.ArrayLike, dtype: Any = np.float32) -> str:
        self.constants[name] = np.ascontiguousarray(array, dtype)
        return name

    def _keep(self, number: int, first: bool, name: str) -> None:
        self._names[number, first] = name

    def _stands_first(self, number: int) -> bool:
        return (number, True) in self._names

    def _as(self, number: int, first: bool) -> str:
        """The name of a step's output in this layout; a node that brings it there is added where there is none."""
        if (number, first) not in self._names:
            shape, now = self._plan.shape_of(number), self._names[number, not first]
            height, width, channels = shape
            name = f"{now}_channels_{'first' if first else 'last'}"
            if channels == 1 or height * width == 1:
                name = self._reshaped(now, name, (channels, height, width) if first else shape)
            else:
                name = self._node("Transpose", [now], name, perm=[0, 3, 1, 2] if first else [0, 2, 3, 1])
            self._names[number, first] = name
        return self._names[number, first]

    def _first(self, number: int) -> str:
        return self._as(number, True)

    def _last(self, number: int) -> str:
        return self._as(number, False)

    def _reshaped(self, name: str, given: str, shape: Shape) -> str:
        # A size of 0 stands for the one that is there: the number of figures.
        return self._node("Reshape", [name, self._constant(f"{given}_shape", [0, *shape], np.int64)], given)

    def _rescaled(self, name: str, given: str, scale: float, offset: float) -> str:
        if scale != 1:
            name = self._node("Mul", [name, self._constant(f"{given}_scale", scale)], f"{given}_times")
        if offset != 0:
            name = self._node("Add", [name, self._constant(f"{given}_offset", offset)], given)
        return name

    # -- steps -------------------------------------------------------------------------------------------------------

    def _value_by_value(self, number: int, step: Step) -> None:
        first = self._stands_first(step.inputs[0])
        taken = [self._as(one, first) for one in step.inputs]
        name = _name(number, step)
        match step:
            case steps.Rescaling():
                name = self._rescaled(taken[0], name, step.scale, step.offset)
            case steps.ScaleShift():
                along: Any = (-1, 1, 1) if first else (-1,)
                scaled = self._node(
                    "Mul", [taken[0], self._constant(f"{name}_scale", step.scale.reshape(along))], f"{name}_times"
                )
                self._node("Add", [scaled, self._constant(f"{name}_shift", step.shift.reshape(along))], name)
            case steps.Activation():
                self._activation(taken[0], name, step)
            case steps.Add():
                self._node("Add", taken, name)
            case steps.Mean():
                self._node("Mean", taken, name)
        self._keep(number, first, name)

    def _activation(self, x: str, name: str, step: steps.Activation) -> None:
        match step.function:
            case "gelu":  # an operator of its own since opset 20
                inner = self._node("Div", [x, self._constant(f"{name}_root", math.sqrt(2))], f"{name}_inner")
                raised = self._node(
                    "Add", [self._node("Erf", [inner], f"{name}_erf"), self._constant(f"{name}_one", 1)], f"{name}_sum"
                )
                twice = self._node("Mul", [x, raised], f"{name}_twice")
                self._node("Mul", [twice, self._constant(f"{name}_half", 0.5)], name)
            case "silu":
                self._node("Mul", [x, self._node("Sigmoid", [x], f"{name}_sigmoid")], name)
            case "leaky_relu":
                self._node("LeakyRelu", [x], name, alpha=step.alpha)
            case "elu":
                self._node("Elu", [x], name, alpha=step.alpha)
            case _:
                self._node({"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid"}[step.function], [x], name)

    def _layer_normalization(self, number: int, step: steps.LayerNormalization) -> None:
        name = _name(number, step)
        weights = [self._constant(f"{name}_gamma", step.gamma), self._constant(f"{name}_beta", step.beta)]
        taken = [self._last(step.inputs[0]), *weights]
        self._keep(number, False, self._node("LayerNormalization", taken, name, axis=-1, epsilon=step.epsilon))

    def _softmax(self, number: int, step: steps.Softmax) -> None:
        self._keep(number, False, self._node("Softmax", [self._last(step.inputs[0])], _name(number, step), axis=-1))

    def _dense(self, number: int, step: steps.Dense) -> None:
        name, kernel = _name(number, step), step.kernel
        planes = self._rows_by_channel.get(step.inputs[0])
        if planes is not None:
            kernel = kernel.reshape(*planes, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        weights = [self._constant(f"{name}_kernel", kernel), self._constant(f"{name}_bias", step.bias)]
        self._keep(number, False, self._node("Gemm", [self._last(step.inputs[0]), *weights], name))

    def _convolution(self, number: int, step: steps.Conv2D | steps.DepthwiseConv2D) -> None:
        name = _name(number, step)
        rows, columns, entering, filters = step.kernel.shape
        if isinstance(step, steps.Conv2D):
            kernel, groups = step.kernel.transpose(3, 2, 0, 1), step.groups
        else:
            kernel = step.kernel.transpose(2, 3, 0, 1).reshape(entering * filters, 1, rows, columns)
            groups = entering
        weights = [self._constant(f"{name}_kernel", kernel), self._constant(f"{name}_bias", step.bias)]
        self._node(
            "Conv",
            [self._first(step.inputs[0]), *weights],
            name,
            kernel_shape=[rows, columns],
            strides=list(step.strides),
            dilations=list(step.dilation),
            pads=_pads(step.padding),
            group=groups,
        )
        self._keep(number, True, name)

    def _pooling(self, number: int, step: steps.MaxPooling2D | steps.AveragePooling2D) -> None:
        operator = "MaxPool" if isinstance(step, steps.MaxPooling2D) else "AveragePool"
        name = self._node(
            operator,
            [self._first(step.inputs[0])],
            _name(number, step),
            kernel_shape=list(step.window),
            strides=list(step.strides),
            pads=_pads(step.padding),
        )
        self._keep(number, True, name)

    def _global_pooling(self, number: int, step: Step) -> None:
        name = _name(number, step)
        operator = "GlobalMaxPool" if isinstance(step, steps.GlobalMaxPooling2D) else "GlobalAveragePool"
        pooled = self._node(operator, [self._first(step.inputs[0])], f"{name}_planes")
        self._keep(number, False, self._node("Flatten", [pooled], name, axis=1))

    def _zero_padding(self, number: int, step: steps.ZeroPadding2D) -> None:
        name = _name(number, step)
        (top, bottom), (left, right) = step.padding
        pads = self._constant(f"{name}_pads", [0, 0, top, left, 0, 0, bottom, right], np.int64)
        self._keep(number, True, self._node("Pad", [self._first(step.inputs[0]), pads], name, mode="constant"))

    def _reshape(self, number: int, step: steps.Reshape) -> None:
        name, (before,) = _name(number, step), step.inputs
        shape, planes = step.shape, self._plan.shape_of(before)
        users = [self._plan.steps[user] for user in self._plan.users_of(number)]
        if self._stands_first(before) and len(shape) == 1 and users and all(isinstance(u, steps.Dense) for u in users):
            taken = self._first(before)
            self._rows_by_channel[number] = planes
        else:
            taken = self._last(before)
        # Planes of one channel can stand either way: this one saves a second node where a convolution follows.
        first = len(shape) == 3 and shape[2] == 1
        self._keep(number, first, self._reshaped(taken, name, (1, *shape[:2]) if first else shape))


_SAY: Mapping[type[Step], Any] = {
    steps.Rescaling: Graph._value_by_value,
    steps.ScaleShift: Graph._value_by_value,
    steps.Activation: Graph._value_by_value,
    steps.Add: Graph._value_by_value,
    steps.Mean: Graph._value_by_value,
    steps.LayerNormalization: Graph._layer_normalization,
    steps.Softmax: Graph._softmax,
    steps.Dense: Graph._dense,
    steps.Conv2D: Graph._convolution,
    steps.DepthwiseConv2D: Graph._convolution,
    steps.MaxPooling2D: Graph._pooling,
    steps.AveragePooling2D: Graph._pooling,
    steps.GlobalMaxPooling2D: Graph._global_pooling,
    steps.GlobalAveragePooling2D: Graph._global_pooling,
    steps.ZeroPadding2D: Graph._zero_padding,
    steps.Reshape: Graph._reshape,
}


def _name(number: int, step: Step) -> str:
    """A step's name in the graph: its layer's, and its number, since a layer may be several steps."""
    return f"{step.layer}_{number}"


def _pads(padding: Margins) -> list[int]:
    (top, bottom), (left, right) = padding
    return [top, left, bottom, right]
