"""The examples in docstrings of what configures a network are right."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    "activations",
    "errors",
    "initializers",
    "layers.activation",
    "layers.base",
    "layers.dense",
    "layers.dropout",
    "layers.flatten",
    "layers.input",
    "layers.relu",
    "layers.rescaling",
    "layers.reshape",
    "layers.softmax",
    "losses",
    "metrics",
    "naming",
    "optimizers.adam",
    "optimizers.rmsprop",
    "optimizers.schedules.base",
    "optimizers.schedules.decay",
    "optimizers.schedules.one_cycle",
    "optimizers.sgd",
    "parameters",
    "utils",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"figurate.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
