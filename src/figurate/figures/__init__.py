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
    from figurate.figures.reading.page import Figure as Figure, Grid as Grid, Line as Line, Page as Page
    from figurate.figures.reading.reader import read as read

_NAMES = {
    "Figure": "reading.page",
    "FigurePreprocessing": "preprocessing",
    "Grid": "reading.page",
    "Line": "reading.page",
    "Page": "reading.page",
    "open_picture": "pictures",
    "read": "reading.reader",
}

__all__ = ["Figure", "FigurePreprocessing", "Grid", "Line", "Page", "open_picture", "read"]


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
