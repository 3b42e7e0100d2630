"""`Adam`, and `AdamW`, which is Adam with weight decay by default."""

from __future__ import annotations

from typing import Any, ClassVar

from figurate.errors import ConfigurationError
from figurate.optimizers.base import EngineOptimizer, Optimizer
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.parameters import Real
from figurate.registry import Parameters, Refusal, Refusals


class Adam(Optimizer):
    """Adaptive moment estimation.

    At step t, with gradient g and moments m, v that begin at 0:

        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        w = w - learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)

    Args:
        learning_rate: Defaults to 0.001. See `Optimizer`.
        beta_1: Decay of the first moment, from 0 to below 1. Defaults to 0.9.
        beta_2: Decay of the second moment, from 0 to below 1. Defaults to 0.999.
        epsilon: Keeps the division finite. Defaults to 1e-7. It is "epsilon hat" of the paper (before section 2.1),
            added to the root of the uncorrected second moment, as in Keras; PyTorch adds its own to the corrected one.
        weight_decay: Defaults to None. See `Optimizer`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, name: See `Optimizer`.

    Raises:
        ConfigurationError: A value is wrong.
        UnsupportedError: `amsgrad`, and what `Optimizer` names.

    Example:
        >>> Adam(learning_rate=0.01)
        Adam(learning_rate=0.01)

    Source: Kingma & Ba, arXiv:1412.6980.
    """

    _parameters: ClassVar[Parameters] = {
        "beta_1": Real(low=0, high=1, high_open=True),
        "beta_2": Real(low=0, high=1, high_open=True),
        "epsilon": Real(low=0, low_open=True),
    }
    _refused: ClassVar[Refusals] = {
        "amsgrad": Refusal("Lower `beta_2` or `learning_rate` where Adam is unsteady.", (None, False))
    }

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        name: str | None = "adam",
        **unsupported: Any,
    ) -> None:
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
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
        return "adam", {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


class AdamW(Adam):
    """`Adam` with decoupled weight decay: before each update, `w = w - learning_rate * weight_decay * w`.

    Args:
        learning_rate: Defaults to 0.001. See `Optimizer`.
        weight_decay: Defaults to 0.004.
        beta_1, beta_2, epsilon: See `Adam`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, name: See `Optimizer`.

    Raises:
        ConfigurationError: A value is wrong; `weight_decay` is None.
        UnsupportedError: See `Adam`.

    Source: Loshchilov & Hutter, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        name: str | None = "adamw",
        **unsupported: Any,
    ) -> None:
        if weight_decay is None:
            raise ConfigurationError(
                "`AdamW(weight_decay=…)` expects a number of at least 0, received None. Use `Adam` for none."
            )
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            name=name,
            **unsupported,
        )
