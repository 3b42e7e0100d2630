"""`Plan`: what a trained model computes, as plain steps: what every exported file is written from.

Augmentation and dropout are gone, separable convolutions are two steps, and batch normalization is folded into a
neighbour. Knows models by what it asks them, and no file format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from figurate.export import folding, reference, tracing
from figurate.export.steps import INPUT, Mean, Shape, Softmax, Step
from figurate.layers import Layer


class Model(Protocol):
    """A built model as exports see it: its configuration, its weights, and its own word on figures."""

    name: str

    @property
    def input_shape(self) -> tuple[int | None, ...]: ...
    @property
    def output_shape(self) -> tuple[int | None, ...]: ...
    @property
    def class_names(self) -> list[str] | None: ...
    @property
    def preprocessing(self) -> Any: ...
    @property
    def input_range(self) -> Any: ...
    @property
    def link(self) -> str: ...
    def predict(self, x: Any) -> npt.NDArray[np.float32]: ...


class Network(Model, Protocol):
    """A model of layers."""

    @property
    def layers(self) -> list[Layer]: ...
    def get_weights(self) -> list[npt.NDArray[np.float32]]: ...


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps in the order in which they are computed; the last one's output is the model's.

    Attributes:
        input_shape: Of one figure, as the model's `predict` takes it.
        steps: Each takes outputs of earlier ones, or the figure.

    Example:
        >>> from figurate import Sequential, layers
        >>> model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")])
        >>> [type(step).__name__ for step in Plan.of(model).steps]
        ['Reshape', 'Dense', 'Softmax']
    """

    input_shape: Shape
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, model: Model) -> Plan:
        """The plan of a built model, or of an ensemble: its members' steps and their mean.

        Raises:
            ConfigurationError: The model is not built.
        """
        members = getattr(model, "models", None)
        if members is None:
            network = cast(Network, model)
            shape = tuple(int(size) for size in network.input_shape[1:] if size is not None)
            return cls(shape, folding.folded(tracing.traced(network.layers, network.get_weights(), shape)))
        return _mean([cls.of(member) for member in members], model.name)

    @property
    def output_shape(self) -> Shape:
        """Of what comes out for one figure."""
        return self.steps[-1].shape if self.steps else self.input_shape

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs are a softmax's, or the mean of such."""
        last = self.steps[-1] if self.steps else None
        ends = [self.steps[n] for n in last.inputs if n != INPUT] if isinstance(last, Mean) else [last]
        return bool(ends) and all(isinstance(end, Softmax) for end in ends)

    def shape_of(self, number: int) -> Shape:
        """The shape of a step's output, or with `INPUT` that of the figure."""
        return self.input_shape if number == INPUT else self.steps[number].shape

    def users_of(self, number: int) -> list[int]:
        """The numbers of the steps that take this one's output."""
        return [user for user, step in enumerate(self.steps) if number in step.inputs]

    def run(self, x: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """The outputs for figures, in numpy, plainly: the oracle of tests, slow.

        Args:
            x: (n, *input_shape).

        Returns:
            float32 (n, *output_shape).
        """
        return self.trace(x)[-1]

    def trace(self, x: npt.ArrayLike) -> list[npt.NDArray[np.float32]]:
        """The figures, then each step's output: entry i + 1 is step i's. For calibration and for looking at."""
        found = [np.asarray(x, np.float32)]
        for step in self.steps:
            found.append(reference.computed(step, [found[number + 1] for number in step.inputs]))
        return found


def _mean(members: Sequence[Plan], name: str) -> Plan:
    """One plan of several for the same figures, and the mean of what they give."""
    steps: list[Step] = []
    ends = []
    for member in members:
        first = len(steps)
        steps += [
            replace(step, inputs=tuple(INPUT if n == INPUT else n + first for n in step.inputs))
            for step in member.steps
        ]
        ends.append(len(steps) - 1 if member.steps else INPUT)
    mean = Mean(layer=name, inputs=tuple(ends), shape=members[0].output_shape)
    return Plan(members[0].input_shape, (*steps, mean))
