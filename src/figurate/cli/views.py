"""What `figurate show` shows, drawn for a terminal or as a picture: one function a view and a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from figurate.cli import data as sets, models
from figurate.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import RenderableType

    from figurate.cli.output import Output
    from figurate.datasets import Dataset
    from figurate.models import Sequential
    from figurate.plots import Plot


@dataclass(frozen=True)
class Request:
    """What is to be shown: the words of the command, and what they stand for, loaded when first asked for.

    Attributes:
        what: a data set or the path of a model file.
        view: one of `show.OF_A_SET` or `show.OF_A_MODEL`.
        data: the set to hold a model against, by name or folder; None where `what` is one.
        split: "train", "test" or "all", the part of the set that is meant.
        count: figures or mistakes at most.
        first: the figure to begin with.
        member: the model of an ensemble that is meant where a view is of one model.
        output: where to tell what had to be done to the set.
    """

    what: str
    view: str
    data: str | None
    split: str
    count: int
    first: int
    member: int = 0
    output: Output | None = None

    @cached_property
    def set(self) -> Dataset:
        """The data set meant; beside a model in the model's form, with its numbers of classes."""
        if self.view == "figures":
            return sets.load(self.what, self.output)
        assert self.data is not None  # show.py asks for it
        return sets.for_model(self.data, self.model, self.output)

    @cached_property
    def model(self) -> models.Model:
        """The model meant, or the ensemble."""
        return models.load(Path(self.what))

    @cached_property
    def one(self) -> Sequential:
        """The model meant, or the member meant of an ensemble."""
        return models.member(self.model, self.member, self.what)

    @property
    def whose(self) -> str:
        """Which member of an ensemble is shown; empty for a model."""
        if self.one is self.model:
            return ""
        return f"Member {self.member} of {self.model!r}; --member N shows another."

    @cached_property
    def history(self) -> dict[str, list[float]]:
        """What `fit` recorded in the model; empty where it was never trained."""
        return self.one.history.history if self.one.history is not None else {}

    @cached_property
    def class_names(self) -> list[str]:
        """The model's own names of its classes, else the set's."""
        return self.set.class_names

    @cached_property
    def sample(self) -> tuple[NDArray[Any], list[str]]:
        """The figures asked for and their classes' names."""
        x, y = sets.part_of(self.set, self.split)
        if self.first >= len(x):
            part = "" if self.split == "all" else f"{self.split} "
            raise DataError(
                f"Expected --first below {len(x):,}, the {part}figures of {self.set.name}, received {self.first:,}."
            )
        chosen = slice(self.first, self.first + self.count)
        return x[chosen], [self.set.class_names[int(label)] for label in y[chosen]]

    @cached_property
    def read(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Figures, labels, and the model's probabilities for them."""
        x, y = sets.part_of(self.set, self.split)
        probabilities = models.predict(self.model, x)
        return x, y, probabilities


def in_terminal(request: Request) -> Sequence[RenderableType]:
    """The view as drawings for a terminal."""
    from figurate.plots import terminal

    if request.view == "figures":
        x, names = request.sample
        return [request.set.describe(), "", terminal.figure_grid(x, names)]
    if request.view == "confusion":
        return _confusion_in_terminal(request)
    if request.view == "mistakes":
        return _mistakes_in_terminal(request)
    return [*([request.whose, ""] if request.whose else []), *_of_one_model(request)]


def _of_one_model(request: Request) -> Sequence[RenderableType]:
    """Network, curve or weights."""
    from figurate.plots import terminal
    from figurate.plots._model import first_weights

    if request.view == "network":
        return [terminal.NetworkDrawing(request.one)]
    if request.view == "curve":
        return [part for curve in terminal.curves(request.history) for part in (curve, "")]
    kind, weights = first_weights(request.one)
    in_colour = weights.ndim == 4
    return [
        f"The colours shown speak for a {kind}, grey is nothing to it."
        if in_colour
        else f"Orange speaks for a {kind}, blue against it, black is nothing to it.",
        "",
        terminal.weights_grid(weights, [f"{kind} {number}" for number in range(len(weights))]),
    ]


def _confusion_in_terminal(request: Request) -> Sequence[RenderableType]:
    from figurate.plots import terminal
    from figurate.plots._words import share
    from figurate.plots.confusion import count_confusions

    _, y, probabilities = request.read
    counts = count_confusions(y, probabilities, probabilities.shape[1])
    right = int(counts.trace())
    return [
        terminal.ConfusionTable(counts, request.class_names),
        "",
        f"{right:,} of {len(y):,} read rightly ({share(right, len(y))}).",
    ]


def _mistakes_in_terminal(request: Request) -> Sequence[RenderableType]:
    from figurate.plots import terminal
    from figurate.plots.confusion import worst_mistakes

    x, y, probabilities = request.read
    wrong = worst_mistakes(y, probabilities, request.count)
    if wrong.size == 0:
        return ["There is no mistake to show: every figure was read rightly."]
    names = request.class_names
    captions = [f"{names[int(y[at])]}, read {names[int(probabilities[at].argmax())]}" for at in wrong]
    total = int((probabilities.argmax(axis=1) != y).sum())
    return [
        f"{total:,} of {len(y):,} are read wrongly; these most surely:",
        "",
        terminal.figure_grid(x[wrong], captions),
    ]


def as_picture(request: Request) -> Plot:
    """The view as a picture."""
    from figurate import plots

    if request.view == "figures":
        x, names = request.sample
        return plots.figures(x, range(len(x)), class_names=names)
    if request.view == "network":
        return plots.network(request.one)
    if request.view == "curve":
        return plots.history(request.one.history or {})  # which knows its epochs, too
    if request.view == "weights":
        return plots.weights(request.one)
    x, y, probabilities = request.read
    if request.view == "confusion":
        return plots.confusion_matrix(y, probabilities, class_names=request.class_names)
    return plots.mistakes(x, y, probabilities, class_names=request.class_names, count=request.count)
