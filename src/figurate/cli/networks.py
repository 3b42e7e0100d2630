"""The networks that `--network` names or spells out: presets, and stacks of dense layers with the lesson's recipe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from figurate import presets
from figurate.presets import Preset

if TYPE_CHECKING:
    from figurate.layers import Layer

NAMED = {"quickstart": "dense:128,dropout:0.2", "linear": "dense:"}
"""Each further name and how it would be spelled out."""

_SPELLED = re.compile(r"dense:((?:\d+|dropout:0?\.\d+)(?:,(?:\d+|dropout:0?\.\d+))*)?")
_MOST_UNITS = 65_536


@dataclass(frozen=True)
class Hidden:
    """One hidden layer: either `units` neurons with ReLU, or a dropout of `rate`."""

    units: int = 0
    rate: float = 0.0


def parse(text: str) -> Preset:
    """Read the value of `--network`.

    Args:
        text: a preset's name, a name of `NAMED`, or `dense:` with the widths of the hidden layers, such as
            `dense:128,64`; `dropout:0.2` may stand among them.

    Raises:
        ConfigurationError: for anything else, with the nearest name.

    Example:
        >>> parse("quickstart").layers((28, 28, 1), 10)[2].rate
        0.2
    """
    if text in presets.names():
        return presets.get(text)

    from figurate.errors import ConfigurationError, unknown_name

    spelled = NAMED.get(text, text)
    match = _SPELLED.fullmatch(spelled)
    if match is None:
        if text.startswith("dense"):
            raise ConfigurationError(
                f"A network is spelled as the widths of its hidden layers, such as 'dense:128,64' or "
                f"'dense:128,dropout:0.2', received '{text}'."
            )
        known = (*presets.names(), *NAMED)
        raise ConfigurationError(f"{unknown_name('network', text, known)} Or spell it out: 'dense:128,64'.")
    hidden = tuple(_hidden(word) for word in (match[1] or "").split(",") if word)
    for layer in hidden:
        if layer.units > _MOST_UNITS or (layer.units == 0 and layer.rate == 0.0):
            raise ConfigurationError(f"A hidden layer has 1 to {_MOST_UNITS:,} neurons, received '{text}'.")
    return Preset(text, "dense layers", partial(_layers, hidden), presets.get("lesson").recipe, planes=False)


def _hidden(word: str) -> Hidden:
    return Hidden(rate=float(word.removeprefix("dropout:"))) if word.startswith("dropout:") else Hidden(units=int(word))


def _layers(hidden: tuple[Hidden, ...], shape: tuple[int, ...], classes: int) -> list[Layer]:
    """The hidden layers, and a probability a class."""
    from figurate.layers import Dense, Dropout, Flatten

    within = [Dense(layer.units, activation="relu") if layer.units else Dropout(layer.rate) for layer in hidden]
    return [Flatten(), *within, Dense(classes, activation="softmax")]
