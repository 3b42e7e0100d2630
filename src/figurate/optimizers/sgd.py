"""`SGD`: gradient descent, plain, with momentum or with Nesterov's momentum."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.optimizers.base import EngineOptimizer, Optimizer
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.parameters import Boolean, Real
from figurate.registry import Parameters


class SGD(Optimizer):
    """Stochastic gradient descent.

    With gradient g, and a velocity that begins at 0:

        w = w - learning_rate * g                                    # momentum == 0

        velocity = momentum * velocity - learning_rate * g
        w = w + velocity                                             # momentum > 0
        w = w + momentum * velocity - learning_rate * g              # momentum > 0 and nesterov

    Args:
        learning_rate: Defaults to 0.01. See `Optimizer`.
        momentum: From 0 (the default: none) to 1.
        nesterov: Whether to use Nesterov's momentum. Defaults to False.
        weight_decay: Defaults to None. See `Optimizer`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, name: See `Optimizer`.

    Raises:
        ConfigurationError, UnsupportedError: See `Optimizer`.

    Example:
        >>> SGD(0.1, momentum=0.9, nesterov=True)
        SGD(learning_rate=0.1, momentum=0.9, nesterov=True)

    Source: Sutskever, Martens, Dahl & Hinton, "On the importance of initialization and momentum in deep learning",
        ICML 2013.
    """

    _parameters: ClassVar[Parameters] = {"momentum": Real(low=0, high=1), "nesterov": Boolean()}

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        name: str | None = "sgd",
        **unsupported: Any,
    ) -> None:
        self.momentum = momentum
        self.nesterov = nesterov
        super().__init__(
            learning_rate,
            weight_decay,
            name,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            **unsupported,
        )

    def _rule(self) -> EngineOptimizer:
        return "sgd", {"momentum": self.momentum, "nesterov": self.nesterov}
