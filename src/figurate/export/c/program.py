"""A plan as a C program's operations: fewer and plainer than a plan's steps, each one call of a function.

Dense layers and depthwise convolutions are convolutions; ReLU, and a pooling whose windows do not overlap, are taken
into the convolution before them, so that what lies between never needs room. What comes last (softmax, as a rule) is
computed in floats, whatever the rest is computed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from figurate.errors import UnsupportedError
from figurate.export import steps
from figurate.export.c.operations import (
    Addition,
    Convolution,
    Function,
    Normalization,
    Operation,
    Padding,
    Pooling,
)
from figurate.export.plan import Plan
from figurate.export.steps import INPUT, Floats, Shape, Step


@dataclass(frozen=True)
class Tail:
    """What the scores go through in the end: "softmax", or a function as `steps.Activation` has it."""

    function: str
    alpha: float = 0.0


@dataclass(frozen=True, eq=False)
class Program:
    """Operations in the order in which they run.

    Attributes:
        plan: What it was made from.
        sizes: How many numbers each value has; the first value is the figure.
        origins: The plan's step whose output each value is.
        operations: First to last.
        result: The number of the value that the scores are.
        tail: What is left to be done with the scores, or None.
    """

    plan: Plan
    sizes: list[int]
    origins: list[int]
    operations: list[Operation]
    result: int = 0
    tail: Tail | None = None

    @property
    def multiplications(self) -> int:
        """Of convolutions and dense layers, for one figure."""
        return sum(one.multiplications for one in self.operations if isinstance(one, Convolution))

    def gives_scores(self, number: int) -> bool:
        """Whether an operation is the last one and a dense layer, so that its sums are the scores."""
        one = self.operations[number] if self.operations else None
        return (
            isinstance(one, Convolution)
            and one.output == self.result
            and one.out == one.sums == one.pool == (1, 1)
            and one.margin == (0, 0)
            and one.groups == 1
            and not one.relu
        )

    @classmethod
    def of(cls, plan: Plan) -> Program:
        """The program of a plan without `Rescaling` and `ScaleShift`.

        Raises:
            UnsupportedError: A step has no C; the message names its layer.
        """
        if any(isinstance(step, steps.Mean) for step in plan.steps):
            raise UnsupportedError(
                "An ensemble cannot be exported to C, expected a single model, received the mean of several. Export "
                "its members one by one, each with a prefix of its own, and average what they give."
            )
        builder = _Builder(plan)
        tail = _tail(plan)
        last = len(plan.steps) - (tail is not None)
        number = 0
        while number < last:
            number = builder.add(number, last)
        result = builder.value_of(plan.steps[-1].inputs[0] if tail is not None else last - 1)
        return cls(plan, builder.sizes, builder.origins, builder.operations, result, tail)


def _tail(plan: Plan) -> Tail | None:
    match plan.steps[-1] if plan.steps else None:
        case steps.Softmax():
            return Tail("softmax")
        case steps.Activation(function=function, alpha=alpha):
            return Tail(function, alpha)
    return None


@dataclass
class _Builder:
    """Goes through a plan's steps. Each operation's output is set once it is known what goes along with it."""

    plan: Plan
    sizes: list[int] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._values: dict[int, int] = {}  # of each step, the value that its output is
        self._new_value(INPUT)

    def value_of(self, step: int) -> int:
        return self._values[step]

    def _new_value(self, step: int) -> int:
        self.sizes.append(math.prod(self.plan.shape_of(step)))
        self.origins.append(step)
        self._values[step] = len(self.sizes) - 1
        return len(self.sizes) - 1

    def add(self, number: int, last: int) -> int:
        """Take step `number`, and those behind it that go along; returns the number of the next."""
        step = self.plan.steps[number]
        if isinstance(step, steps.Reshape) or self._goes_into_convolution(number):
            self._values[number] = self._values[step.inputs[0]]
            return number + 1
        operation = self._operation(step)
        end = number
        if isinstance(operation, Convolution):
            operation, end = self._with_followers(operation, number, last)
        self.operations.append(replace(operation, output=self._new_value(end)))
        return end + 1

    def _goes_into_convolution(self, number: int) -> bool:
        """Whether a step is zeros around that the one convolution after it can take as its own padding."""
        users = [self.plan.steps[user] for user in self.plan.users_of(number)]
        zeros = isinstance(self.plan.steps[number], steps.ZeroPadding2D)
        return zeros and len(users) == 1 and isinstance(users[0], (steps.Conv2D, steps.DepthwiseConv2D))

    def _with_followers(self, operation: Convolution, number: int, last: int) -> tuple[Convolution, int]:
        """With ReLU and a pooling, in any order, where they follow at once and nothing else needs what lies between."""
        while number + 1 < last and self.plan.users_of(number) == [number + 1]:
            match self.plan.steps[number + 1]:
                case steps.Activation(function="relu") if not operation.relu:
                    operation = replace(operation, relu=True)
                case steps.MaxPooling2D(padding=((0, 0), (0, 0))) as pool if (
                    operation.pool == (1, 1) and pool.strides[0] >= pool.window[0] and pool.strides[1] >= pool.window[1]
                ):
                    out = pool.shape[0], pool.shape[1]
                    operation = replace(operation, pool=pool.window, pool_strides=pool.strides, out=out)
                case _:
                    break
            number += 1
        return operation, number

    def _operation(self, step: Step) -> Operation:
        layer, inputs = step.layer, tuple(self._values[number] for number in step.inputs)
        planes = _planes(self.plan.shape_of(step.inputs[0]))
        match step:
            case steps.Dense():
                kernel = np.ascontiguousarray(step.kernel.T)[:, np.newaxis, np.newaxis]
                return Convolution(layer=layer, inputs=inputs, kernel=kernel, bias=step.bias, shape=planes)
            case steps.Conv2D():
                return self._convolution(step, np.transpose(step.kernel, (3, 0, 1, 2)))
            case steps.DepthwiseConv2D():
                windows = step.kernel.reshape(*step.kernel.shape[:2], -1, 1)
                return self._convolution(step, np.transpose(windows, (2, 0, 1, 3)))
            case steps.MaxPooling2D() | steps.AveragePooling2D():
                return Pooling(
                    layer=layer,
                    inputs=inputs,
                    largest=isinstance(step, steps.MaxPooling2D),
                    shape=planes,
                    window=step.window,
                    strides=step.strides,
                    margin=(step.padding[0][0], step.padding[1][0]),
                    out=(step.shape[0], step.shape[1]),
                )
            case steps.GlobalMaxPooling2D() | steps.GlobalAveragePooling2D():
                largest, whole = isinstance(step, steps.GlobalMaxPooling2D), (planes[0], planes[1])
                return Pooling(layer=layer, inputs=inputs, largest=largest, shape=planes, window=whole)
            case steps.ZeroPadding2D(padding=(down, across)):
                return Padding(layer=layer, inputs=inputs, shape=planes, margins=(*down, *across))
            case steps.Activation():
                return Function(layer=layer, inputs=inputs, function=step.function, alpha=step.alpha)
            case steps.LayerNormalization(gamma=gamma, beta=beta, epsilon=epsilon):
                return Normalization(layer=layer, inputs=inputs, gamma=gamma, beta=beta, epsilon=epsilon)
            case steps.Add():
                return Addition(layer=layer, inputs=inputs)
        raise UnsupportedError(
            f"`{layer}` cannot be exported to C, expected layers that there is a function for, received "
            f"{type(step).__name__}. Put it at the end, or leave it out."
        )

    def _convolution(self, step: steps.Conv2D | steps.DepthwiseConv2D, kernel: Floats) -> Convolution:
        before = self.plan.steps[step.inputs[0]] if step.inputs[0] != INPUT else None
        margin = step.padding[0][0], step.padding[1][0]
        entering = self.plan.shape_of(step.inputs[0])
        if isinstance(before, steps.ZeroPadding2D) and self._goes_into_convolution(step.inputs[0]):
            margin = margin[0] + before.padding[0][0], margin[1] + before.padding[1][0]
            entering = self.plan.shape_of(before.inputs[0])
        return Convolution(
            layer=step.layer,
            inputs=(self._values[step.inputs[0]],),
            kernel=np.ascontiguousarray(kernel),
            bias=step.bias,
            shape=entering,
            strides=step.strides,
            dilation=step.dilation,
            margin=margin,
            sums=(step.shape[0], step.shape[1]),
            out=(step.shape[0], step.shape[1]),
        )


def _planes(shape: Shape) -> Shape:
    """(height, width, channels); what lies flat is one pixel."""
    return shape if len(shape) == 3 else (1, 1, math.prod(shape))
