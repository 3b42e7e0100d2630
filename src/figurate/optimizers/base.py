"""What all optimizers share: learning rate, weight decay, clipped gradients, averaged weights.

The engine does the updates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.optimizers import schedules
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.parameters import Boolean, Integer, Parameter, Real, Text
from figurate.registry import Configurable, Refusal

EngineOptimizer = tuple[str, dict[str, object]]

_COMMON_REFUSALS = {
    "loss_scale_factor": Refusal("The engine computes in float32, which needs none."),
    "gradient_accumulation_steps": Refusal("Raise `batch_size=` of `fit`."),
    "jit_compile": Refusal("The engine is compiled already; leave it out.", (None, True, False, "auto")),
    "lr": Refusal("Its name is `learning_rate`.", ()),
    "decay": Refusal("Use `learning_rate=optimizers.schedules.ExponentialDecay(…)`."),
}


class _LearningRate(Parameter):
    """A number of at least 0, or a schedule."""

    def check(self, owner: str, name: str, value: object) -> float | LearningRateSchedule:
        if isinstance(value, LearningRateSchedule):
            return value
        if isinstance(value, dict):
            return schedules.deserialize(value)
        if callable(value):
            raise UnsupportedError(
                f"`{owner}(learning_rate=…)` expects a number or a schedule, received the function {shown(value)}. Use "
                f"`callbacks.LearningRateScheduler`, or a subclass of `optimizers.schedules.LearningRateSchedule`."
            )
        rate: float = Real(low=0).check(owner, name, value)
        return rate

    def encode(self, value: Any) -> object:
        return schedules.serialize(value) if isinstance(value, LearningRateSchedule) else value


_LIMIT = Real(low=0, low_open=True, optional=True)
_CLIPPING = {"clipnorm": _LIMIT, "clipvalue": _LIMIT, "global_clipnorm": _LIMIT}
_AVERAGING = {"ema_momentum": Real(low=0, high=1), "ema_overwrite_frequency": Integer(low=1, optional=True)}
_COMMON = {
    "learning_rate": _LearningRate(),
    "weight_decay": Real(low=0, optional=True),
    **_CLIPPING,
    "use_ema": Boolean(),
    **_AVERAGING,
    "name": Text(),
}


class Optimizer(Configurable):
    """The base of all optimizers.

    Args:
        learning_rate: Step size; a number of at least 0 or an `optimizers.schedules` object. Can be set at any time.
        weight_decay: None (the default) or a number of at least 0: before each update every weight is multiplied by
            `1 - learning_rate * weight_decay`.
        clipnorm: None (the default) or the largest norm, above 0, of each weight's gradient: a longer one is shortened.
        clipvalue: None (the default) or the largest value, above 0: each number of a gradient is held within -clipvalue
            and clipvalue.
        global_clipnorm: None (the default) or the largest norm, above 0, of all weights' gradients together. At most
            one of the three.
        use_ema: Whether to keep averages of the weights and to put them in the weights' place when `fit` ends.
            Defaults to False. Until then the model has the weights themselves: validation and what callbacks save
            during `fit` are theirs, as in Keras, and so are the weights after `train_on_batch`.
        ema_momentum: From 0 to 1; after each step `average = ema_momentum * average + (1 - ema_momentum) * weight`, and
            after the first one `average = weight`. Defaults to 0.99.
        ema_overwrite_frequency: None (the default) or a number of steps: each time that many have passed, the averages
            take the weights' place.
        name: A label. Defaults to the class's name in lower case.

    Raises:
        ConfigurationError: A value is wrong, or two kinds of clipping are asked for.
        UnsupportedError: Keras' loss scaling, gradient accumulation.
    """

    _kind = "optimizer"
    _own_methods: ClassVar[Mapping[str, str]] = {"update_step": "Choose one of `figurate.optimizers`."}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._parameters = {**_COMMON, **cls._parameters}
        cls._refused = {**_COMMON_REFUSALS, **cls._refused}

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule,
        weight_decay: float | None,
        name: str | None,
        *,
        clipnorm: float | None,
        clipvalue: float | None,
        global_clipnorm: float | None,
        use_ema: bool,
        ema_momentum: float,
        ema_overwrite_frequency: int | None,
        **unsupported: object,
    ) -> None:
        self._refuse(unsupported)
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.name = type(self).__name__.lower() if name is None else name
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self._check()
        clipped = [key for key in _CLIPPING if getattr(self, key) is not None]
        if len(clipped) > 1:
            raise ConfigurationError(
                f"`{type(self).__name__}` expects one of clipnorm, clipvalue and global_clipnorm, received "
                f"{' and '.join(clipped)}. Leave all but one out."
            )

    @property
    def learning_rate(self) -> float | LearningRateSchedule:
        """The step size: a number or a schedule."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        self._learning_rate = _LearningRate().check(type(self).__name__, "learning_rate", value)

    def learning_rates(
        self, first_step: int, count: int, within: tuple[int, int] | None = None
    ) -> npt.NDArray[np.float32]:
        """The learning rates of `count` steps from `first_step` on (0 is the first step ever made).

        Args:
            first_step, count: Which steps.
            within: The first step's place among those of `fit`, and the number of these: what a schedule that leaves
                its number of steps open goes by.

        Returns:
            A float32 array of shape (count,).

        Raises:
            ConfigurationError: The schedule gives a rate that is not finite or below 0, or is open outside of `fit`.
        """
        schedule = self._learning_rate
        if isinstance(schedule, LearningRateSchedule):
            if within is not None and schedule.is_open:
                first_step, total = within
                schedule = schedule.over(total)
            return schedule.rates(np.arange(first_step, first_step + count, dtype=np.int64))
        return np.full(count, self._learning_rate, dtype=np.float32)

    def to_engine(self) -> EngineOptimizer:
        """The engine's kind of optimizer and its parameters; the learning rate comes from `learning_rates`."""
        kind, options = self._rule()
        options["weight_decay"] = 0.0 if self.weight_decay is None else self.weight_decay
        asked = [*_CLIPPING, *(_AVERAGING if self.use_ema else ())]
        return kind, options | {key: getattr(self, key) for key in asked if getattr(self, key) is not None}

    def _rule(self) -> EngineOptimizer:
        """The engine's kind of optimizer and the parameters of its own."""
        raise NotImplementedError
