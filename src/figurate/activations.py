"""Activation functions: by name, or as functions that work on numpy arrays.

The functions here are for naming an activation (`Dense(20, activation=activations.relu)`) and for looking at it (plot
`relu(numpy.linspace(-3, 3))`); in training and prediction the engine's kernels compute them. Names, defaults and
formulas are Keras 3's. A function of one's own cannot run in the engine and is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import UnsupportedError, shown, unknown_name

Array = npt.NDArray[np.floating[Any]]
Activation = Callable[..., Array]

__all__ = [
    "deserialize",
    "elu",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "relu",
    "serialize",
    "sigmoid",
    "silu",
    "softmax",
    "swish",
    "tanh",
    "to_engine",
]


def _floats(x: npt.ArrayLike) -> Array:
    """`x` as an array of floats: floats keep their type, everything else becomes float32 (the engine's type)."""
    array = np.asarray(x)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float32)


def linear(x: npt.ArrayLike) -> Array:
    """The identity: `x` unchanged.

    Args:
        x: Array of any shape.

    Returns:
        An array of the same shape.
    """
    return _floats(x)


def relu(
    x: npt.ArrayLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Array:
    """Rectified linear unit: `max(x, 0)`, element by element.

    Args:
        x: Array of any shape.
        negative_slope: Slope below the threshold: `negative_slope * (x - threshold)` there. Defaults to 0.
        max_value: Upper limit of the result; None (the default) means none.
        threshold: Values below it are damped. Defaults to 0.

    Returns:
        An array of the same shape.

    Example:
        >>> relu([-2.0, 0.0, 3.0])
        array([0., 0., 3.])

    Source: Nair & Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010.
    """
    values = _floats(x)
    result = np.where(values >= threshold, values, negative_slope * (values - threshold))
    if max_value is not None:
        result = np.minimum(result, max_value)
    # Adding 0 turns -0.0, which 0 times a negative number gives, into 0.0.
    return (result + 0.0).astype(values.dtype, copy=False)


def leaky_relu(x: npt.ArrayLike, negative_slope: float = 0.2) -> Array:
    """Leaky rectified linear unit: `x` where `x > 0`, else `negative_slope * x`.

    Args:
        x: Array of any shape.
        negative_slope: Slope below 0. Defaults to 0.2, as the activation function of Keras; use the layer
            `ReLU(negative_slope=…)` to train with another.

    Returns:
        An array of the same shape.

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.
    """
    return relu(x, negative_slope=negative_slope)


def elu(x: npt.ArrayLike, alpha: float = 1.0) -> Array:
    """Exponential linear unit: `x` where `x > 0`, else `alpha * (exp(x) - 1)`.

    Args:
        x: Array of any shape.
        alpha: The value towards which the function falls, negated. Defaults to 1.

    Returns:
        An array of the same shape.

    Source: Clevert, Unterthiner & Hochreiter, arXiv:1511.07289.
    """
    values = _floats(x)
    return np.where(values > 0, values, alpha * np.expm1(np.minimum(values, 0))).astype(values.dtype, copy=False)


def gelu(x: npt.ArrayLike, approximate: bool = False) -> Array:
    """Gaussian error linear unit: `x` times the chance that a standard normal number is at most `x`.

    Args:
        x: Array of any shape.
        approximate: Use the tanh formula of the paper in place of the error function. Defaults to False. Networks are
            trained with the exact form.

    Returns:
        An array of the same shape.

    Source: Hendrycks & Gimpel, arXiv:1606.08415.
    """
    values = _floats(x)
    if approximate:
        inner = np.tanh(math.sqrt(2 / math.pi) * (values + 0.044715 * values**3))
    else:
        # numpy has no error function; this one goes value by value, which is fast enough for looking at it.
        inner = np.vectorize(math.erf, otypes=[np.float64])(values / math.sqrt(2))
    result: Array = 0.5 * values * (1 + inner)
    return result.astype(values.dtype, copy=False)


def silu(x: npt.ArrayLike) -> Array:
    """Sigmoid linear unit, also called swish: `x * sigmoid(x)`.

    Args:
        x: Array of any shape.

    Returns:
        An array of the same shape.

    Source: Ramachandran, Zoph & Le, arXiv:1710.05941.
    """
    values = _floats(x)
    return np.asarray(values * sigmoid(values))


def tanh(x: npt.ArrayLike) -> Array:
    """Hyperbolic tangent, from -1 to 1.

    Args:
        x: Array of any shape.

    Returns:
        An array of the same shape.
    """
    return np.asarray(np.tanh(_floats(x)))


def sigmoid(x: npt.ArrayLike) -> Array:
    """Logistic function: `1 / (1 + exp(-x))`, from 0 to 1.

    Args:
        x: Array of any shape.

    Returns:
        An array of the same shape.
    """
    values = _floats(x)
    # exp only ever sees numbers of at most 0, so that it cannot overflow.
    small = np.exp(-np.abs(values))
    return np.where(values >= 0, 1 / (1 + small), small / (1 + small)).astype(values.dtype, copy=False)


def softmax(x: npt.ArrayLike, axis: int = -1) -> Array:
    """Scores to probabilities: `exp(x) / sum(exp(x))` along an axis.

    Args:
        x: Array of at least one axis.
        axis: The axis that the classes lie on. Defaults to the last, the only one that networks are trained with.

    Returns:
        An array of the same shape; each vector along `axis` sums to 1.

    Example:
        >>> softmax([0.0, 0.0])
        array([0.5, 0.5])
    """
    values = _floats(x)
    powers = np.exp(values - values.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


swish = silu

_FUNCTIONS: dict[str, Activation] = {
    function.__name__: function for function in (linear, relu, leaky_relu, elu, gelu, silu, tanh, sigmoid, softmax)
}
_BY_NAME = {**_FUNCTIONS, "swish": silu}
# The `alpha` of the kernels that have one: the defaults of the functions above. For gelu, 0.0 is the exact form.
_ALPHA = {"leaky_relu": 0.2, "elu": 1.0, "gelu": 0.0}


def get(identifier: object) -> Activation:
    """The function that a name or a function of this module stands for; None stands for `linear`.

    Args:
        identifier: None, a name such as "relu", or a function of `figurate.activations` or `figurate.nn`.

    Raises:
        ConfigurationError: No activation has this name.
        UnsupportedError: A function of one's own, or of another library.

    Example:
        >>> get("relu") is relu
        True
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        if identifier not in _BY_NAME:
            raise unknown_name("activation", identifier, _BY_NAME)
        return _BY_NAME[identifier]
    for function in _FUNCTIONS.values():
        if identifier is function:
            return function
    name = getattr(identifier, "__name__", None)
    names = ", ".join(map(repr, sorted(_BY_NAME)))
    hint = f" Use activation={name!r}." if name in _BY_NAME else f" Choose among {names}."
    raise UnsupportedError(
        f"An activation must be a name or a function of `figurate.activations`, received {shown(identifier)}: "
        f"functions of one's own cannot run in the engine.{hint}"
    )


def serialize(activation: object) -> str:
    """The name of an activation, as model files hold it.

    Example:
        >>> serialize(swish)
        'silu'
    """
    return str(get(activation).__name__)


def deserialize(name: object) -> Activation:
    """The function of this name; the counterpart of `serialize`."""
    return get(name)


def to_engine(activation: object) -> list[tuple[str, dict[str, object]]]:
    """The engine's layers for an activation: none for `linear`, else one.

    Args:
        activation: What `get` takes.

    Returns:
        At most one pair of the engine's kind of layer and its parameters.

    Example:
        >>> to_engine("elu")
        [('activation', {'function': 'elu', 'alpha': 1.0})]
    """
    name = serialize(activation)
    if name == "linear":
        return []
    parameters: dict[str, object] = {"function": name}
    if name in _ALPHA:
        parameters["alpha"] = _ALPHA[name]
    return [("activation", parameters)]
