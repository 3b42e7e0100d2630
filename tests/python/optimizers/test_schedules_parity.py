"""Schedules give Keras' rates, step for step; skipped where Keras or JAX is not installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate.optimizers import schedules

CASES: dict[str, dict[str, Any]] = {
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 37, "decay_rate": 0.9},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 37, "decay_rate": 0.9, "staircase": True},
    "PiecewiseConstantDecay": {"boundaries": [10, 50, 90], "values": [1.0, 0.5, 0.1, 0.01]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 37, "power": 1.7, "cycle": True},
    "CosineDecay": {
        "initial_learning_rate": 0.01,
        "decay_steps": 60,
        "alpha": 0.1,
        "warmup_target": 0.2,
        "warmup_steps": 13,
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": 0.1,
        "first_decay_steps": 9,
        "t_mul": 1.7,
        "m_mul": 0.8,
        "alpha": 0.1,
    },
}


@pytest.mark.parametrize("name", CASES)
def test_rates_are_keras(name: str) -> None:
    pytest.importorskip("jax", reason="the parity tests compare with Keras on JAX")
    keras = pytest.importorskip("keras", reason="the parity tests compare with Keras on JAX")
    ours = getattr(schedules, name)(**CASES[name])
    theirs = getattr(keras.optimizers.schedules, name)(**CASES[name])
    steps = np.arange(0, 150, 7)
    # Keras computes in float32.
    np.testing.assert_allclose(ours(steps), [float(theirs(int(step))) for step in steps], rtol=3e-5, atol=1e-8)
    # What Keras writes of a schedule, figurate reads.
    assert type(ours).from_config(theirs.get_config()).get_config() == ours.get_config()
