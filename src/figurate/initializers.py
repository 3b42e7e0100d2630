"""Initial weights: distributions by name, with Keras 3's names, defaults and formulas.

An initializer is configuration and one method that fills a shape. It draws no random numbers itself: the caller hands
in a `RandomSource` (the engine's counter-based generator), so that the same seed and stream give the same weights
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.parameters import LARGEST_SEED, Integer, Option, Real
from figurate.registry import Configurable, Parameters, Registry

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "RandomNormal",
    "RandomSource",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

Weights = npt.NDArray[np.float32]

# Standard deviation of a standard normal distribution that is cut off at -2 and 2.
_CUT_STDDEV = 0.87962566103423978


class RandomSource(Protocol):
    """Where random numbers come from: a module or object with these functions. Same arguments, same float32 numbers."""

    def uniform(self, seed: int, stream: int, count: int) -> Weights:
        """`count` numbers in [0, 1)."""

    def normal(self, seed: int, stream: int, count: int) -> Weights:
        """`count` numbers of the standard normal distribution."""


class Initializer(Configurable):
    """The base of all initializers. Call one with a shape to get the initial weights.

    Args:
        seed: None (the default) takes the model's seed. With a seed of its own an initializer gives the same values at
            every call for one shape, as in Keras.
    """

    _kind = "initializer"
    _own_methods: ClassVar[Mapping[str, str]] = {
        "__call__": "Set the weights with `model.set_weights` or `layer.set_weights`."
    }
    seed: int | None = None

    def __call__(self, shape: Sequence[int], seed: int, stream: int, source: RandomSource) -> Weights:
        """Initial weights.

        Args:
            shape: The weights' shape, Keras' order: (inputs, units) for a dense kernel.
            seed: The model's seed.
            stream: The number of this array of weights in the model; other streams are independent.
            source: Where random numbers come from.

        Returns:
            A new float32 array of `shape`.
        """
        if self.seed is not None:
            seed, stream = self.seed, 0
        sizes = tuple(int(size) for size in shape)
        return np.ascontiguousarray(self._draw(sizes, seed, stream, source), dtype=np.float32).reshape(sizes)

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        raise NotImplementedError


class Constant(Initializer):
    """Every weight the same number.

    Args:
        value: The number. Defaults to 0.
    """

    _parameters: ClassVar[Parameters] = {"value": Real()}

    def __init__(self, value: float = 0.0) -> None:
        self.value = value
        self._check()

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return np.full(shape, self.value, dtype=np.float32)


class Zeros(Initializer):
    """Every weight 0."""

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return np.zeros(shape, dtype=np.float32)


class Ones(Initializer):
    """Every weight 1."""

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return np.ones(shape, dtype=np.float32)


def _cut_normal(count: int, seed: int, stream: int, source: RandomSource) -> Weights:
    """`count` standard normal numbers, those beyond two standard deviations left out and replaced by later ones."""
    # 95.4 % stay; the margin of eight standard deviations makes a second round all but impossible.
    drawn = math.ceil(count / 0.954 + 8 * math.sqrt(count) + 8)
    while True:
        numbers = source.normal(seed, stream, drawn)
        kept = numbers[np.abs(numbers) <= 2]
        if len(kept) >= count:
            return kept[:count]
        drawn *= 2


class RandomUniform(Initializer):
    """Uniform between two numbers.

    Args:
        minval: Lower end, included. Defaults to -0.05.
        maxval: Upper end, left out. Defaults to 0.05.
        seed: See `Initializer`.
    """

    _parameters: ClassVar[Parameters] = {
        "minval": Real(),
        "maxval": Real(),
        "seed": Integer(high=LARGEST_SEED, optional=True),
    }

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self._check()
        if self.minval > self.maxval:
            raise ConfigurationError(
                f"`RandomUniform` expects minval at most maxval, received minval={minval}, maxval={maxval}. Swap them."
            )

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return self.minval + (self.maxval - self.minval) * source.uniform(seed, stream, math.prod(shape))


class RandomNormal(Initializer):
    """Normal distribution.

    Args:
        mean: Defaults to 0.
        stddev: Standard deviation. Defaults to 0.05.
        seed: See `Initializer`.
    """

    _parameters: ClassVar[Parameters] = {
        "mean": Real(),
        "stddev": Real(low=0),
        "seed": Integer(high=LARGEST_SEED, optional=True),
    }

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self._check()

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return self.mean + self.stddev * source.normal(seed, stream, math.prod(shape))


class TruncatedNormal(RandomNormal):
    """Normal distribution, cut off two standard deviations from the mean.

    Args:
        mean: Defaults to 0.
        stddev: Standard deviation before the cut. Defaults to 0.05.
        seed: See `Initializer`.
    """

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        return self.mean + self.stddev * _cut_normal(math.prod(shape), seed, stream, source)


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Inputs and outputs of a unit: of (inputs, units) these two, of (height, width, inputs, units) times the area."""
    if len(shape) == 0:
        return 1.0, 1.0
    if len(shape) == 1:
        return float(shape[0]), float(shape[0])
    area = math.prod(shape[:-2])
    return float(area * shape[-2]), float(area * shape[-1])


