"""Optimizers: Keras' defaults, learning rates by number and by schedule, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import optimizers
from figurate.errors import ArgumentError, ConfigurationError, UnsupportedError
from figurate.optimizers import schedules

DEFAULTS: dict[str, tuple[float, tuple[str, dict[str, object]]]] = {
    "adam": (0.001, ("adam", {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "weight_decay": 0.0})),
    "adamw": (0.001, ("adam", {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "weight_decay": 0.004})),
    "sgd": (0.01, ("sgd", {"momentum": 0.0, "nesterov": False, "weight_decay": 0.0})),
    "rmsprop": (
        0.001,
        ("rmsprop", {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False, "weight_decay": 0.0}),
    ),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults(name: str) -> None:
    optimizer = optimizers.get(name)
    rate, form = DEFAULTS[name]
    assert optimizer.learning_rate == rate
    assert optimizer.to_engine() == form
    assert optimizer.name == name
    assert repr(optimizer) == f"{type(optimizer).__name__}()"


def test_class_names() -> None:
    assert type(optimizers.get("AdamW")) is optimizers.AdamW
    assert type(optimizers.get("RMSprop")) is optimizers.RMSprop
    assert type(optimizers.get(optimizers.SGD)) is optimizers.SGD


def test_positions_of_the_arguments_are_keras() -> None:
    assert optimizers.Adam(0.1, 0.8, 0.99, 1e-8).to_engine()[1] == {
        "beta_1": 0.8,
        "beta_2": 0.99,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
    }
    assert optimizers.AdamW(0.1, 0.01, 0.8).to_engine()[1]["weight_decay"] == 0.01
    assert optimizers.SGD(0.1, 0.9, True, 0.01).to_engine()[1] == {
        "momentum": 0.9,
        "nesterov": True,
        "weight_decay": 0.01,
    }
    assert optimizers.RMSprop(0.1, 0.8, 0.5, 1e-5, True).to_engine()[1]["centered"] is True


def test_learning_rates_of_steps() -> None:
    optimizer = optimizers.SGD(0.1)
    rates = optimizer.learning_rates(7, 3)
    assert rates.dtype == np.float32
    np.testing.assert_array_equal(rates, np.full(3, 0.1, np.float32))
    optimizer.learning_rate = schedules.PiecewiseConstantDecay([8], [1.0, 0.5])
    np.testing.assert_array_equal(optimizer.learning_rates(7, 3), np.array([1.0, 1.0, 0.5], np.float32))
    assert optimizer.learning_rates(7, 0).shape == (0,)
    optimizer.learning_rate = 0
    assert optimizer.learning_rate == 0.0


def test_a_schedule_survives_the_configuration() -> None:
    optimizer = optimizers.Adam(schedules.CosineDecay(0.1, 100))
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert isinstance(again.learning_rate, schedules.CosineDecay)
    assert again.get_config() == optimizer.get_config()
    assert repr(again) == "Adam(learning_rate=CosineDecay(initial_learning_rate=0.1, decay_steps=100.0))"


@pytest.mark.parametrize("kind", [optimizers.Adam, optimizers.AdamW, optimizers.SGD, optimizers.RMSprop])
def test_the_engine_hears_of_clipping_and_averages_where_they_are_wanted(kind: Any) -> None:
    plain = kind().to_engine()[1]
    assert kind(clipnorm=1).to_engine()[1] == plain | {"clipnorm": 1.0}
    assert kind(clipvalue=0.5).to_engine()[1] == plain | {"clipvalue": 0.5}
    assert kind(global_clipnorm=2.0).to_engine()[1] == plain | {"global_clipnorm": 2.0}
    assert kind(ema_momentum=0.5, ema_overwrite_frequency=3).to_engine()[1] == plain
    assert kind(use_ema=True).to_engine()[1] == plain | {"ema_momentum": 0.99}
    often = {"ema_momentum": 0.5, "ema_overwrite_frequency": 3}
    assert kind(use_ema=True, **often).to_engine()[1] == plain | often


REFUSED: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "two kinds of clipping": (
        optimizers.Adam,
        {"clipnorm": 1.0, "clipvalue": 0.5},
        ConfigurationError,
        "`Adam` expects one of clipnorm, clipvalue and global_clipnorm, received clipnorm and clipvalue",
    ),
    "a norm of 0": (optimizers.SGD, {"clipnorm": 0}, ConfigurationError, "above 0 or None, received 0"),
    "a negative value": (optimizers.SGD, {"clipvalue": -1.0}, ConfigurationError, r"received -1\.0"),
    "averages by a number": (optimizers.RMSprop, {"use_ema": 1}, ConfigurationError, "True or False, received 1"),
    "a momentum of averages above 1": (
        optimizers.AdamW,
        {"use_ema": True, "ema_momentum": 1.1},
        ConfigurationError,
        "at least 0 and at most 1, received 1.1",
    ),
    "overwriting every 0 steps": (
        optimizers.SGD,
        {"ema_overwrite_frequency": 0},
        ConfigurationError,
        "at least 1 or None, received 0",
    ),
    "amsgrad": (optimizers.AdamW, {"amsgrad": True}, UnsupportedError, "Lower `beta_2` or `learning_rate`"),
    "loss_scale_factor": (optimizers.RMSprop, {"loss_scale_factor": 8.0}, UnsupportedError, "computes in float32"),
    "accumulation": (optimizers.Adam, {"gradient_accumulation_steps": 4}, UnsupportedError, "Raise `batch_size=`"),
    "lr": (optimizers.Adam, {"lr": 0.1}, UnsupportedError, "Its name is `learning_rate`"),
    "decay": (optimizers.SGD, {"decay": 0.1}, UnsupportedError, "Use `learning_rate=optimizers.schedules.Exp"),
    "a misspelling": (
        optimizers.Adam,
        {"beta1": 0.9},
        ArgumentError,
        "`Adam` has no argument `beta1`. Did you mean `beta_1`",
    ),
    "a negative rate": (optimizers.Adam, {"learning_rate": -1}, ConfigurationError, "of at least 0, received -1"),
    "a rate that is none": (optimizers.SGD, {"learning_rate": float("nan")}, ConfigurationError, "received nan"),
    "a rate by name": (optimizers.SGD, {"learning_rate": "fast"}, ConfigurationError, "received 'fast'"),
    "a function": (
        optimizers.SGD,
        {"learning_rate": lambda: 0.1},
        UnsupportedError,
        r"expects a number or a schedule, received the function .* Use `callbacks\.LearningRateScheduler`",
    ),
    "a beta of 1": (optimizers.Adam, {"beta_1": 1.0}, ConfigurationError, "at least 0 and below 1, received 1.0"),
    "an epsilon of 0": (optimizers.Adam, {"epsilon": 0}, ConfigurationError, "a finite number above 0, received 0"),
    "momentum above 1": (optimizers.SGD, {"momentum": 1.5}, ConfigurationError, r"`SGD\(momentum=…\)` expects"),
    "no decay for AdamW": (optimizers.AdamW, {"weight_decay": None}, ConfigurationError, "Use `Adam` for none"),
    "a negative decay": (
        optimizers.SGD,
        {"weight_decay": -0.1},
        ConfigurationError,
        "at least 0 or None, received -0.1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    optimizer, arguments, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        optimizer(**arguments)


def test_the_base_class_is_no_optimizer() -> None:
    with pytest.raises(UnsupportedError, match="An optimizer must be a name"):
        optimizers.get(optimizers.Optimizer)


def test_keras_neutral_arguments_are_taken() -> None:
    optimizer = optimizers.Adam(amsgrad=False, loss_scale_factor=None, jit_compile=True)
    assert optimizer.get_config() == optimizers.Adam().get_config()
