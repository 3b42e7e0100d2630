"""What all optimizers share: learning rate (a number or a schedule) and weight decay. The engine does the updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from figurate.errors import UnsupportedError, shown
from figurate.optimizers import schedules
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.parameters import Parameter, Real, Text
from figurate.registry import Configurable, Refusal

EngineOptimizer = tuple[str, dict[str, object]]

_CLIP = "Lower `learning_rate`, or warm it up with `optimizers.schedules.CosineDecay(…, warmup_target=…)`."
_EMA = "Keep the best weights with `callbacks.EarlyStopping(restore_best_weights=True)`."
_COMMON_REFUSALS = {
    "clipnorm": Refusal(_CLIP),
    "clipvalue": Refusal(_CLIP),
    "global_clipnorm": Refusal(_CLIP),
    "use_ema": Refusal(_EMA, (None, False)),
    "ema_momentum": Refusal(_EMA, (None, 0.99)),
    "ema_overwrite_frequency": Refusal(_EMA),
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


class Optimizer(Configurable):
    """The base of all optimizers.

    Args:
        learning_rate: Step size; a number of at least 0 or an `optimizers.schedules` object. Can be set at any time.
        weight_decay: None (the default) or a number of at least 0: before each update every weight is multiplied by
            `1 - learning_rate * weight_decay`.
        name: A label. Defaults to the class's name in lower case.

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: Keras' gradient clipping, averages of weights, loss scaling, gradient accumulation.
    """

    _kind = "optimizer"
    _own_methods: ClassVar[Mapping[str, str]] = {"update_step": "Choose one of `figurate.optimizers`."}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        common = {"learning_rate": _LearningRate(), "weight_decay": Real(low=0, optional=True), "name": Text()}
        cls._parameters = {**common, **cls._parameters}
        cls._refused = {**_COMMON_REFUSALS, **cls._refused}

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule,
        weight_decay: float | None,
        name: str | None,
        **unsupported: object,
    ) -> None:
        self._refuse(unsupported)
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.name = type(self).__name__.lower() if name is None else name
        self._check()

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
        raise NotImplementedError

    @property
    def _decay(self) -> float:
        return 0.0 if self.weight_decay is None else self.weight_decay
