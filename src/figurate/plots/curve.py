"""The training curve: loss and metrics by epoch, on the training figures and on the validation figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from figurate.errors import DataError
from figurate.plots._canvas import BLUE, ORANGE, Plot, open_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from figurate.callbacks import History

_NOT_DRAWN = ("learning_rate", "lr")


def history(of: Mapping[str, Sequence[float]] | History) -> Plot:
    """Draw what `fit` recorded: one panel for the loss and one for each metric.

    Args:
        of: a `History`, or its `.history`: name -> one value an epoch; the validation's names begin with `val_`.

    Raises:
        DataError: where nothing was recorded.

    Example:
        >>> history(model.fit(x, y, validation_split=0.1)).save("curve.png")        # doctest: +SKIP
    """
    course = _course(of)
    names = [name for name in course if not name.startswith("val_") and name not in _NOT_DRAWN and course[name][1]]
    if not names:
        raise DataError("There is no curve to draw: the history is empty. Train the model first, with `fit`.")
    plot = Plot(4.4 * len(names), 3.3)
    for axes, name in zip(plot.subplots(1, len(names), squeeze=False).reshape(-1), names, strict=True):
        open_axes(axes)
        _line(axes, *course[name], "training", BLUE, "-")
        if f"val_{name}" in course:
            _line(axes, *course[f"val_{name}"], "validation", ORANGE, "--")
        axes.set_xlabel("epoch")
        axes.set_ylabel(name.replace("_", " "))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10, min_n_ticks=1))
        axes.legend(frameon=False)
    return plot


def _course(of: Mapping[str, Sequence[float]] | History) -> dict[str, tuple[list[int], list[float]]]:
    """The epochs of each quantity, counted from 1, and its values."""
    if isinstance(of, Mapping):
        return {name: (list(range(1, len(values) + 1)), list(values)) for name, values in of.items()}
    return {name: ([epoch + 1 for epoch in of.epochs_of(name)], values) for name, values in of.history.items()}


def _line(axes: Axes, epochs: list[int], values: list[float], label: str, colour: str, dashes: str) -> None:
    marker = "o" if len(values) == 1 else ""
    axes.plot(epochs, values, dashes, color=colour, linewidth=2.0, label=label, marker=marker)
