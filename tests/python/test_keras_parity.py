"""Names, defaults and functions are Keras' own; skipped where Keras or JAX is not installed."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from figurate import activations, initializers, layers, losses, metrics, optimizers, utils

MODULES = {
    "layers": layers,
    "losses": losses,
    "metrics": metrics,
    "optimizers": optimizers,
    "optimizers.schedules": optimizers.schedules,
    "initializers": initializers,
}
# What Keras writes as functional models or by classes of one's own.
NOT_IN_KERAS = {layers.Augment, layers.Residual, optimizers.schedules.OneCycle}
# What figurate finds out by itself where it is left out.
OPTIONAL_HERE = {("CosineDecay", "decay_steps"), ("PolynomialDecay", "decay_steps")}
# What Keras has elsewhere, or not at all.
OURS_ALONE = {("SparseCategoricalCrossentropy", "label_smoothing")}
CLASSES = [
    (name, cls.__name__)
    for name, module in MODULES.items()
    for cls in module._REGISTRY.classes
    if cls not in NOT_IN_KERAS
]


@pytest.fixture(scope="module")
def keras() -> Any:
    pytest.importorskip("jax", reason="the parity tests compare with Keras on JAX")
    return pytest.importorskip("keras", reason="the parity tests compare with Keras on JAX")


@pytest.mark.parametrize(("module", "name"), CLASSES, ids=[f"{module}.{name}" for module, name in CLASSES])
def test_arguments_and_defaults(keras: Any, module: str, name: str) -> None:
    theirs: Any = keras
    for part in (*module.split("."), name):
        theirs = getattr(theirs, part)
    expected = inspect.signature(theirs.__init__).parameters
    ours = inspect.signature(getattr(MODULES[module], name).__init__).parameters
    unnamed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = [argument for argument in ours.values() if argument.kind not in unnamed and argument.name != "self"]
    for argument in named:
        # Keras takes these two in **kwargs; the names of objects are told apart below.
        if (name, argument.name) in OPTIONAL_HERE:
            assert (argument.default, expected[argument.name].default) == (None, inspect.Parameter.empty)
        elif argument.name in expected and argument.name != "name":
            assert argument.default == expected[argument.name].default, argument.name
        else:
            assert argument.name in ("name", "input_shape") or (name, argument.name) in OURS_ALONE
    # What can be given by position stands where Keras has it.
    positions = [argument.name for argument in named if argument.kind is argument.POSITIONAL_OR_KEYWORD]
    assert positions == [n for n in expected if n != "self" and n in positions]


# Keras reads its own variables in a way that numpy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
@pytest.mark.parametrize("name", ["Adam", "AdamW", "SGD", "RMSprop"])
def test_configurations_of_keras_optimizers_are_read(keras: Any, name: str) -> None:
    theirs = getattr(keras.optimizers, name)(learning_rate=0.5).get_config()
    ours = getattr(optimizers, name).from_config(theirs).get_config()
    assert {key: theirs[key] for key in ours} == ours


@pytest.mark.parametrize("name", [cls.__name__ for cls in losses._REGISTRY.classes])
def test_configurations_of_keras_losses_are_read(keras: Any, name: str) -> None:
    theirs = getattr(keras.losses, name)().get_config()
    ours = getattr(losses, name).from_config(theirs).get_config()
    ours = {key: value for key, value in ours.items() if (name, key) not in OURS_ALONE}
    assert {key: theirs[key] for key in ours} == ours


@pytest.mark.parametrize("name", activations._FUNCTIONS)
def test_activations(keras: Any, name: str) -> None:
    x = np.linspace(-5, 5, 41, dtype=np.float32).reshape(1, -1)
    ours, theirs = getattr(activations, name), getattr(keras.activations, name)
    np.testing.assert_allclose(ours(x), np.asarray(theirs(x)), rtol=2e-6, atol=1e-6)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


@pytest.mark.parametrize("labels", [[0, 2, 1], [[0], [1]], [[0, 1], [2, 0]]])
def test_to_categorical(keras: Any, labels: Any) -> None:
    for classes in (None, 4):
        theirs = keras.utils.to_categorical(labels, classes)
        np.testing.assert_array_equal(utils.to_categorical(labels, classes), theirs)
