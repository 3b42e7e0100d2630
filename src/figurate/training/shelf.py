"""`Shelf`: holds figures and labels for the engine once, however many models train on the same arrays."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import Any

from figurate import _engine
from figurate.figures import FigurePreprocessing
from figurate.figures.learning import some_of
from figurate.losses import Loss
from figurate.training.data import Array, Shape, hold
from figurate.training.targets import Targets, as_targets


class Shelf:
    """Figures and targets by the arrays that they were made from, which stay as they are as long as the shelf is used.

    Args:
        threads: Of the engine, to read figures.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        # With the arrays themselves, so that an address tells them apart.
        self._figures: dict[Hashable, tuple[Array, _engine.Figures]] = {}
        self._targets: dict[Hashable, tuple[Any, Targets]] = {}
        self._forms: dict[Hashable, NotedForm] = {}

    def figures(self, array: Array, caller: str, name: str = "x") -> _engine.Figures:
        """`hold(array, …)`, once for each array. Args and errors: see there."""
        key = _key(array)
        if key not in self._figures:
            self._figures[key] = array, hold(array, caller, self._threads, name)
        return self._figures[key][1]

    def form(self, array: Array, shape: tuple[int, int, int]) -> NotedForm:
        """The form of figures that `figures` holds, taken as (height, width, channels)."""
        key = (_key(array), shape)
        if key not in self._forms:
            self._forms[key] = NotedForm(array.reshape(-1, *shape))
        return self._forms[key]

    def targets(self, y: object, loss: Loss, output_shape: Shape, count: int, caller: str, name: str = "y") -> Targets:
        """`as_targets(y, …)`, once for each y, kind of loss and number of outputs. Args and errors: see there."""
        key = (id(y), type(loss), output_shape, count)
        if key not in self._targets:
            self._targets[key] = y, as_targets(y, loss, output_shape, count, caller, name)
        return self._targets[key][1]


class NotedForm:
    """The form of figures, found out when it is asked for: most models of a sweep never are.

    Args:
        figures: (n, height, width, channels), of which some are kept.
    """

    def __init__(self, figures: Array) -> None:
        self._some = some_of(figures)

    @cached_property
    def form(self) -> FigurePreprocessing:
        """What `FigurePreprocessing.learn` says of them."""
        return FigurePreprocessing.learn(self._some)


def _key(array: Array) -> Hashable:
    return array.__array_interface__["data"], array.shape, array.strides, array.dtype
