"""Numbers in int8: scales and zero points, found on figures, in the terms of LiteRT's quantization specification.

A value is `scale * (q - zero)`. Weights are symmetric, with a scale for each output; biases are int32 in the scale of
their products; what layers give has one scale and zero point, by the least and greatest value that was seen.

Source: https://ai.google.dev/edge/litert/models/quantization_spec.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.export import steps
from figurate.export.plan import Plan
from figurate.export.steps import Floats

_SAME_AS_INPUT = (
    steps.MaxPooling2D,
    steps.AveragePooling2D,
    steps.GlobalMaxPooling2D,
    steps.ZeroPadding2D,
    steps.Reshape,
)


@dataclass(frozen=True, eq=False)
class Quantization:
    """How integers stand for numbers.

    Attributes:
        scale: (1,), or (outputs,) along `axis`.
        zero: The integer that stands for 0.
        axis: Of weights, the axis of the outputs.
    """

    scale: npt.NDArray[np.float32]
    zero: int = 0
    axis: int = 0

    @classmethod
    def of_range(cls, low: float, high: float) -> Quantization:
        """Of values that lie between these; 0 is among them, so that padding is exact.

        Example:
            >>> Quantization.of_range(0.0, 25.5).zero
            -128
        """
        low, high = min(low, 0.0), max(high, 0.0)
        scale = (high - low) / 255 or 1.0
        return cls(np.array([scale], np.float32), int(np.clip(round(-128 - low / scale), -128, 127)))


# What these operators give, whatever comes in.
SIGMOID = Quantization(np.array([1 / 256], np.float32), -128)
TANH = Quantization(np.array([1 / 128], np.float32), 0)


def ranges_of(plan: Plan, figures: Floats) -> list[Quantization]:
    """The quantization of the figures, then of each step's output: entry i + 1 is step i's.

    Args:
        plan: Lowered.
        figures: (n, *input_shape), some hundred, like those that the file will see.
    """
    seen = [(float(values.min()), float(values.max())) for values in plan.trace(figures)]
    found = [Quantization.of_range(*seen[0])]
    for number, step in enumerate(plan.steps):
        function = step.function if isinstance(step, steps.Activation) else None
        if isinstance(step, steps.Softmax) or function == "sigmoid":
            found.append(SIGMOID)
        elif function == "tanh":
            found.append(TANH)
        elif isinstance(step, _SAME_AS_INPUT):
            found.append(found[step.inputs[0] + 1])
        else:
            found.append(Quantization.of_range(*seen[number + 1]))
    return found


def weights(kernel: Floats, axis: int) -> tuple[npt.NDArray[np.int8], Quantization]:
    """A kernel in int8, -127..127, each output along `axis` with a scale of its own."""
    others = tuple(other for other in range(kernel.ndim) if other != axis)
    greatest = np.abs(kernel).max(axis=others)
    scale = np.where(greatest > 0, greatest / 127, 1.0).astype(np.float32)
    along = [-1 if other == axis else 1 for other in range(kernel.ndim)]
    return np.rint(kernel / scale.reshape(along)).astype(np.int8), Quantization(scale, 0, axis)


def bias(values: Floats, entering: Quantization, kernel: Quantization) -> tuple[npt.NDArray[Any], Quantization]:
    """A bias in int32, in the scale of the products that it is added to."""
    scale = entering.scale * kernel.scale
    limits = np.iinfo(np.int32)
    whole = np.clip(np.rint(values.astype(np.float64) / scale), limits.min, limits.max).astype(np.int32)
    return whole, Quantization(scale, 0, 0)
