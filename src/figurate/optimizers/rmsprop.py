"""`RMSprop`: gradients divided by the root of their mean square."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.optimizers.base import EngineOptimizer, Optimizer
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.parameters import Boolean, Real
from figurate.registry import Parameters


class RMSprop(Optimizer):
    """Root mean square propagation.

    With gradient g and averages v, a and momentum m that begin at 0:

        v = rho * v + (1 - rho) * g**2
        step = learning_rate * g / sqrt(v + epsilon)                 # centered: sqrt(v - a**2 + epsilon),
                                                                     # a = rho * a + (1 - rho) * g
        w = w - step                                                 # momentum == 0
        m = momentum * m + step;  w = w - m                          # momentum > 0

    Args:
        learning_rate: Defaults to 0.001. See `Optimizer`.
        rho: Decay of the mean square, from 0 to below 1. Defaults to 0.9.
        momentum: From 0 (the default: none) to 1.
        epsilon: Keeps the division finite. Defaults to 1e-7; inside the root, as in Keras (PyTorch has it outside).
        centered: Whether to take off the mean gradient's square. Defaults to False.
        weight_decay: Defaults to None. See `Optimizer`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, name: See `Optimizer`.

    Raises:
        ConfigurationError, UnsupportedError: See `Optimizer`.

    Example:
        >>> RMSprop(rho=0.95, centered=True)
        RMSprop(rho=0.95, centered=True)

    Source: Tieleman & Hinton, "Neural networks for machine learning", lecture 6e, 2012.
    """

    _parameters: ClassVar[Parameters] = {
        "rho": Real(low=0, high=1, high_open=True),
        "momentum": Real(low=0, high=1),
        "epsilon": Real(low=0, low_open=True),
        "centered": Boolean(),
    }

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        name: str | None = "rmsprop",
        **unsupported: Any,
    ) -> None:
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
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
        return "rmsprop", {
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
