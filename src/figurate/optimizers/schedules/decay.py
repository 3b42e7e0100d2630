"""Schedules that fall by a formula of the step: exponential, inverse in time, piece by piece, polynomial.

Names, defaults and formulas are Keras 3's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from figurate.errors import ConfigurationError
from figurate.optimizers.schedules.base import STEPS_OR_NONE, LearningRateSchedule, Steps
from figurate.parameters import Boolean, Real, Reals, Text
from figurate.registry import Parameters


class _RateDecay(LearningRateSchedule):
    """What `ExponentialDecay` and `InverseTimeDecay` share: a rate that falls by `decay_rate` every `decay_steps`.

    Each has a constructor all the same: its default of `name` belongs to its signature and is left out of its `repr`.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": STEPS_OR_NONE,
        "decay_rate": Real(low=0),
        "staircase": Boolean(),
        "name": Text(),
    }
    _open_setting = "decay_steps"

    def __init__(
        self, initial_learning_rate: float, decay_steps: float | None, decay_rate: float, staircase: bool, name: str
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name
        self._check()

    def _turns(self, step: Steps) -> Steps:
        """How often `decay_steps` have passed; whole numbers on a staircase."""
        assert self.decay_steps is not None  # asked by `__call__`
        turns = step / self.decay_steps
        return np.floor(turns) if self.staircase else turns


class ExponentialDecay(_RateDecay):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps over which the rate is multiplied by `decay_rate` once; above 0. None: as many as `fit`
            makes.
        decay_rate: The factor.
        staircase: Whether to fall in steps: `step / decay_steps` is then rounded down. Defaults to False.
        name: A label for the configuration.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float | None,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def _at(self, step: Steps) -> Steps:
        return self.initial_learning_rate * np.power(self.decay_rate, self._turns(step))


class InverseTimeDecay(_RateDecay):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps over which the divisor grows by `decay_rate`; above 0. None: as many as `fit` makes.
        decay_rate: How much the divisor grows.
        staircase: Whether to fall in steps: `step / decay_steps` is then rounded down. Defaults to False.
        name: A label for the configuration.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float | None,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def _at(self, step: Steps) -> Steps:
        return self.initial_learning_rate / (1 + self.decay_rate * self._turns(step))


class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[0]` up to and with step `boundaries[0]`, then `values[1]` up to and with `boundaries[1]`, and so on.

    Args:
        boundaries: Steps, each greater than the one before.
        values: Rates, one more than boundaries.
        name: A label for the configuration.

    Raises:
        ConfigurationError: There is no boundary, they do not ascend, or there are too few or too many values.

    Example:
        >>> PiecewiseConstantDecay([1000, 2000], [0.01, 0.005, 0.001])(1500)
        0.005
    """

    _parameters: ClassVar[Parameters] = {"boundaries": Reals(), "values": Reals(low=0), "name": Text()}

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        self.boundaries = boundaries
        self.values = values
        self.name = name
        self._check()
        if not self.boundaries or len(self.values) != len(self.boundaries) + 1:
            raise ConfigurationError(
                f"`PiecewiseConstantDecay` expects at least one boundary and one value more than boundaries, received "
                f"{len(self.boundaries)} boundaries and {len(self.values)} values."
            )
        if any(b <= a for a, b in zip(self.boundaries, self.boundaries[1:], strict=False)):
            raise ConfigurationError(
                f"`PiecewiseConstantDecay` expects boundaries each greater than the one before, received {boundaries}. "
                f"Sort them."
            )

    def _at(self, step: Steps) -> Steps:
        return np.asarray(self.values, dtype=np.float64)[np.searchsorted(self.boundaries, step, side="left")]


class PolynomialDecay(LearningRateSchedule):
    """`(initial - end) * (1 - step / decay_steps) ** power + end`; after `decay_steps`, `end_learning_rate`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps until `end_learning_rate`; above 0. None (the default): as many as `fit` makes.
        end_learning_rate: The last rate. Defaults to 0.0001.
        power: 1 (the default) is a straight line.
        cycle: Whether to stretch `decay_steps` to its next multiple instead of staying at the end. Defaults to False.
        name: A label for the configuration.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": STEPS_OR_NONE,
        "end_learning_rate": Real(),
        "power": Real(low=0),
        "cycle": Boolean(),
        "name": Text(),
    }
    _open_setting = "decay_steps"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float | None = None,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name
        self._check()

    def _at(self, step: Steps) -> Steps:
        assert self.decay_steps is not None  # asked by `__call__`
        if self.cycle:
            length = self.decay_steps * np.maximum(1, np.ceil(step / self.decay_steps))
        else:
            length = np.asarray(self.decay_steps, dtype=np.float64)
            step = np.minimum(step, length)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * np.power(1 - step / length, self.power) + self.end_learning_rate
