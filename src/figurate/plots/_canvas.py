"""The ground every picture is drawn on: one figure class, one set of colours.

No pyplot. What the user set in matplotlib's `rcParams`, such as a dark style, changes nothing but the fonts: matplotlib
knows no settings of one figure alone, so they are set aside while a picture is drawn, by one thread at a time.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from figurate.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart with any colour vision (jfly.uni-koeln.de/color).
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
GREY = "#8A8A8A"
PALE = "#D9D9D9"
TEXT = "#222222"

# Blue below zero, white at zero, red above: as readable for the colour-blind as any diverging pair.
DIVERGING = "RdBu_r"
_DOTS_PER_INCH = 144
_FORMATS = (".png", ".svg", ".pdf")
_FORM_OF_LETTERS = ("font.size", "font.stretch", "font.style", "font.variant", "font.weight")
_GROUPS = (
    *("axes", "errorbar", "figure", "grid", "hatch", "image", "legend", "lines", "markers", "mathtext", "patch"),
    *("path", "savefig", "scatter", "text", "xaxis", "xtick", "yaxis", "ytick"),
)
# All that governs how a picture looks, as matplotlib has it before anybody changes it; which font is the user's.
_STYLE = {
    name: value
    for name, value in matplotlib.rcParamsDefault.items()
    if name in _FORM_OF_LETTERS or name.split(".")[0] in _GROUPS
}
_STYLE["text.parse_math"] = False  # a class may be called "$a_{$", and is to be shown so
_drawing = threading.RLock()


@contextmanager
def own_style() -> Iterator[None]:
    """Set matplotlib's settings aside while something is drawn; also a decorator, of what draws.

    Other threads' drawings of figurate wait: each would else restore the settings of the other.
    """
    with _drawing, matplotlib.rc_context(_STYLE):
        yield


class Plot(Figure):
    """A matplotlib `Figure` that a notebook shows by itself and that saves whole files or none."""

    def __init__(self, width: float, height: float) -> None:
        """Begin an empty picture.

        Args:
            width: inches.
            height: inches.
        """
        super().__init__(figsize=(width, height), dpi=_DOTS_PER_INCH, layout="constrained", facecolor="white")
        engine = self.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.set(w_pad=0.03, h_pad=0.03, wspace=0.0, hspace=0.0, rect=(0.005, 0.01, 0.985, 0.98))

    def draw(self, renderer: Any) -> None:
        with own_style():  # ticks are made only now
            super().draw(renderer)

    def savefig(self, fname: Any, **kwargs: Any) -> None:
        with own_style():
            super().savefig(fname, **kwargs)

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        return self._rendered("png")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as PNG, SVG or PDF, by the path's ending.

        The file appears whole or not at all: it is written beside its place, then moved there.

        Raises:
            ConfigurationError: for another ending.
            OSError: where the file can't be written.
        """
        from figurate.files import write_atomically  # here, so that drawing doesn't load the engine

        target = Path(path)
        check_picture_path(target)
        write_atomically(target, self._rendered(target.suffix[1:].lower()))

    def _rendered(self, kind: str) -> bytes:
        buffer = io.BytesIO()
        # Without the software's version and the date, the same picture is the same bytes.
        metadata = {"Software": None} if kind == "png" else {"Date": None} if kind == "svg" else {"CreationDate": None}
        self.savefig(buffer, format=kind, metadata=metadata)
        return buffer.getvalue()


def check_picture_path(path: Path) -> None:
    """Refuse an ending that no picture is written in.

    Raises:
        ConfigurationError: naming the endings that are.
    """
    if path.suffix.lower() not in _FORMATS:
        raise ConfigurationError(
            f"A picture is written as {', '.join(_FORMATS)}, by its ending; received '{path.name}'. Name it "
            f"'{path.stem}.png'."
        )


def plain_axes(axes: Axes) -> None:
    """Take away the frame and ticks, for axes that hold a picture."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def open_axes(axes: Axes) -> None:
    """Leave the left and lower axis alone, with a pale grid, for axes that hold a curve."""
    axes.spines["top"].set_visible(False)
    axes.spines["right"].set_visible(False)
    axes.grid(visible=True, color="#EBEBEB", linewidth=0.8)
    axes.set_axisbelow(True)
