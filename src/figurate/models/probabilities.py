"""What a network's outputs say of classes: they are probabilities, or scores that a function makes probabilities of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from figurate.layers import Layer
from figurate.layers.base import IN_TRAINING_ALONE
from figurate.losses import BinaryCrossentropy, Loss

Link = Literal["softmax", "sigmoid", "probabilities", "unknown"]
LINKS = get_args(Link)

_PASSING = (*IN_TRAINING_ALONE, "flatten", "reshape")


def link_of(layers: Sequence[Layer], loss: Loss | None, outputs: int) -> Link:
    """The function that makes probabilities of a network's outputs, or "probabilities" where they are some already.

    "unknown": a network that learned numbers, by a squared error, say, or several sigmoids: perhaps shares of classes.

    Args:
        layers: The network's. Where they end in a softmax or a sigmoid there is nothing left to do.
        loss: That the network was compiled with, which knows whether it was made for scores; None: a network of
            another library, say, whose last sums are taken for scores.
        outputs: How many there are.
    """
    last = last_function(layers)
    if last == "softmax" or (last == "sigmoid" and outputs == 1):
        return "probabilities"
    if last == "sigmoid" or (loss is not None and not getattr(loss, "from_logits", False)):
        return "unknown"
    return "sigmoid" if outputs == 1 or isinstance(loss, BinaryCrossentropy) else "softmax"


def gives_scores(layers: Sequence[Layer]) -> bool:
    """Whether layers end in sums, rather than in the probabilities that a softmax or sigmoids make of them.

    Example:
        >>> gives_scores([Dense(10)]), gives_scores([Dense(10, activation="softmax"), Dropout(0.1)])
        (True, False)
    """
    return last_function(layers) not in ("softmax", "sigmoid")


def last_function(layers: Sequence[Layer]) -> str | None:
    """The activation that the outputs of layers are those of; None where there is none."""
    steps = computing(layers)
    kind, options = steps[-1] if steps else ("", {})
    return str(options["function"]) if kind == "activation" else None


def computing(layers: Sequence[Layer]) -> list[tuple[str, dict[str, Any]]]:
    """The engine's layers, without those that leave values as they are in prediction.

    Example:
        >>> computing([Flatten(), Rescaling(1 / 255), Dropout(0.1)])
        [('rescaling', {'scale': 0.00392156862745098, 'offset': 0.0})]
    """
    steps = [step for layer in layers for step in layer.to_engine()]
    return [step for step in steps if step[0] not in _PASSING and step[1].get("function") != "linear"]


def probabilities(outputs: npt.NDArray[Any], link: Link) -> npt.NDArray[np.float64]:
    """Probabilities of all classes.

    Args:
        outputs: (n, outputs); a single one is that of the second of two classes.
        link: What makes probabilities of them. "unknown": shares of one, once what is below 0 is left out.

    Returns:
        (n, classes) float64; every row sums to 1.

    Example:
        >>> probabilities(np.array([[-1.0, 0.0, 4.0, 4.0]]), "unknown")
        array([[0. , 0. , 0.5, 0.5]])
    """
    exact = outputs.astype(np.float64)
    if link == "softmax":
        powers = np.exp(exact - exact.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    if link == "sigmoid":
        exact = np.exp(-np.logaddexp(0.0, -exact))
    if exact.shape[1] > 1:
        return _shares(exact)
    second = exact.clip(0, 1)
    return np.hstack([1 - second, second])


def _shares(found: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = found.clip(min=0)
    sums = above.sum(axis=1, keepdims=True)
    likeliest = np.arange(found.shape[1]) == found.argmax(axis=1, keepdims=True)
    return np.where(sums > 0, above / np.where(sums > 0, sums, 1), likeliest.astype(np.float64))
