"""Schedules that fall as half a cosine wave, once or again and again. Names, defaults and formulas are Keras 3's."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from figurate.errors import ConfigurationError
from figurate.optimizers.schedules.base import STEPS, STEPS_OR_NONE, LearningRateSchedule, Steps
from figurate.parameters import Real, Text
from figurate.registry import Parameters


class CosineDecay(LearningRateSchedule):
    """Half a cosine wave, from the initial rate down to `alpha` of it, after a straight warm-up if one is asked for.

        decayed(step) = start * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps of the wave; above 0. After them the rate stays. None (the default): as many as `fit` makes,
            less the warm-up's.
        alpha: The last rate as a share of the first of the wave. Defaults to 0.
        name: A label for the configuration.
        warmup_target: None (the default: no warm-up) or the rate to rise to in a straight line over `warmup_steps`; the
            wave begins there.
        warmup_steps: Defaults to 0.

    Source: Loshchilov & Hutter, arXiv:1608.03983; warm-up: Goyal et al., arXiv:1706.02677.
    """

    _parameters: ClassVar[Parameters] = {
        "initial_learning_rate": Real(),
        "decay_steps": STEPS_OR_NONE,
        "alpha": Real(),
        "name": Text(),
        "warmup_target": Real(optional=True),
        "warmup_steps": Real(low=0),
    }
    _open_setting = "decay_steps"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float | None = None,
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

    def _length(self, steps: int) -> float:
        if self.warmup_target is None:
            return steps
        if self.warmup_steps >= steps:
            raise ConfigurationError(
                f"`CosineDecay(warmup_steps=…)` expects fewer than the {steps} steps of training, received "
                f"{self.warmup_steps:g}. Warm up for fewer steps, or train for more epochs."
            )
        return steps - self.warmup_steps

    def _wave(self, step: Steps, start: float) -> Steps:
        assert self.decay_steps is not None  # asked by `__call__`
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
        "first_decay_steps": STEPS,
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
