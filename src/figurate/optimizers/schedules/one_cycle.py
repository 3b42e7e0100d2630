"""`OneCycle`: up to a high rate and down again to nearly none, once over the whole training."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from figurate.optimizers.schedules.base import STEPS_OR_NONE, LearningRateSchedule, Steps
from figurate.parameters import Option, Real, Text
from figurate.registry import Parameters


class OneCycle(LearningRateSchedule):
    """Smith's 1cycle: one rise to a rate too high to stay at, one fall to a rate near 0.

        peak = warmup_fraction * total_steps
        rise = from max / initial_divisor to max over the steps 0..peak
        fall = from max to max / final_divisor over the steps peak..total_steps; there the rate stays

    It reaches in a few epochs what a constant rate needs many for. Keras has no such schedule. Smith lets the momentum
    fall while the rate rises; here it stays.

    Args:
        max_learning_rate: The highest rate: a few times what serves as a constant one, such as 0.01 with Adam.
        total_steps: Steps of rise and fall together; above 0. None (the default): as many as `fit` makes.
        warmup_fraction: The part of the steps that rises, from 0 to 1. Defaults to 0.3.
        initial_divisor: The first rate is the highest divided by this; at least 1. Defaults to 25.
        final_divisor: The last rate is the highest divided by this; at least 1. Defaults to 10,000.
        annealing: "cosine" (the default: half a wave up, half a wave down) or "linear".
        name: A label for the configuration.

    Raises:
        ConfigurationError: A value is wrong.

    Example:
        >>> schedule = OneCycle(0.01)
        >>> [round(schedule.over(1000)(step), 6) for step in (0, 150, 300, 650, 1000)]
        [0.0004, 0.0052, 0.01, 0.005, 1e-06]

    Source: Smith & Topin, arXiv:1708.07120; Smith, arXiv:1803.09820.
    """

    _parameters: ClassVar[Parameters] = {
        "max_learning_rate": Real(low=0),
        "total_steps": STEPS_OR_NONE,
        "warmup_fraction": Real(low=0, high=1),
        "initial_divisor": Real(low=1),
        "final_divisor": Real(low=1),
        "annealing": Option(("cosine", "linear")),
        "name": Text(),
    }
    _open_setting = "total_steps"

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: float | None = None,
        warmup_fraction: float = 0.3,
        initial_divisor: float = 25.0,
        final_divisor: float = 1e4,
        annealing: str = "cosine",
        name: str = "OneCycle",
    ) -> None:
        self.max_learning_rate = max_learning_rate
        self.total_steps = total_steps
        self.warmup_fraction = warmup_fraction
        self.initial_divisor = initial_divisor
        self.final_divisor = final_divisor
        self.annealing = annealing
        self.name = name
        self._check()

    def _at(self, step: Steps) -> Steps:
        assert self.total_steps is not None  # asked by `__call__`
        peak = self.warmup_fraction * self.total_steps
        fall = self.total_steps - peak
        # A rise or fall of no steps has no step within it; 1 only keeps the division whole.
        up = self._between(self.max_learning_rate / self.initial_divisor, step / (peak or 1))
        down = self._between(self.max_learning_rate / self.final_divisor, 1 - (step - peak) / (fall or 1))
        return np.where(step < peak, up, down)

    def _between(self, low: float, share: Steps) -> Steps:
        """From `low` at share 0 to the highest rate at share 1."""
        share = np.clip(share, 0, 1)
        if self.annealing == "cosine":
            share = 0.5 * (1 - np.cos(math.pi * share))
        return low + (self.max_learning_rate - low) * share
