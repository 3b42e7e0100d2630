"""The training curve: loss and metrics by epoch, on the training figures and on the validation figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from figurate.errors import DataError, shown
from figurate.plots._canvas import BLUE, ORANGE, Plot, open_axes, own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from figurate.callbacks import History

_NOT_DRAWN = ("learning_rate", "lr")
_Course = dict[str, tuple[list[int], NDArray[np.float64]]]


@own_style()
def history(of: Mapping[str, Sequence[float]] | History) -> Plot:
    """Draw what `fit` recorded: one panel for the loss and one for each metric.

    Epochs are counted from 1. An epoch whose value is no finite number has no point.

    Args:
        of: a `History`, or its `.history`: name -> one value an epoch; the validation's names begin with `val_`.

    Raises:
        DataError: where nothing was recorded, or for what is no history.

    Example:
        >>> history(model.fit(x, y, validation_split=0.1)).save("curve.png")        # doctest: +SKIP
    """
    course = _course(of)
    bases = dict.fromkeys(name.removeprefix("val_") for name, (epochs, _) in course.items() if epochs)
    names = [name for name in bases if name not in _NOT_DRAWN]
    if not names:
        raise DataError("There is no curve to draw: the history is empty. Train the model first, with `fit`.")
    plot = Plot(4.4 * len(names), 3.3)
    for axes, name in zip(plot.subplots(1, len(names), squeeze=False).reshape(-1), names, strict=True):
        open_axes(axes)
        lines = [
            _line(axes, *course[key], label, colour, dashes)
            for key, label, colour, dashes in (
                (name, "training", BLUE, "-"),
                (f"val_{name}", "validation", ORANGE, "--"),
            )
            if key in course and course[key][0]
        ]
        axes.set_xlim(min(first for first, _ in lines) - 0.5, max(last for _, last in lines) + 0.5)  # no epoch 0
        axes.set_xlabel("epoch")
        axes.set_ylabel(name.replace("_", " "))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10, min_n_ticks=1))
        axes.legend(frameon=False)
    return plot


def _course(of: Mapping[str, Sequence[float]] | History) -> _Course:
    """The epochs of each quantity, counted from 1, and its values."""
    recorded = of if isinstance(of, Mapping) else getattr(of, "history", None)
    if not isinstance(recorded, Mapping):
        raise DataError(
            f"Expected a history to draw, received {shown(of)}. Pass what `fit` returned, or its `.history`; of a "
            "trained model it is `model.history`."
        )
    course = {name: _values(name, values) for name, values in recorded.items()}
    if isinstance(of, Mapping):
        return {name: (list(range(1, len(values) + 1)), values) for name, values in course.items()}
    return {name: ([epoch + 1 for epoch in of.epochs_of(name)], values) for name, values in course.items()}


def _values(name: str, values: Sequence[float]) -> NDArray[np.float64]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty(())
    if array.ndim != 1:
        raise DataError(f"Expected one number an epoch for '{name}', received {shown(values)}. Give a list of numbers.")
    return array


def _line(
    axes: Axes, epochs: list[int], values: NDArray[np.float64], label: str, colour: str, dashes: str
) -> tuple[int, int]:
    """A line, with a dot for every value that no line leads to; its first epoch and its last."""
    finite = np.pad(np.isfinite(values), 1)
    alone = np.flatnonzero(finite[1:-1] & ~finite[:-2] & ~finite[2:]).tolist()
    values = np.where(np.isfinite(values), values, np.nan)
    marker = "o" if alone else ""
    axes.plot(epochs, values, dashes, color=colour, linewidth=2.0, label=label, marker=marker, markevery=alone)
    return epochs[0], epochs[-1]
