"""The steps of a lowered plan in LiteRT's operators, in float32 or in int8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import UnsupportedError
from figurate.export import quantizing, steps
from figurate.export.litert.flatbuffer import FlatBuffer
from figurate.export.plan import Plan
from figurate.export.quantizing import Quantization
from figurate.export.steps import INPUT, Floats, Step

_FUNCTIONS = {"relu": "RELU", "tanh": "TANH", "sigmoid": "LOGISTIC", "elu": "ELU"}


class Writer:
    """Adds a plan's steps to a file.

    Args:
        file: To add to.
        plan: Lowered.
        entry: The tensor of the figures.
        ranges: Of the figures and of each step's output, for int8; None: float32.
    """

    def __init__(self, file: FlatBuffer, plan: Plan, entry: int, ranges: Sequence[Quantization] | None) -> None:
        self._file = file
        self._plan = plan
        self._ranges = ranges
        self._tensors = {INPUT: entry}

    def write(self) -> int:
        """Add all steps; returns the last one's tensor."""
        for number, step in enumerate(self._plan.steps):
            if number not in self._tensors:
                self._tensors[number] = _SAY[type(step)](self, number, step)
        return self._tensors[len(self._plan.steps) - 1]

    # -- tensors -----------------------------------------------------------------------------------------------------

    def _output(self, number: int) -> int:
        step = self._plan.steps[number]
        name = f"{step.layer}_{number}"
        if self._ranges is None:
            return self._file.tensor(name, step.shape)
        return self._file.tensor(name, step.shape, "int8", self._ranges[number + 1])

    def _operator(
        self, kind: str, inputs: Sequence[int], output: int, options: str | None = None, **settings: Any
    ) -> int:
        return self._file.operator(kind, inputs, output, options, int8=self._ranges is not None, **settings)

    def _plain(self, kind: str, number: int, step: Step, options: str | None = None, **settings: Any) -> int:
        """An operator that takes the step's inputs and nothing else."""
        taken = [self._tensors[one] for one in step.inputs]
        return self._operator(kind, taken, self._output(number), options, **settings)

    def _fused(self, number: int) -> tuple[int, int]:
        """Where a ReLU alone takes a step's output it is computed with it: (the step whose output comes, function)."""
        users = self._plan.users_of(number)
        after = self._plan.steps[users[0]] if len(users) == 1 else None
        if isinstance(after, steps.Activation) and after.function == "relu":
            return users[0], 1  # ActivationFunctionType.RELU
        return number, 0

    def _weights(self, name: str, step: steps.Dense | steps.Conv2D | steps.DepthwiseConv2D, axis: int) -> list[int]:
        """The step's kernel, in the order of axes that the operator wants, and its bias."""
        kernel = _KERNELS[type(step)](step.kernel)
        if self._ranges is None:
            return [self._file.constant(f"{name}_kernel", kernel), self._file.constant(f"{name}_bias", step.bias)]
        whole, scales = quantizing.weights(kernel, axis)
        bias, products = quantizing.bias(step.bias, self._ranges[step.inputs[0] + 1], scales)
        return [
            self._file.constant(f"{name}_kernel", whole, scales),
            self._file.constant(f"{name}_bias", bias, products),
        ]

    # -- steps -------------------------------------------------------------------------------------------------------

    def _linear(self, number: int, step: steps.Dense | steps.Conv2D | steps.DepthwiseConv2D) -> int:
        last, function = self._fused(number)
        settings: dict[str, Any] = {"fusedActivationFunction": function}
        if isinstance(step, steps.Dense):
            kind, options, axis = "FULLY_CONNECTED", "FullyConnected", 0
        else:
            kind, options, axis = ("CONV_2D", "Conv2D", 0)
            settings |= _window(step.padding, step.strides)
            settings |= {"dilationHFactor": step.dilation[0], "dilationWFactor": step.dilation[1]}
            if isinstance(step, steps.DepthwiseConv2D):
                kind, options, axis = "DEPTHWISE_CONV_2D", "DepthwiseConv2D", 3
                settings["depthMultiplier"] = step.kernel.shape[3]
        taken = [self._tensors[step.inputs[0]], *self._weights(f"{step.layer}_{number}", step, axis)]
        self._tensors[last] = self._operator(kind, taken, self._output(last), options, **settings)
        return self._tensors[last]

    def _pooling(self, number: int, step: steps.MaxPooling2D | steps.AveragePooling2D) -> int:
        kind = "MAX_POOL_2D" if isinstance(step, steps.MaxPooling2D) else "AVERAGE_POOL_2D"
        window = {"filterHeight": step.window[0], "filterWidth": step.window[1]}
        return self._plain(kind, number, step, "Pool2D", **window, **_window(step.padding, step.strides))

    def _with_constant(self, kind: str, number: int, step: Step, values: Any, options: str, **settings: Any) -> int:
        """An operator that takes whole numbers beside the step's input."""
        constant = self._file.constant(f"{step.layer}_{number}_{kind.lower()}", np.array(values, np.int32))
        taken = [self._tensors[step.inputs[0]], constant]
        return self._operator(kind, taken, self._output(number), options, **settings)

    def _global_pooling(self, number: int, step: Step) -> int:
        kind = "REDUCE_MAX" if isinstance(step, steps.GlobalMaxPooling2D) else "MEAN"
        return self._with_constant(kind, number, step, [1, 2], "Reducer", keepDims=False)

    def _zero_padding(self, number: int, step: steps.ZeroPadding2D) -> int:
        return self._with_constant("PAD", number, step, [(0, 0), *step.padding, (0, 0)], "Pad")

    def _reshape(self, number: int, step: steps.Reshape) -> int:
        sizes = [-1, *step.shape]
        return self._with_constant("RESHAPE", number, step, sizes, "Reshape", newShape=sizes)

    def _activation(self, number: int, step: steps.Activation) -> int:
        match step.function:
            case "leaky_relu":
                return self._plain("LEAKY_RELU", number, step, "LeakyRelu", alpha=step.alpha)
            case "gelu":
                return self._plain("GELU", number, step, "Gelu", approximate=False)
            case "silu":
                return self._silu(number, step)
        return self._plain(_FUNCTIONS[step.function], number, step)

    def _silu(self, number: int, step: steps.Activation) -> int:
        x, name = self._tensors[step.inputs[0]], f"{step.layer}_{number}_sigmoid"
        if self._ranges is None:
            gate = self._file.tensor(name, step.shape)
        else:
            gate = self._file.tensor(name, step.shape, "int8", quantizing.SIGMOID)
        self._operator("LOGISTIC", [x], gate)
        return self._operator("MUL", [x, gate], self._output(number), "Mul")

    def _softmax(self, number: int, step: steps.Softmax) -> int:
        return self._plain("SOFTMAX", number, step, "Softmax", beta=1.0)

    def _add(self, number: int, step: steps.Add) -> int:
        return self._plain("ADD", number, step, "Add")

    def _refused(self, number: int, step: Step) -> int:
        raise UnsupportedError(
            f"`{step.layer}` cannot be exported to LiteRT: there is no operator for {type(step).__name__}. Export the "
            "model to ONNX, or leave it out."
        )


