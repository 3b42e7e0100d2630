"""Pictures of figures: from any picture to the form that a model was trained on, and whole pages read.

`FigurePreprocessing` is the form and what brings pictures into it, `open_picture` takes in files and images, `read`
reads pages. Knows no models: a model is whatever predicts.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from figurate.figures.pictures import open_picture as open_picture
    from figurate.figures.preprocessing import FigurePreprocessing as FigurePreprocessing

_NAMES = {
    "FigurePreprocessing": "preprocessing",
    "open_picture": "pictures",
}

__all__ = ["FigurePreprocessing", "open_picture"]


def __getattr__(name: str) -> object:
    """Import a name on first use."""
    if name not in _NAMES:
        raise AttributeError(f"module `figurate.figures` has no attribute `{name}`; it offers: {', '.join(__all__)}")
    value: object = getattr(import_module(f"figurate.figures.{_NAMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return list(__all__)
