"""`Predictions`: what `model.classify` gives: a label and its probability for each figure, to be read and looked at.

Computes nothing that a network would; `predict` gives the bare array.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from figurate.errors import harmless
from figurate.libraries import library
from figurate.naming import names_of_classes, names_of_two
from figurate.showing import Markup, element, escaped, image, isolated, percent, png, table

if TYPE_CHECKING:
    import pandas

Floats = npt.NDArray[np.float32]

_SHOWN = 20  # rows in a notebook
_IN_WORDS = 3  # predictions in `repr`
_SIDE = 42  # of a figure in a notebook, in pixels of the screen
_BAR = 90  # of a full bar


class Prediction(NamedTuple):
    """One figure's class.

    Attributes:
        label: The class's name; its number as text where the model knows no names.
        probability: 0..1, as the model gives it.
    """

    label: str
    probability: float

    def __str__(self) -> str:
        return f"{harmless(self.label)} ({percent(self.probability)})"


class Predictions(Sequence[Prediction]):
    """The classes of some figures, the most probable one of each.

    A sequence of `Prediction`; numpy takes it as its array of probabilities, and so do the functions of
    `figurate.plots`. A notebook shows a table with the figures.

    Args:
        probabilities: (n, classes).
        class_names: One a class.
        figures: (n, h, w) or (n, h, w, 3), uint8, for a notebook to show; None: they are no pictures.

    Attributes:
        probabilities: As given.
        class_names: As given.

    Example:
        >>> found = model.classify(x_test)  # doctest: +SKIP
        >>> found[0]  # doctest: +SKIP
        Prediction(label='7', probability=0.9994)
        >>> found.labels[:3]  # doctest: +SKIP
        ['7', '2', '1']
    """

    def __init__(
        self, probabilities: Floats, class_names: Sequence[str], figures: npt.NDArray[np.uint8] | None = None
    ) -> None:
        self.probabilities = probabilities
        self.class_names = list(class_names)
        self._figures = figures

    @property
    def labels(self) -> list[str]:
        """The most probable class of each figure."""
        return [self.class_names[number] for number in self.probabilities.argmax(axis=1)]

    def top(self, count: int = 3) -> list[list[Prediction]]:
        """The most probable classes of each figure, the best first.

        Args:
            count: How many; fewer where there are not as many classes.

        Example:
            >>> model.classify(x_test).top(2)[0]  # doctest: +SKIP
            [Prediction(label='7', probability=0.9994), Prediction(label='9', probability=0.0003)]
        """
        order = np.argsort(-self.probabilities, axis=1, kind="stable")[:, :count]
        return [
            [Prediction(self.class_names[number], float(row[number])) for number in best]
            for row, best in zip(self.probabilities, order, strict=True)
        ]

    def to_pandas(self) -> pandas.DataFrame:
        """A table of pandas: a row a figure; its label, the label's probability, and a column for every class.

        Raises:
            UnsupportedError: pandas is not installed.

        Example:
            >>> model.classify(x_test).to_pandas().sort_values("probability")  # doctest: +SKIP
        """
        pandas = library(
            "pandas",
            "`to_pandas` makes a table of pandas",
            "pandas",
            "`labels` and `probabilities` hold the same values",
        )
        first = pandas.DataFrame(list(self), columns=["label", "probability"])
        return pandas.concat([first, pandas.DataFrame(self.probabilities, columns=self.class_names)], axis=1)

    # -- a sequence --------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.probabilities)

    @overload
    def __getitem__(self, index: int) -> Prediction: ...
    @overload
    def __getitem__(self, index: slice) -> Predictions: ...
    def __getitem__(self, index: int | slice) -> Prediction | Predictions:
        if isinstance(index, slice):
            figures = None if self._figures is None else self._figures[index]
            return Predictions(self.probabilities[index], self.class_names, figures)
        row = self.probabilities[index]
        best = int(row.argmax())
        return Prediction(self.class_names[best], float(row[best]))

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return np.array(self.probabilities, dtype=dtype, copy=copy)

    # -- shown -------------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        said = ", ".join(str(one) for one in self[:_IN_WORDS]) + (", …" if len(self) > _IN_WORDS else "")
        return f"<Predictions of {len(self)} figure{'s' if len(self) != 1 else ''}: {said}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the first figures with their best classes."""
        headings = ["", "figure", "label", "probability", "then"]
        rows = [self._row(number, best) for number, best in enumerate(self[:_SHOWN].top(2))]
        if self._figures is None:
            headings.pop(1)
            for row in rows:
                row.pop(1)
        more = len(self) - _SHOWN
        end = element("div", f"… and {more:,} more") if more > 0 else ""
        return element("div", Markup(table(headings, rows, numbers=(0,)) + end))

    def _row(self, number: int, best: Sequence[Prediction]) -> list[object]:
        first = best[0]
        wide = f"display: inline-block; background: #0072B2; height: 0.7em; width: {first.probability * _BAR:.0f}px"
        words = Markup(f"{element('span', '', style=wide)} {escaped(percent(first.probability))}")
        bar = element("span", words, style="white-space: nowrap")
        picture: object = ""
        if self._figures is not None:
            figure = self._figures[number]
            side = round(_SIDE * figure.shape[1] / max(figure.shape[:2]))
            picture = image(png(figure), "png", f"figure {number}", side)
        then = ""
        if len(best) > 1:
            then = Markup(f"{isolated(best[1].label)} ({escaped(percent(best[1].probability))})")
        return [number, picture, element("b", isolated(first.label)), bar, then]


def as_bytes(figures: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Figures of any range as bytes to look at: integers are 0..255, else the least is black, the greatest white."""
    if figures.dtype == np.uint8:
        return figures
    values = np.nan_to_num(figures.astype(np.float32))
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if figures.dtype.kind in "iu":
        low, high = 0.0, 255.0
    return ((values - low) * (255.0 / ((high - low) or 1.0))).clip(0, 255).round().astype(np.uint8)


def of_classes(outputs: Floats, class_names: Sequence[str] | None) -> tuple[Floats, list[str]]:
    """Probabilities of all classes, with their names; a single output is that of the second of two classes.

    Args:
        outputs: (n, outputs) of a model.
        class_names: One an output; None: classes are called by their numbers.

    Returns:
        (n, classes), and a name for each class.

    Example:
        >>> of_classes(np.array([[0.75]], np.float32), ["seven"])
        (array([[0.25, 0.75]], dtype=float32), ['not seven', 'seven'])
    """
    if outputs.shape[1] != 1:
        return outputs, names_of_classes(class_names, outputs.shape[1])
    return np.hstack([1 - outputs, outputs]), names_of_two(class_names)
