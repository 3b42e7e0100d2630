"""Schedules: the learning rate as a function of the step. Names, defaults and formulas are Keras 3's.

A schedule is called with a step, or with a numpy array of steps, and computes in float64; the engine gets float32.
Steps count updates of the weights from 0. A schedule of one's own, a subclass with `__call__`, trains, but no file can
hold it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError
from figurate.parameters import Boolean, Real, Reals, Text
from figurate.registry import Configurable, Parameters, Registry

Steps = npt.NDArray[np.float64]

# A length of time that the step is divided by.
_STEPS = Real(low=0, low_open=True)

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]


class LearningRateSchedule(Configurable):
    """The base of all schedules.

    A subclass of one's own writes `__call__(self, step)` for one step, a whole number, and returns a number.

    Example:
        >>> schedule = ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
        >>> schedule(0), schedule(200)
        (0.1, 0.025)
        >>> schedule(np.array([0, 100]))
        array([0.1 , 0.05])
    """

    _kind = "schedule"

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step, or at each of an array of steps.

        Args:
            step: A whole number, or an array of them of any shape.

        Returns:
            A float, or a float64 array of the same shape.
        """
        rates = self._at(np.asarray(step, dtype=np.float64))
        return float(rates) if np.ndim(step) == 0 else np.asarray(rates)

    def _at(self, step: Steps) -> Steps:
        raise NotImplementedError

    def rates(self, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The learning rates at `steps`, checked, as the engine takes them: float32, the same shape.

        Raises:
            ConfigurationError: A rate is not finite or below 0.
        """
        if type(self) in _REGISTRY:
            rates = np.asarray(self(steps), dtype=np.float32)
        else:
            # A user's own `__call__` may branch on the step, so it is asked one step at a time.
            rates = np.array([float(self(int(step))) for step in steps.ravel()], dtype=np.float32).reshape(steps.shape)
        wrong = ~(np.isfinite(rates) & (rates >= 0))
        if wrong.any():
            index = int(np.argmax(wrong))
            raise ConfigurationError(
                f"`{type(self).__name__}` expects to give finite learning rates of at least 0, gave "
                f"{rates.ravel()[index]} at step {steps.ravel()[index]}. Change its settings."
            )
        return rates


class _RateDecay(LearningRateSchedule):
    """What `ExponentialDecay` and `InverseTimeDecay` share: a rate that falls by `decay_rate` every `decay_steps`.

    Each has a constructor all the same: its default of `name` belongs to its signature and is left out of its `repr`.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": _STEPS,
        "decay_rate": Real(low=0),
        "staircase": Boolean(),
        "name": Text(),
    }

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool, name: str
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name
        self._check()

    def _turns(self, step: Steps) -> Steps:
        """How often `decay_steps` have passed; whole numbers on a staircase."""
        turns = step / self.decay_steps
        return np.floor(turns) if self.staircase else turns


class ExponentialDecay(_RateDecay):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps over which the rate is multiplied by `decay_rate` once; above 0.
        decay_rate: The factor.
        staircase: Whether to fall in steps: `step / decay_steps` is then rounded down. Defaults to False.
        name: A label for the configuration.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
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
        decay_steps: Steps over which the divisor grows by `decay_rate`; above 0.
        decay_rate: How much the divisor grows.
        staircase: Whether to fall in steps: `step / decay_steps` is then rounded down. Defaults to False.
        name: A label for the configuration.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
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
        decay_steps: Steps until `end_learning_rate`; above 0.
        end_learning_rate: The last rate. Defaults to 0.0001.
        power: 1 (the default) is a straight line.
        cycle: Whether to stretch `decay_steps` to its next multiple instead of staying at the end. Defaults to False.
        name: A label for the configuration.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": _STEPS,
        "end_learning_rate": Real(),
        "power": Real(low=0),
        "cycle": Boolean(),
        "name": Text(),
    }

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
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
        if self.cycle:
            length = self.decay_steps * np.maximum(1, np.ceil(step / self.decay_steps))
        else:
            length = np.asarray(self.decay_steps, dtype=np.float64)
            step = np.minimum(step, length)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * np.power(1 - step / length, self.power) + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Half a cosine wave, from the initial rate down to `alpha` of it, after a straight warm-up if one is asked for.

        decayed(step) = start * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps of the wave; above 0. After them the rate stays.
        alpha: The last rate as a share of the first of the wave. Defaults to 0.
        name: A label for the configuration.
        warmup_target: None (the default: no warm-up) or the rate to rise to in a straight line over `warmup_steps`; the
            wave begins there.
        warmup_steps: Defaults to 0.

    Source: Loshchilov & Hutter, arXiv:1608.03983; warm-up: Goyal et al., arXiv:1706.02677.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": _STEPS,
        "alpha": Real(),
        "name": Text(),
        "warmup_target": Real(optional=True),
        "warmup_steps": Real(low=0),
    }

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps
        self._check()

    def _at(self, step: Steps) -> Steps:
        if self.warmup_target is None:
            return self._wave(step, self.initial_learning_rate)
        wave = self._wave(step - self.warmup_steps, self.warmup_target)
        rise = self.warmup_target - self.initial_learning_rate
        # With no warm-up steps no step is below them; 1 only keeps the division whole.
        line = self.initial_learning_rate + rise * step / (self.warmup_steps or 1)
        return np.where(step < self.warmup_steps, line, wave)

    def _wave(self, step: Steps, start: float) -> Steps:
        share = np.minimum(step, self.decay_steps) / self.decay_steps
        return start * ((1 - self.alpha) * 0.5 * (1 + np.cos(math.pi * share)) + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """`CosineDecay` that begins again and again.

    Period i is `first_decay_steps * t_mul**i` steps long and begins at `m_mul**i` of the initial rate.

    Args:
        initial_learning_rate: The rate at step 0.
        first_decay_steps: Steps of the first period; above 0.
        t_mul: How much longer each period is than the one before; at least 1. Defaults to 2.
        m_mul: How much higher each period begins. Defaults to 1.
        alpha: Each period's last rate as a share of the initial rate. Defaults to 0.
        name: A label for the configuration.

    Source: Loshchilov & Hutter, arXiv:1608.03983.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "first_decay_steps": _STEPS,
        "t_mul": Real(low=1),
        "m_mul": Real(low=0),
        "alpha": Real(),
        "name": Text(),
    }

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name
        self._check()

    def _at(self, step: Steps) -> Steps:
        turns = step / self.first_decay_steps
        if self.t_mul == 1:
            period = np.floor(turns)
            share = turns - period
        else:
            # Periods 0..i-1 take (t_mul**i - 1) / (t_mul - 1) turns. The logarithm may fall just short of a whole
            # number where a period begins, so the period is the greatest whose beginning has been reached.
            period = np.floor(np.log1p(turns * (self.t_mul - 1)) / math.log(self.t_mul)) + 1
            period = np.where(self._begin(period) > turns, period - 1, period)
            period = np.where(self._begin(period) > turns, period - 1, period)
            share = (turns - self._begin(period)) / np.power(self.t_mul, period)
        wave = 0.5 * np.power(self.m_mul, period) * (1 + np.cos(math.pi * share))
        return np.asarray(self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha))

    def _begin(self, period: Steps) -> Steps:
        return np.asarray((np.power(self.t_mul, period) - 1) / (self.t_mul - 1))


_REGISTRY: Registry[LearningRateSchedule] = Registry(
    "schedule",
    (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
        CosineDecayRestarts,
    ),
)

serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
