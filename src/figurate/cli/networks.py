"""The networks that `--network` names or spells out, as layers.

Each begins with the pixels as they are, 0..255, so that a saved model reads raw pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from figurate.models import Sequential

NAMED = {"lesson": "dense:20", "quickstart": "dense:128,dropout:0.2", "linear": "dense:"}
"""Each name and how it would be spelled out."""

_SPELLED = re.compile(r"dense:((?:\d+|dropout:0?\.\d+)(?:,(?:\d+|dropout:0?\.\d+))*)?")
_MOST_UNITS = 65_536


@dataclass(frozen=True)
class Hidden:
    """One hidden layer: either `units` neurons with ReLU, or a dropout of `rate`."""

    units: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class Spelled:
    """A network as it was asked for, and its hidden layers."""

    text: str
    hidden: tuple[Hidden, ...]


def parse(text: str) -> Spelled:
    """Read the value of `--network`.

    Args:
        text: a name of `NAMED`, or `dense:` with the widths of the hidden layers, such as `dense:128,64`;
            `dropout:0.2` may stand among them.

    Raises:
        ConfigurationError: for anything else, with the nearest name.

    Example:
        >>> parse("quickstart").hidden
        (Hidden(units=128, rate=0.0), Hidden(units=0, rate=0.2))
    """
    from figurate.errors import ConfigurationError, unknown_name

    spelled = NAMED.get(text, text)
    match = _SPELLED.fullmatch(spelled)
    if match is None:
        if text.startswith("dense"):
            raise ConfigurationError(
                f"A network is spelled as the widths of its hidden layers, such as 'dense:128,64' or "
                f"'dense:128,dropout:0.2', received '{text}'."
            )
        raise ConfigurationError(f"{unknown_name('network', text, NAMED)} Or spell it out: 'dense:128,64'.")
    hidden = tuple(_hidden(word) for word in (match[1] or "").split(",") if word)
    for layer in hidden:
        if layer.units > _MOST_UNITS or (layer.units == 0 and layer.rate == 0.0):
            raise ConfigurationError(f"A hidden layer has 1 to {_MOST_UNITS:,} neurons, received '{text}'.")
    return Spelled(text, hidden)


def _hidden(word: str) -> Hidden:
    return Hidden(rate=float(word.removeprefix("dropout:"))) if word.startswith("dropout:") else Hidden(units=int(word))


def build(hidden: tuple[Hidden, ...], figure_shape: tuple[int, ...], class_names: list[str], seed: int) -> Sequential:
    """Build the network: pixels divided by 255, flattened, the hidden layers, and a probability a class.

    Args:
        hidden: as `parse` gives them.
        figure_shape: the shape of one figure.
        class_names: one a class; the model keeps them.
        seed: of its first weights, the order of the figures and dropout.
    """
    from figurate import Sequential, layers

    model = Sequential([layers.Input(figure_shape), layers.Rescaling(1.0 / 255.0), layers.Flatten()], seed=seed)
    for layer in hidden:
        model.add(layers.Dense(layer.units, activation="relu") if layer.units else layers.Dropout(layer.rate))
    model.add(layers.Dense(len(class_names), activation="softmax"))
    model.class_names = class_names
    return model