class VarianceScaling(Initializer):
    """Zero mean and a variance of `scale / n`, so that signals keep their size from layer to layer.

    Args:
        scale: Positive factor. Defaults to 1.
        mode: What `n` is: "fan_in" (inputs of a unit, the default), "fan_out" (units), "fan_avg" (their mean).
        distribution: "truncated_normal" (the default; "normal" is the same), "untruncated_normal" or "uniform", which
            lies within ± sqrt(3 · scale / n).
        seed: See `Initializer`.

    Example:
        >>> VarianceScaling(scale=2.0, mode="fan_in", distribution="uniform")
        VarianceScaling(scale=2.0, distribution='uniform')
    """

    _parameters: ClassVar[Parameters] = {
        "scale": Real(low=0, low_open=True),
        "mode": Option(("fan_in", "fan_out", "fan_avg")),
        "distribution": Option(("truncated_normal", "untruncated_normal", "uniform")),
        "seed": Integer(high=LARGEST_SEED, optional=True),
    }

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        self.scale = scale
        self.mode = mode
        self.distribution = "truncated_normal" if distribution == "normal" else distribution
        self.seed = seed
        self._check()

    def _draw(self, shape: tuple[int, ...], seed: int, stream: int, source: RandomSource) -> npt.NDArray[Any]:
        fan_in, fan_out = _fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        count = math.prod(shape)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return -limit + 2 * limit * source.uniform(seed, stream, count)
        if self.distribution == "untruncated_normal":
            return math.sqrt(variance) * source.normal(seed, stream, count)
        return math.sqrt(variance) / _CUT_STDDEV * _cut_normal(count, seed, stream, source)


class _Scaled(VarianceScaling):
    """A `VarianceScaling` whose scale, mode and distribution are fixed by its name."""

    _parameters: ClassVar[Parameters] = {"seed": Integer(high=LARGEST_SEED, optional=True)}
    _fixed: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self._fixed, seed=seed)


class GlorotUniform(_Scaled):
    """Uniform within ± sqrt(6 / (inputs + units)); Keras' default for kernels.

    Args:
        seed: See `Initializer`.

    Source: Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    """

    _fixed = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal with standard deviation sqrt(2 / (inputs + units)). Source and `seed`: see `GlorotUniform`."""

    _fixed = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Scaled):
    """Uniform within ± sqrt(6 / inputs), made for ReLU.

    Args:
        seed: See `Initializer`.

    Source: He, Zhang, Ren & Sun, arXiv:1502.01852.
    """

    _fixed = (2.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal with standard deviation sqrt(2 / inputs). Source and `seed`: see `HeUniform`."""

    _fixed = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Uniform within ± sqrt(3 / inputs).

    Args:
        seed: See `Initializer`.

    Source: LeCun, Bottou, Orr & Müller, "Efficient BackProp", 1998.
    """

    _fixed = (1.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Truncated normal with standard deviation sqrt(1 / inputs). Source and `seed`: see `LecunUniform`."""

    _fixed = (1.0, "fan_in", "truncated_normal")


constant, zeros, ones = Constant, Zeros, Ones
random_uniform, random_normal, truncated_normal = RandomUniform, RandomNormal, TruncatedNormal
variance_scaling = VarianceScaling
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal, lecun_uniform, lecun_normal = HeUniform, HeNormal, LecunUniform, LecunNormal

_REGISTRY: Registry[Initializer] = Registry(
    "initializer",
    (
        Constant,
        Zeros,
        Ones,
        RandomUniform,
        RandomNormal,
        TruncatedNormal,
        VarianceScaling,
        GlorotUniform,
        GlorotNormal,
        HeUniform,
        HeNormal,
        LecunUniform,
        LecunNormal,
    ),
    {"zero": Zeros, "one": Ones, "uniform": RandomUniform, "normal": RandomNormal},
)


def get(identifier: object) -> Initializer:
    """The initializer that a name, class, object or serialised dictionary stands for.

    Raises:
        ConfigurationError: The name is unknown.
        UnsupportedError: A function or an array; set weights with `model.set_weights` instead.

    Example:
        >>> get("he_normal")
        HeNormal()
    """
    if isinstance(identifier, np.ndarray) or (callable(identifier) and not isinstance(identifier, (type, Initializer))):
        raise UnsupportedError(
            f"An initializer must be a name or an object of `figurate.initializers`, received {shown(identifier)}. "
            f"To begin with weights of your own, build the model and call `set_weights`."
        )
    return _REGISTRY.get(identifier)


serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
