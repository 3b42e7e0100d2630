"""The closed lists: names found, dictionaries read, and everything else refused with a way out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from figurate import layers, losses, metrics, optimizers
from figurate.errors import ArgumentError, ConfigurationError, UnsupportedError
from figurate.layers import Dense


def test_a_name_a_class_an_object_and_a_dictionary() -> None:
    object_ = losses.MeanSquaredError()
    assert losses.get(object_) is object_
    for identifier in ("mean_squared_error", "MeanSquaredError", "mse", losses.MeanSquaredError):
        assert isinstance(losses.get(identifier), losses.MeanSquaredError)
    assert isinstance(losses.get(losses.serialize(object_)), losses.MeanSquaredError)


DAMAGED: dict[str, tuple[Any, str]] = {
    "no dictionary": ([], r"A layer in serialised form must be \{'class_name': …, 'config': …\}, received \[\]"),
    "no class name": ({"config": {}}, "in serialised form must be"),
    "a class name of another type": ({"class_name": 3}, "in serialised form must be"),
    "a class outside the list": ({"class_name": "os.system", "config": {}}, r"Unknown layer 'os\.system'\."),
    "the base class": ({"class_name": "Layer", "config": {}}, "Unknown layer 'Layer'"),
    "a near name": ({"class_name": "Dence", "config": {}}, "Did you mean 'Dense'"),
    "a configuration that is none": ({"class_name": "Dense", "config": 3}, "must be a dictionary of settings by name"),
    "a setting by number": ({"class_name": "Dense", "config": {1: 2}}, "must be a dictionary of settings by name"),
    "an unknown setting": (
        {"class_name": "Dense", "config": {"unit": 3}},
        r"Unknown setting of `Dense` 'unit'\. Did you mean 'units'",
    ),
    "a setting too few": ({"class_name": "Dense", "config": {}}, "The configuration of `Dense` lacks 'units'"),
    "a wrong value": (
        {"class_name": "Dense", "config": {"units": -1}},
        "expects a whole number of at least 1, received -1",
    ),
    "a wrong value within": (
        {"class_name": "Dense", "config": {"units": 1, "kernel_initializer": {"class_name": "Eval", "config": {}}}},
        "Unknown initializer 'Eval'",
    ),
    "a private name": ({"class_name": "__init__", "config": {}}, "Unknown layer '__init__'"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_dictionaries(case: str) -> None:
    data, message = DAMAGED[case]
    with pytest.raises(ConfigurationError, match=message):
        layers.deserialize(data)


class MyDense(Dense):
    """A class of the user's own."""


@pytest.mark.parametrize(
    ("get", "identifier", "message"),
    [
        (
            losses.get,
            lambda y, p: 0,
            "A loss must be a name, or a class or object of figurate's own, received <function",
        ),
        (losses.get, None, "received None"),
        (metrics.get, 3, "A metric must be a name"),
        (optimizers.get, "adm", "Unknown optimizer 'adm'. Did you mean 'adam'"),
        (layers.get, MyDense(1), "cannot run in the engine. Choose among Activation, "),
        (layers.get, MyDense, "A layer must be a name"),
    ],
)
def test_what_is_not_in_the_list(get: Any, identifier: Any, message: str) -> None:
    with pytest.raises((UnsupportedError, ConfigurationError), match=message):
        get(identifier)


def test_objects_of_one_s_own_are_not_written() -> None:
    with pytest.raises(UnsupportedError, match="`MyDense` is no layer of figurate's own"):
        layers.serialize(MyDense(1))


@pytest.mark.parametrize(
    ("base", "method", "message"),
    [
        (layers.Layer, "call", "`Mine` defines `call` in Python, which the engine cannot run. Compose the model"),
        (layers.Dense, "call", "`Mine` defines `call` in Python"),
        (losses.Loss, "call", "Choose one of `figurate.losses`"),
        (metrics.Metric, "update_state", "compute it in a callback from `model.predict`"),
        (optimizers.Optimizer, "update_step", "Choose one of `figurate.optimizers`"),
    ],
)
def test_behaviour_written_in_python_is_refused_where_it_is_written(base: Any, method: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=re.escape(message)):
        type("Mine", (base,), {method: lambda self: None})


def test_arguments_that_do_not_exist_and_that_are_not_supported() -> None:
    with pytest.raises(ArgumentError, match=r"`Dense` has no argument `use_bais`\. Did you mean `use_bias`\? Known: "):
        Dense(1, use_bais=True)
    with pytest.raises(
        UnsupportedError,
        match=r"`Dense\(kernel_regularizer=…\)` is not supported, received 'l2'\. Use `weight_decay=` of the optimizer",
    ):
        Dense(1, kernel_regularizer="l2")
    assert Dense(1, kernel_regularizer=None, activity_regularizer=None, trainable=True, dtype="float32").units == 1


def test_a_neutral_value_is_not_its_equal_of_another_type() -> None:
    # 0 == False, but `amsgrad` knows False alone.
    with pytest.raises(UnsupportedError, match=r"`Adam\(amsgrad=…\)` is not supported, received 0"):
        optimizers.Adam(amsgrad=0)


def test_repr_shows_what_is_not_the_default() -> None:
    assert repr(Dense(20, activation="relu", name="hidden")) == "Dense(units=20, activation='relu', name='hidden')"
    layer = Dense(2, kernel_initializer="he_normal", bias_initializer="glorot_uniform", name="d")
    assert repr(layer) == "Dense(units=2, kernel_initializer=HeNormal(), bias_initializer=GlorotUniform(), name='d')"
