"""Whole pictures read: photographs of pages, forms and grids.

`read` does it: ink.py takes light and paper away, rules.py the paper's lines, lines.py and segmenting.py find figures
in lines, grid.py and cells.py in grids; judging.py asks the model. Knows no models: a model is whatever has
`preprocessing` and `classify_form`. Needs OpenCV, in the extra `photos`.
"""

from __future__ import annotations

from figurate.figures.reading.page import Figure, Grid, Line, Page
from figurate.figures.reading.reader import read

__all__ = ["Figure", "Grid", "Line", "Page", "read"]
