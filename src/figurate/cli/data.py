"""A data set as a command needs it: loaded by name or folder, with its classes' names, and told in a sentence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Data:
    """A set's two halves.

    Attributes:
        name: as it was asked for.
        train: figures (n, …) uint8 and labels (n,).
        test: the same, for validation.
        class_names: one a class.
        kind: what the figures show, "characters" or "things", as far as is known.
    """

    name: str
    train: tuple[NDArray[Any], NDArray[Any]]
    test: tuple[NDArray[Any], NDArray[Any]]
    class_names: list[str]
    kind: Literal["characters", "things"] = "characters"

    @property
    def figure_shape(self) -> tuple[int, ...]:
        """The shape of one figure."""
        return tuple(int(length) for length in self.train[0].shape[1:])

    @property
    def stem(self) -> str:
        """A file name for what is made of this set, without its ending."""
        return os.path.basename(os.path.abspath(self.name)) if os.sep in self.name else self.name

    def split(self, which: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """The half called "train" or "test"."""
        return self.train if which == "train" else self.test

    def describe(self) -> str:
        """The set in a sentence."""
        x, _ = self.train
        shape = " × ".join(str(length) for length in self.figure_shape)
        return (
            f"{self.name}: {len(x):,} figures to learn from, {len(self.test[0]):,} to validate with; {shape} pixels, "
            f"{x.dtype} 0..255; {len(self.class_names)} classes."
        )


def load(name: str) -> Data:
    """Load a set by its name or from a folder.

    Raises:
        FigurateError: where there is no such set, or its figures aren't pixels of 0..255.
    """
    from figurate import datasets
    from figurate.errors import DataError

    train, test = datasets.load(name)
    for x, y in (train, test):
        if x.dtype.name != "uint8" or len(x) == 0:
            raise DataError(
                f"The command line reads sets of at least one figure with pixels of uint8, 0..255; `{name}` has "
                f"{len(x)} of {x.dtype}. Others are trained on from Python, with `fit`."
            )
        if int(y.min()) < 0:
            raise DataError(
                f"Expected labels from 0 on, received {int(y.min())} in `{name}`. Number the classes from 0."
            )
    if name in datasets.names():
        known = getattr(datasets, name)
        return Data(name, train, test, list(known.class_names), known.kind)
    classes = max(int(y.max()) for _, y in (train, test)) + 1
    return Data(name, train, test, [str(number) for number in range(classes)])
