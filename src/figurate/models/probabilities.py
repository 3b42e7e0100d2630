"""What a network's outputs say of classes: they are probabilities, or scores that a function makes probabilities of."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from figurate.layers import Layer
from figurate.losses import BinaryCrossentropy, Loss

Link = Literal["softmax", "sigmoid"]


def link_of(last: Layer, loss: Loss | None, outputs: int) -> Link | None:
    """The function that makes probabilities of a network's outputs; None where they are no scores.

    Args:
        last: The network's last layer. Where it is a softmax or a sigmoid there is nothing left to do.
        loss: That the network was compiled with, which knows whether it was made for scores; None: a network of
            another library, say, whose last sums are taken for scores.
        outputs: How many there are.
    """
    if not gives_scores(last) or (loss is not None and not getattr(loss, "from_logits", False)):
        return None
    return "sigmoid" if outputs == 1 or isinstance(loss, BinaryCrossentropy) else "softmax"


def gives_scores(last: Layer) -> bool:
    """Whether a last layer leaves its sums as they are, rather than making probabilities of them.

    Example:
        >>> gives_scores(Dense(10)), gives_scores(Dense(10, activation="softmax"))
        (True, False)
    """
    steps = last.to_engine()
    kind, options = steps[-1] if steps else ("", {})
    return kind != "activation" or options.get("function") not in ("softmax", "sigmoid")


def probabilities(outputs: npt.NDArray[Any], link: Link | None) -> npt.NDArray[np.float64]:
    """Probabilities of all classes.

    Args:
        outputs: (n, outputs); a single one is that of the second of two classes.
        link: What makes probabilities of them; None: they are some already, or, after a squared error or sigmoids,
            shares of one once what is below 0 is left out.

    Returns:
        (n, classes) float64; every row sums to 1.

    Example:
        >>> probabilities(np.array([[0.0, 0.0, 4.0, 4.0]]), None)
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
