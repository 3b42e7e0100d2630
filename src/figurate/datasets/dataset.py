"""What `load` returns: figures, labels and everything known about them. Loading is told in `loading.py`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from figurate.figures import FigurePreprocessing

__all__ = ["Dataset", "Figures", "Origins", "Places", "Skipped"]

Half: TypeAlias = tuple[NDArray[Any], NDArray[Any]]


class Skipped(NamedTuple):
    """A file or a row that was left out.

    Args:
        file: Where it lies, as messages name it: a path, or "labels.csv:17".
        reason: Why it could not be used, in a few words.
    """

    file: str
    reason: str


class Places(Sequence[str]):
    """Where figures came from, one text a figure, made when it is asked for.

    Args:
        name: Gives the text of the figure with a number.
        numbers: The number of each figure, an array (n,) or a range.

    Example:
        >>> places = Places(lambda number: f"train.csv:{number}", np.array([2, 5]))
        >>> places[1], len(places)
        ('train.csv:5', 2)
    """

    def __init__(self, name: Callable[[int], str], numbers: NDArray[np.int64] | range) -> None:
        self._name = name
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Places: ...

    def __getitem__(self, index: int | slice) -> str | Places:
        if isinstance(index, slice):
            return Places(self._name, self._numbers[index])
        return self._name(int(self._numbers[index]))

    def take(self, indices: NDArray[np.int64]) -> Places:
        """The places of some figures.

        Args:
            indices: Which, (k,).

        Returns:
            Their places, in the order of `indices`.
        """
        numbers = self._numbers
        if isinstance(numbers, range):
            return Places(self._name, indices if numbers.start == 0 else indices + numbers.start)
        return Places(self._name, numbers[indices])

    @staticmethod
    def joined(parts: Sequence[Places]) -> Places:
        """Places of several parts, one after the other."""
        if len(parts) == 1:
            return parts[0]
        starts = np.cumsum([0, *(len(part) for part in parts)])

        def name(number: int) -> str:
            which = int(np.searchsorted(starts, number, side="right")) - 1
            return parts[which][number - int(starts[which])]

        return Places(name, range(int(starts[-1])))


class Origins(NamedTuple):
    """Where each figure of a data set came from: a path, or a file and the line or row in it.

    Args:
        train: Of the training figures, in their order.
        test: Of the test figures.
    """

    train: Sequence[str]
    test: Sequence[str]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled figures in two halves; unpacks as `(x_train, y_train), (x_test, y_test)`.

    Args:
        name: What was loaded: a set's name or a path.
        train: Figures (n, height, width) or (n, height, width, 3), uint8, and labels (n,), whole numbers from 0.
        test: The same, for validation. Without figures where there are none and no split was wanted.
        class_names: One a class; labels count in them.
        kind: What the figures show, as `presets.get` takes it.
        preprocessing: The form that the figures have, by which a model brings pictures into it; None: not looked for.
        skipped: What could not be read and was left out.
        notes: What `load` decided, in sentences.
        origins: Where each figure came from; None for arrays that come from no file.
        brought_into_form: Whether figures had to be brought into the form; False: they are taken as they lie there.

    Example:
        >>> import figurate
        >>> data = figurate.datasets.load("mnist", preprocessing=None)
        >>> (x_train, y_train), (x_test, y_test) = data
        >>> x_train.shape, data.class_names[y_test[0]]
        ((60000, 28, 28), '7')
    """

    name: str
    train: Half
    test: Half
    class_names: list[str]
    kind: Literal["characters", "things"] = "characters"
    preprocessing: FigurePreprocessing | None = None
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origins: Origins | None = None
    brought_into_form: bool = False

    def __iter__(self) -> Iterator[Half]:
        return iter((self.train, self.test))

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Half:
        return (self.train, self.test)[index]

    def __repr__(self) -> str:
        return f"<Dataset {self.describe()}>"

    @property
    def figure_shape(self) -> tuple[int, ...]:
        """The shape of one figure: (height, width), or (height, width, 3)."""
        return tuple(int(length) for length in self.train[0].shape[1:])

    @property
    def stem(self) -> str:
        """A file name for what is made of this set, without its ending."""
        return os.path.basename(os.path.abspath(self.name)) if os.sep in self.name else self.name

    def split(self, which: str) -> Half:
        """One half.

        Args:
            which: "train" or "test".

        Returns:
            Its figures and labels.
        """
        return self.train if which == "train" else self.test

    def describe(self) -> str:
        """The set in a sentence.

        Example:
            >>> import figurate
            >>> print(figurate.datasets.load("mnist", preprocessing=None).describe())
            mnist: 60,000 figures to learn from, 10,000 to validate with; 28 × 28 pixels, uint8 0..255; 10 classes.
        """
        x = self.train[0]
        shape = " × ".join(str(length) for length in self.figure_shape)
        span = " 0..255" if x.dtype == np.uint8 else ""
        return (
            f"{self.name}: {len(x):,} figures to learn from, {len(self.test[0]):,} to validate with; {shape} pixels, "
            f"{x.dtype}{span}; {len(self.class_names)} classes."
        )


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures without labels, as `load_figures` returns them.

    Args:
        x: (n, height, width) or (n, height, width, 3), uint8.
        ids: What each is called: a file's name, or a row's number from 1, as Kaggle counts.
        preprocessing: The form that they have; None: not looked for.
        skipped: What could not be read and was left out.
        notes: What was decided on the way, in sentences.
        brought_into_form: See `Dataset`.
    """

    x: NDArray[Any]
    ids: list[str | int]
    preprocessing: FigurePreprocessing | None = None
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    brought_into_form: bool = False

    def __len__(self) -> int:
        return len(self.x)
