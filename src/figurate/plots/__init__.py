"""Pictures of figures, networks and results, drawn with matplotlib (`pip install 'figurate[plots]'`).

Every function returns a picture that a notebook shows and that `save(path)` writes. Drawings for a terminal, which
need no extra package, are in `figurate.plots.terminal`. Nothing is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from figurate.libraries import library

if TYPE_CHECKING:
    from figurate.plots._canvas import Plot as Plot
    from figurate.plots.augmented import augmented as augmented
    from figurate.plots.bars import prediction as prediction
    from figurate.plots.curve import history as history
    from figurate.plots.diagram import network as network
    from figurate.plots.function import activation as activation
    from figurate.plots.grid import figures as figures, mistakes as mistakes
    from figurate.plots.matrix import confusion_matrix as confusion_matrix
    from figurate.plots.neurons import weights as weights

_NAMES = {
    "Plot": "_canvas",
    "activation": "function",
    "augmented": "augmented",
    "confusion_matrix": "matrix",
    "figures": "grid",
    "history": "curve",
    "mistakes": "grid",
    "network": "diagram",
    "prediction": "bars",
    "weights": "neurons",
}

__all__ = [
    "Plot",
    "activation",
    "augmented",
    "confusion_matrix",
    "figures",
    "history",
    "mistakes",
    "network",
    "prediction",
    "weights",
]


def __getattr__(name: str) -> object:
    """Import a drawing function on first use."""
    if name not in _NAMES:
        raise AttributeError(f"module `figurate.plots` has no attribute `{name}`; it offers: {', '.join(__all__)}")
    library(
        "matplotlib",
        "Pictures are drawn with matplotlib",
        "figurate[plots]",
        "drawings in the terminal (`figurate.plots.terminal`, `figurate show` without `--out`) work without it",
    )
    value: object = getattr(import_module(f"figurate.plots.{_NAMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return list(__all__)
