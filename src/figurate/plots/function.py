"""The curve of an activation function, such as ReLU.

Says each formula in words; the numbers are those of `figurate.activations`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from figurate import activations
from figurate.errors import unknown_name
from figurate.plots._canvas import BLUE, GREY, Plot, open_axes, own_style

_FORMULAS = {
    "linear": "x",
    "relu": "max(0, x)",
    "leaky_relu": "x above zero, 0.2 x below",
    "elu": "x above zero, exp(x) - 1 below",
    "gelu": "x times the normal distribution up to x",
    "silu": "x times sigmoid(x)",
    "tanh": "tanh(x)",
    "sigmoid": "1 / (1 + exp(-x))",
}


@own_style()
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
    if key not in _FORMULAS:
        raise unknown_name("activation to draw", key, _FORMULAS)
    formula = _FORMULAS[key]
    plot = Plot(4.6, 3.2)
    axes = plot.add_subplot()
    open_axes(axes)
    x = np.linspace(-reach, reach, 401)
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.plot(x, activations.get(key)(x), color=BLUE, linewidth=2.5)
    axes.set_xlim(-reach, reach)
    axes.set_xlabel("input x")
    axes.set_ylabel(f"{key}(x)")
    axes.set_title(
        f"{key}(x) = {formula}" if "times" not in formula and "above" not in formula else f"{key}(x): {formula}",
        fontsize=11,
    )
    return plot