_SAY: Mapping[type[Step], Any] = {
    steps.Dense: Writer._linear,
    steps.Conv2D: Writer._linear,
    steps.DepthwiseConv2D: Writer._linear,
    steps.MaxPooling2D: Writer._pooling,
    steps.AveragePooling2D: Writer._pooling,
    steps.GlobalMaxPooling2D: Writer._global_pooling,
    steps.GlobalAveragePooling2D: Writer._global_pooling,
    steps.ZeroPadding2D: Writer._zero_padding,
    steps.Reshape: Writer._reshape,
    steps.Activation: Writer._activation,
    steps.Softmax: Writer._softmax,
    steps.Add: Writer._add,
    steps.LayerNormalization: Writer._refused,
    steps.Mean: Writer._refused,
}


def _dense_kernel(kernel: Floats) -> npt.NDArray[np.float32]:
    return kernel.T


def _conv2d_kernel(kernel: Floats) -> npt.NDArray[np.float32]:
    return kernel.transpose(3, 0, 1, 2)


def _depthwise_kernel(kernel: Floats) -> npt.NDArray[np.float32]:
    return kernel.reshape(1, *kernel.shape[:2], -1)


_KERNELS = {
    steps.Dense: _dense_kernel,
    steps.Conv2D: _conv2d_kernel,
    steps.DepthwiseConv2D: _depthwise_kernel,
}


def _window(padding: steps.Margins, strides: steps.Two) -> dict[str, int]:
    """A window's geometry; margins come from "same" alone, which both share."""
    same = padding != ((0, 0), (0, 0))
    return {"padding": 0 if same else 1, "strideH": strides[0], "strideW": strides[1]}  # Padding.SAME, VALID
