"""Initializers: shapes, ranges and spreads by Keras' formulas, seeds and streams, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from figurate import initializers
from figurate.errors import ConfigurationError, UnsupportedError

SHAPE = (300, 200)


class Numbers:
    """Random numbers as the engine gives them: the same for the same seed and stream."""

    def uniform(self, seed: int, stream: int, count: int) -> npt.NDArray[np.float32]:
        return np.random.default_rng((seed, stream)).random(count, dtype=np.float32)

    def normal(self, seed: int, stream: int, count: int) -> npt.NDArray[np.float32]:
        return np.random.default_rng((seed, stream)).standard_normal(count, dtype=np.float32)


def draw(identifier: Any, shape: tuple[int, ...] = SHAPE, seed: int = 1, stream: int = 0) -> npt.NDArray[np.float32]:
    return initializers.get(identifier)(shape, seed, stream, Numbers())


# 300 inputs, 200 units. Uniform: the limit; normal: the standard deviation, of what the cut at two of them leaves.
UNIFORM = {
    "glorot_uniform": math.sqrt(6 / 500),
    "he_uniform": math.sqrt(6 / 300),
    "lecun_uniform": math.sqrt(3 / 300),
    "random_uniform": 0.05,
}
CUT = {
    "glorot_normal": math.sqrt(2 / 500),
    "he_normal": math.sqrt(2 / 300),
    "lecun_normal": math.sqrt(1 / 300),
    "truncated_normal": 0.05 * 0.8796256610,
}


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform(name: str) -> None:
    weights, limit = draw(name), UNIFORM[name]
    assert weights.dtype == np.float32
    assert weights.shape == SHAPE
    assert weights.flags.c_contiguous
    assert -limit <= weights.min() < -0.99 * limit
    assert 0.99 * limit < weights.max() <= limit
    assert abs(weights.mean()) < 0.02 * limit


@pytest.mark.parametrize("name", CUT)
def test_cut_normal(name: str) -> None:
    weights, spread = draw(name), CUT[name]
    assert weights.shape == SHAPE
    assert weights.std() == pytest.approx(spread, rel=0.02)
    assert np.abs(weights).max() <= 2.0001 * spread / 0.8796256610
    assert np.abs(weights).max() > 1.9 * spread / 0.8796256610


def test_normal_is_not_cut() -> None:
    weights = draw("random_normal")
    assert weights.std() == pytest.approx(0.05, rel=0.02)
    assert np.abs(weights).max() > 0.15
    scaled = draw(initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"))
    assert scaled.std() == pytest.approx(math.sqrt(2 / 200), rel=0.02)


def test_constants() -> None:
    np.testing.assert_array_equal(draw("zeros", (3,)), np.zeros(3, np.float32))
    np.testing.assert_array_equal(draw("ones", (2, 1)), np.ones((2, 1), np.float32))
    np.testing.assert_array_equal(draw(initializers.Constant(0.5), (2,)), np.full(2, 0.5, np.float32))


def test_other_shapes() -> None:
    # A bias of 50: 50 inputs and 50 units, as Keras counts; a convolution's kernel: 3 · 3 · 4 inputs, 3 · 3 · 16 units.
    assert np.abs(draw("glorot_uniform", (50,))).max() <= math.sqrt(6 / 100)
    kernel = draw("glorot_uniform", (3, 3, 4, 16))
    assert 0.9 * math.sqrt(6 / 180) < np.abs(kernel).max() <= math.sqrt(6 / 180)
    assert draw("glorot_uniform", ()).shape == ()


def test_streams_and_seeds() -> None:
    for name in ("glorot_uniform", "he_normal"):
        np.testing.assert_array_equal(draw(name), draw(name))
        assert not np.array_equal(draw(name), draw(name, stream=1))
        assert not np.array_equal(draw(name), draw(name, seed=2))
    # A seed of its own goes before the model's, and gives the same everywhere.
    own = initializers.GlorotUniform(seed=5)
    np.testing.assert_array_equal(draw(own), draw(own, seed=2, stream=3))
    np.testing.assert_array_equal(draw(own), draw("glorot_uniform", seed=5))


class Stingy(Numbers):
    """A source whose numbers lie almost all outside the cut."""

    def normal(self, seed: int, stream: int, count: int) -> npt.NDArray[np.float32]:
        numbers = np.full(count, 3.0, np.float32)
        numbers[::10] = 0.5
        return numbers


def test_a_cut_that_takes_more_than_foreseen() -> None:
    weights = initializers.TruncatedNormal(stddev=1.0)((100,), 1, 0, Stingy())
    np.testing.assert_array_equal(weights, np.full(100, 0.5, np.float32))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GlorotUniform", initializers.GlorotUniform),
        ("zero", initializers.Zeros),
        ("one", initializers.Ones),
        ("normal", initializers.RandomNormal),
        ("uniform", initializers.RandomUniform),
        (initializers.he_normal, initializers.HeNormal),
    ],
)
def test_names(name: Any, expected: type[initializers.Initializer]) -> None:
    assert type(initializers.get(name)) is expected


def test_normal_is_truncated_normal_in_variance_scaling() -> None:
    assert initializers.VarianceScaling(distribution="normal").distribution == "truncated_normal"


def test_refused() -> None:
    with pytest.raises(
        ConfigurationError, match=r"Unknown initializer 'glorot'\. .*Known: 'constant', 'glorot_normal'"
    ):
        initializers.get("glorot")
    with pytest.raises(UnsupportedError, match=r"received <function .*build the model and call `set_weights`"):
        initializers.get(lambda shape: np.zeros(shape))
    with pytest.raises(UnsupportedError, match=r"received array\(\[0\., 0\.\]\)"):
        initializers.get(np.zeros(2))
    with pytest.raises(ConfigurationError, match=r"expects minval at most maxval, received minval=1\.0, maxval=0\.0"):
        initializers.RandomUniform(1.0, 0.0)
    with pytest.raises(ConfigurationError, match=r"`RandomNormal\(stddev=…\)` expects a finite number of at least 0"):
        initializers.RandomNormal(stddev=-1)
    with pytest.raises(ConfigurationError, match="Did you mean 'fan_avg'"):
        initializers.VarianceScaling(mode="fanavg")
    with pytest.raises(
        ConfigurationError, match=r"`HeNormal\(seed=…\)` expects a whole number of at least 0 and at most"
    ):
        initializers.HeNormal(seed=-1)
