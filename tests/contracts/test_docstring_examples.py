"""The examples in docstrings of what configures a network are right."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    "activations",
    "cli.networks",
    "errors",
    "figures.pictures",
    "figures.preprocessing",
    "initializers",
    "layers.activation",
    "layers.augment",
    "layers.augmentation",
    "layers.base",
    "layers.conv2d",
    "layers.convolution",
    "layers.dense",
    "layers.depthwise_conv2d",
    "layers.dropout",
    "layers.flatten",
    "layers.global_pooling",
    "layers.input",
    "layers.normalization",
    "layers.pooling",
    "layers.random_elastic_transform",
    "layers.random_moves",
    "layers.random_tones",
    "layers.relu",
    "layers.rescaling",
    "layers.reshape",
    "layers.residual",
    "layers.separable_conv2d",
    "layers.softmax",
    "layers.spatial_dropout2d",
    "layers.windows",
    "layers.zero_padding2d",
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
    "presets",
    "presets.base",
    "presets.budget",
    "presets.sizes",
    "utils",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"figurate.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
