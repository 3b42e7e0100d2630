"""`LearningRateSchedule`: what all schedules share. A rate is a function of the step; knows no one formula."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError
from figurate.parameters import Real
from figurate.registry import Configurable

Steps = npt.NDArray[np.float64]

# A length of time that the step is divided by; where it may be None, `fit` knows it.
STEPS = Real(low=0, low_open=True)
STEPS_OR_NONE = Real(low=0, low_open=True, optional=True)


class LearningRateSchedule(Configurable):
    """The base of all schedules.

    A subclass of one's own writes `__call__(self, step)` for one step, a whole number, and returns a number.

    A schedule whose number of steps is None is open: it spans a whole call of `fit`, and takes the number from there.
    Its step 0 is then the first of epoch 0 and its end that of the last epoch, so that `fit(epochs=20)` again begins
    the schedule again, while `fit(initial_epoch=10, epochs=20)` and a run continued from a backup are in its middle. A
    model file holds it open.

    Example:
        >>> from figurate.optimizers.schedules import CosineDecay, ExponentialDecay
        >>> schedule = ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
        >>> schedule(0), schedule(200)
        (0.1, 0.025)
        >>> schedule(np.array([0, 100]))
        array([0.1 , 0.05])
        >>> CosineDecay(0.1).over(1000)(500)
        0.05
    """

    _kind = "schedule"
    # The setting that may be None for as many steps as `fit` makes; "": there is none.
    _open_setting: ClassVar[str] = ""

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step, or at each of an array of steps.

        Args:
            step: A whole number, or an array of them of any shape.

        Returns:
            A float, or a float64 array of the same shape.

        Raises:
            ConfigurationError: The schedule is open.
        """
        if self.is_open:
            raise ConfigurationError(
                f"`{type(self).__name__}` expects a number of steps to give a rate, received "
                f"{self._open_setting}=None, which only `fit` knows. Ask `schedule.over(steps)(step)`, or set "
                f"`{self._open_setting}`."
            )
        rates = self._at(np.asarray(step, dtype=np.float64))
        return float(rates) if np.ndim(step) == 0 else np.asarray(rates)

    def _at(self, step: Steps) -> Steps:
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Whether the number of steps is left to `fit`."""
        return bool(self._open_setting) and getattr(self, self._open_setting) is None

    def over(self, steps: int) -> Self:
        """The schedule for `steps` steps in all, where it is open; else the schedule itself.

        Raises:
            ConfigurationError: They are too few for it.
        """
        if not self.is_open:
            return self
        return self.from_config({**self.get_config(), self._open_setting: self._length(steps)})

    def _length(self, steps: int) -> float:
        """The open setting's value for `steps` steps in all."""
        return steps

    def rates(self, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The learning rates at `steps`, checked, as the engine takes them: float32, the same shape.

        Raises:
            ConfigurationError: A rate is not finite or below 0, or the schedule is open.
        """
        if type(self).__call__ is LearningRateSchedule.__call__:
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
