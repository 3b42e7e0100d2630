"""Keras' functional models, and layers that stand for others: which are taken over, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from figurate import errors
from figurate.models.foreign import from_keras
from tests.python.convert.keras_models import KERASS_ARRAYS, figures, keras_or_skip, outputs

keras = keras_or_skip()
pytestmark = [KERASS_ARRAYS]

k = keras.layers


def test_graphs_that_are_no_chain() -> None:
    k = keras.layers
    x = k.Input((6,))
    y = k.Dense(6, name="y")(x)
    both = k.Concatenate(name="both")([x, y])
    with pytest.raises(
        errors.UnsupportedError, match=r"1 thing(?s:.*)both: there is no layer `Concatenate`: it takes several inp"
    ):
        from_keras(keras.Model(x, both))
    with pytest.raises(errors.UnsupportedError, match="has 1 inputs and 2 outputs"):
        from_keras(keras.Model(x, [y, k.Dense(2)(y)]))
    with pytest.raises(errors.UnsupportedError, match="sum: it adds a value to itself"):
        from_keras(keras.Model(x, k.Add(name="sum")([y, y])))
    twice = k.Dense(6, name="twice")
    with pytest.raises(errors.UnsupportedError, match="twice: it is used 2 times"):
        from_keras(keras.Model(x, twice(twice(x))))
    z = k.Dense(6, name="z")(y)
    crossed = k.Add()([k.Add()([y, z]), k.Add()([x, z])])
    with pytest.raises(errors.UnsupportedError, match="it stands on a branch"):
        from_keras(keras.Model(x, crossed))


def added(*ends: Callable[[Any], Any]) -> Any:
    x = k.Input((6,))
    return keras.Model(x, k.Dense(2)(k.Add()([end(x) for end in ends])))


def chain(*layers: Any) -> Any:
    return keras.Sequential([k.Input((6,)), *layers, k.Dense(2)])


def several_sums() -> Any:
    x = k.Input((6,))
    y = k.Add()([k.Dense(6)(x), k.Dense(6)(x), x])
    return keras.Model(x, k.Dense(2)(k.Add()([k.Dense(6)(y), k.Add()([k.Dense(6)(y), k.Dense(6)(y), y])])))


TAKEN: dict[str, Callable[[], Any]] = {
    "several sums": several_sums,
    "a sum of three": lambda: added(k.Dense(4), k.Dense(4, "relu"), k.Dense(4)),
    "a sum of four, one of them the input": lambda: added(k.Dense(6), lambda x: x, k.Dense(6), k.ReLU()),
    "Identity": lambda: chain(k.Identity()),
    "Normalization": lambda: chain(k.Normalization(mean=3.0, variance=2.0)),
    "layers for activations": lambda: chain(
        k.Dense(5, activation=k.ReLU()), k.Dense(4, activation=k.LeakyReLU(0.2)), k.Dense(3, activation=k.Softmax())
    ),
}


@pytest.mark.parametrize("make", TAKEN.values(), ids=TAKEN)
def test_what_is_otherwise_here_and_gives_the_same(make: Callable[[], Any]) -> None:
    model = make()
    x = figures(model)
    np.testing.assert_allclose(from_keras(model).predict(x), outputs(model, x), rtol=1e-5, atol=1e-5)


def adapted() -> Any:
    normalization = k.Normalization(name="norm")
    normalization.adapt(np.eye(6))
    return chain(normalization)


def of_dicts() -> Any:
    x = k.Input((6,), name="x")
    return keras.Model({"x": x}, k.Dense(2)(x), name="net")


def shifted() -> Any:
    x = k.Input((6,))
    return keras.Model(x, k.Dense(2)(x + 1.0))


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "adapted": (adapted, r"norm: `Normalization` is taken over with one number each .* expected `Rescaling\("),
    "inverted": (
        lambda: chain(k.Normalization(mean=0.0, variance=1.0, invert=True, name="norm")),
        "norm: `Normalization` is taken over with one number each",
    ),
    "a layer with settings": (
        lambda: chain(k.Dense(3, activation=k.ReLU(6.0), name="six")),
        r"six: its `activation` is the layer `ReLU\(max_value=6\.0, .*put the layer behind it",
    ),
    "another layer": (
        lambda: chain(k.Dense(3, activation=k.Dropout(0.5), name="odd")),
        r"odd: its `activation` is the layer `Dropout\(\)`, expected the name of one",
    ),
    "dicts": (of_dicts, "net: its inputs or outputs are a dict; models here have one of each"),
    "a number": (shifted, r"it adds a number; `Rescaling\(1\.0, offset\)` does"),
    "too much": (lambda: added(*(k.Dense(4) for _ in range(9))), "it adds more than 8 values"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_with_what_to_do(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(errors.UnsupportedError, match=f"1 thing(?s:.*)\n  .*{message}"):
        from_keras(make())


def test_figures_of_any_size() -> None:
    model = keras.Sequential([k.Input((None, None, 1)), k.Conv2D(2, 3), k.GlobalAveragePooling2D()])
    with pytest.raises(errors.ConfigurationError, match=r"its input is \(None, None, 1\)\. Make it anew, such as"):
        from_keras(model)
