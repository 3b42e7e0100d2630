"""Pictures look the same whatever the user set in matplotlib, and leave it set."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import matplotlib
import numpy as np
import pytest

from figurate import layers, plots
from figurate.models import Sequential

FIGURES = np.arange(4 * 8 * 8, dtype=np.uint8).reshape(4, 8, 8)
DARK: dict[Any, Any] = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "black"),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), "white"),
    **{"axes.grid": True, "font.size": 20.0, "savefig.dpi": 50, "savefig.bbox": "tight", "image.origin": "lower"},
}


def network() -> plots.Plot:
    return plots.network(Sequential([layers.Input((3,)), layers.Dense(2)]))


DRAWN: dict[str, Callable[[], plots.Plot]] = {
    "activation": plots.activation,
    "augmented": lambda: plots.augmented(layers.Augment(shift=0.1), FIGURES, count=2),
    "confusion_matrix": lambda: plots.confusion_matrix([0, 1, 1], [0, 1, 0]),
    "figures": lambda: plots.figures(FIGURES, [0, 1, 0, 1]),
    "history": lambda: plots.history({"loss": [2.0, 1.0]}),
    "mistakes": lambda: plots.mistakes(FIGURES, [0, 1, 0, 1], [0, 1, 1, 1]),
    "network": network,
    "prediction": lambda: plots.prediction(FIGURES[0], [0.2, 0.8], true=0),
    "weights": lambda: plots.weights(FIGURES),
}


def test_every_picture_is_held_to_this() -> None:
    assert {"Plot", *DRAWN} == set(plots.__all__)


@pytest.mark.parametrize("name", DRAWN)
def test_a_dark_style_changes_nothing(name: str) -> None:
    plain = DRAWN[name]()._repr_png_()
    with matplotlib.rc_context(DARK):
        before = dict(matplotlib.rcParams)
        assert DRAWN[name]()._repr_png_() == plain
        assert dict(matplotlib.rcParams) == before
    # A layout settles as it is drawn again, so each second drawing is held against a second one.
    drawings = DRAWN[name](), DRAWN[name]()
    drawings[0].canvas.draw()
    with matplotlib.rc_context(DARK):
        drawings[1].canvas.draw()  # makes the ticks
    assert drawings[0]._repr_png_() == drawings[1]._repr_png_()


def test_a_font_of_the_user_s_stays() -> None:
    with matplotlib.rc_context({"font.family": "monospace"}):
        assert plots.activation("relu").axes[0].title.get_fontfamily() == ["monospace"]


def test_threads_that_draw_at_once_leave_the_settings() -> None:
    with matplotlib.rc_context(DARK):
        threads = [threading.Thread(target=lambda: plots.activation("relu")._repr_png_()) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert matplotlib.rcParams["text.color"] == "white"
        assert matplotlib.rcParams["savefig.dpi"] == 50
