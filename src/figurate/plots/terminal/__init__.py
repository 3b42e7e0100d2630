"""Drawings for a terminal, each an object that a rich console prints. They need no extra package.

For pictures in files see `figurate.plots`.
"""

from figurate.plots.terminal.bars import ProbabilityBars
from figurate.plots.terminal.curve import Curve, curves
from figurate.plots.terminal.diagram import NetworkDrawing
from figurate.plots.terminal.figure import FigureDrawing, WeightsDrawing
from figurate.plots.terminal.grid import DrawingGrid, figure_grid, weights_grid
from figurate.plots.terminal.matrix import ConfusionTable
from figurate.plots.terminal.prediction import PredictionDrawing

__all__ = [
    "ConfusionTable",
    "Curve",
    "DrawingGrid",
    "FigureDrawing",
    "NetworkDrawing",
    "PredictionDrawing",
    "ProbabilityBars",
    "WeightsDrawing",
    "curves",
    "figure_grid",
    "weights_grid",
]
