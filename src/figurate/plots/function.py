"""The curve of an activation function, such as ReLU.

The formulas here are for drawing alone, on a few hundred points; the engine has its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figurate.errors import unknown_name
from figurate.plots._canvas import BLUE, GREY, Plot, open_axes

_Values = NDArray[np.float64]

_CURVES: dict[str, tuple[str, Callable[[_Values], _Values]]] = {
    "linear": ("x", lambda x: x),
    "relu": ("max(0, x)", lambda x: np.maximum(0.0, x)),
    "leaky_relu": ("x above zero, 0.2 x below", lambda x: np.where(x < 0.0, 0.2 * x, x)),
    "elu": ("x above zero, exp(x) - 1 below", lambda x: np.where(x < 0.0, np.expm1(np.minimum(x, 0.0)), x)),
    "gelu": ("x times the normal distribution up to x", lambda x: x * _normal_up_to(x)),
    "silu": ("x times sigmoid(x)", lambda x: x / (1.0 + np.exp(-x))),
    "tanh": ("tanh(x)", np.tanh),
    "sigmoid": ("1 / (1 + exp(-x))", lambda x: 1.0 / (1.0 + np.exp(-x))),
}


def activation(name: str | Callable[..., Any] = "relu", *, reach: float = 4.0) -> Plot:
    """Draw what an activation function makes of a number.

    Args:
        name: linear, relu, leaky_relu, elu, gelu, silu, tanh or sigmoid, or the function of that name. Softmax isn't
            among them: it takes all outputs of a layer together.
        reach: draw from -reach to reach.

    Raises:
        ConfigurationError: for another name.

    Example:
        >>> activation("relu").save("relu.png")        # doctest: +SKIP
    """
    key = name if isinstance(name, str) else str(getattr(name, "__name__", name))
    if key not in _CURVES:
        raise unknown_name("activation to draw", key, _CURVES)
    formula, function = _CURVES[key]
    plot = Plot(4.6, 3.2)
    axes = plot.add_subplot()
    open_axes(axes)
    x = np.linspace(-reach, reach, 401)
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.plot(x, function(x), color=BLUE, linewidth=2.5)
    axes.set_xlim(-reach, reach)
    axes.set_xlabel("input x")
    axes.set_ylabel(f"{key}(x)")
    axes.set_title(
        f"{key}(x) = {formula}" if "times" not in formula and "above" not in formula else f"{key}(x): {formula}",
        fontsize=11,
    )
    return plot


def _normal_up_to(x: _Values) -> _Values:
    """The share of the standard normal distribution below x."""
    return np.array([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in x])
