"""Activations: values worked by hand, names and functions, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from figurate import activations, nn
from figurate.errors import ConfigurationError, UnsupportedError

# Worked by hand at x = -1, 0, 2:
# sigmoid(2) = 1 / (1 + e^-2) = 0.880797; tanh(2) = 0.964028; e^-1 - 1 = -0.632121; Phi(2) = 0.977250;
# Phi(-1) = 0.158655.
VALUES: dict[str, list[float]] = {
    "linear": [-1, 0, 2],
    "relu": [0, 0, 2],
    "leaky_relu": [-0.2, 0, 2],
    "elu": [-0.6321206, 0, 2],
    "gelu": [-0.1586553, 0, 1.9544997],
    "silu": [-0.2689414, 0, 1.7615942],
    "tanh": [-0.7615942, 0, 0.9640276],
    "sigmoid": [0.2689414, 0.5, 0.8807971],
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values(name: str, dtype: Any) -> None:
    x = np.array([[-1.0, 0.0, 2.0]], dtype=dtype)
    y = activations.get(name)(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, [VALUES[name]], rtol=2e-6)
    np.testing.assert_array_equal(x, [[-1.0, 0.0, 2.0]])  # the argument is left as it was


def test_softmax() -> None:
    # e^0 : e^ln3 = 1 : 3; a row of great scores must not overflow.
    y = activations.softmax(np.array([[0.0, math.log(3)], [1000.0, 1000.0]]))
    np.testing.assert_allclose(y, [[0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(activations.softmax(np.zeros((2, 3)), axis=0), np.full((2, 3), 0.5))


def test_far_values_neither_overflow_nor_warn() -> None:
    x = np.array([-1e4, 1e4])
    np.testing.assert_allclose(activations.sigmoid(x), [0, 1])
    np.testing.assert_allclose(activations.silu(x), [0, 1e4], atol=1e-30)
    np.testing.assert_allclose(activations.elu(x), [-1, 1e4])


def test_parameters_of_the_functions() -> None:
    x = [-2.0, 0.5, 9.0]
    np.testing.assert_allclose(activations.relu(x, negative_slope=0.5, max_value=6.0), [-1, 0.5, 6])
    np.testing.assert_allclose(activations.relu(x, threshold=1.0), [0, 0, 9])
    np.testing.assert_allclose(activations.leaky_relu(x, 0.1), [-0.2, 0.5, 9])
    np.testing.assert_allclose(activations.elu(x, alpha=2.0)[0], 2 * (math.exp(-2) - 1))
    # The tanh form of the paper is close to the exact one, and not the same.
    gap = np.abs(activations.gelu(np.linspace(-4, 4, 81), approximate=True) - activations.gelu(np.linspace(-4, 4, 81)))
    assert 1e-5 < gap.max() < 1e-3


def test_whole_numbers_become_float32() -> None:
    assert activations.relu(np.array([-1, 2])).dtype == np.float32
    assert activations.sigmoid(3).dtype == np.float32


@pytest.mark.parametrize("name", [*VALUES, "softmax"])
def test_names_and_functions(name: str) -> None:
    function = getattr(activations, name)
    assert activations.get(name) is function
    assert activations.get(function) is function
    assert activations.serialize(function) == name
    assert activations.deserialize(name) is function
    if name != "linear":
        assert getattr(nn, name) is function


def test_other_names() -> None:
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu is nn.swish
    assert activations.serialize(nn.swish) == "silu"


def test_engine_layers() -> None:
    assert activations.to_engine(None) == []
    assert activations.to_engine("linear") == []
    assert activations.to_engine("relu") == [("activation", {"function": "relu"})]
    assert activations.to_engine("leaky_relu") == [("activation", {"function": "leaky_relu", "alpha": 0.2})]
    assert activations.to_engine("elu") == [("activation", {"function": "elu", "alpha": 1.0})]
    assert activations.to_engine("gelu") == [("activation", {"function": "gelu", "alpha": 0.0})]


def test_unknown_names_and_functions_of_one_s_own() -> None:
    with pytest.raises(ConfigurationError, match=r"Unknown activation 'rellu'\. Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(UnsupportedError, match=r"functions of one's own cannot run in the engine\. Choose among 'elu'"):
        activations.get(lambda x: x)

    def relu(x: float) -> float:
        return x

    with pytest.raises(UnsupportedError, match=r"received <function .*relu.*Use activation='relu'\."):
        activations.get(relu)
