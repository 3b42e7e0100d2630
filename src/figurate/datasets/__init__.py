"""Data sets: `mnist` and other digits ship with the package, two more are found or fetched, yours are recognised.

The named sets are modules with `load_data()`, as in Keras, and `class_names`; they are imported on first use. `load`
takes a set's name, any folder or file of labelled figures, or arrays. Nothing here knows of models or training.

Example:
    >>> import figurate
    >>> (x_train, y_train), (x_test, y_test) = figurate.datasets.mnist.load_data()
    >>> x_test.shape
    (10000, 28, 28)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any, Literal

    from figurate.datasets import (
        digits as digits,
        drawn_digits as drawn_digits,
        fashion_mnist as fashion_mnist,
        kmnist as kmnist,
        mnist as mnist,
        printed_digits as printed_digits,
    )
    from figurate.datasets.checking import Report
    from figurate.datasets.dataset import (
        Dataset as Dataset,
        Figures as Figures,
        Origins as Origins,
        Skipped as Skipped,
    )
    from figurate.datasets.submission import write_submission as write_submission
    from figurate.figures import FigurePreprocessing

__all__ = [
    "Dataset",
    "Figures",
    "Origins",
    "Skipped",
    "check",
    "digits",
    "drawn_digits",
    "fashion_mnist",
    "kmnist",
    "load",
    "load_figures",
    "mnist",
    "names",
    "printed_digits",
    "write_submission",
]

_NAMES = ("mnist", "printed_digits", "drawn_digits", "digits", "fashion_mnist", "kmnist")
_LATE = {
    "Dataset": "dataset",
    "Figures": "dataset",
    "Origins": "dataset",
    "Skipped": "dataset",
    "write_submission": "submission",
}


def names() -> tuple[str, ...]:
    """The names of the sets that `load` knows.

    Example:
        >>> names()
        ('mnist', 'printed_digits', 'drawn_digits', 'digits', 'fashion_mnist', 'kmnist')
    """
    return _NAMES


def load(
    source: Any,
    *,
    size: int | Sequence[int] | None = None,
    channels: int | None = None,
    preprocessing: Literal["auto"] | FigurePreprocessing | None = "auto",
    test_split: float | None = 0.2,
    seed: int = 0,
    groups: str | Sequence[Any] | None = None,
    transposed: bool | None = None,
    strict: bool = False,
    threads: int | None = None,
    image: str | None = None,
    label: str | None = None,
) -> Dataset:
    """Load labelled figures of any kind: a set by its name, files, a folder, or arrays.

    What lies at a path is recognised: a folder with a folder for each class, with or without `train`, `test` and `val`
    above them; a folder with a table `image,label`; tables of pixels (Kaggle's digit-recognizer); IDX, gzipped or not,
    EMNIST's too, which are turned; NPZ and NPY; Parquet in Hugging Face's image layout.

    Args:
        source: One of `names()`, which goes before a path of the same name (write `./mnist` for that one); a path;
            `(x, y)`, `((x_train, y_train), (x_test, y_test))`, or a dictionary of arrays.
        size: Height and width of figures in pixels, one number for squares; chosen from the figures by default.
        channels: 1 for grey, 3 for colour; as the figures are by default.
        preprocessing: "auto" leaves figures of one form as they are, brings pictures of strokes into a form like
            MNIST's, and fits all others to one size; None only fits; or a model's form, to bring them into it.
        test_split: The share of each class that is put aside for the test where the set has no test part; None: none.
        seed: Of that split.
        groups: A column of the table, or one entry a figure: figures of one group (a writer) stay on one side.
        transposed: Whether the figures lie transposed; by default EMNIST's do, known by their files' names.
        strict: Whether a picture that cannot be read is an error; by default it is left out and noted in `skipped`.
        threads: Processes and threads to use; as many as there are CPUs by default.
        image: The table's column of pictures; found by its name by default.
        label: The table's column of labels; found by its name by default.

    Returns:
        A `Dataset`, which unpacks as `(x_train, y_train), (x_test, y_test)`: figures uint8, labels 0 to one less than
        there are `class_names`. Large sets are mapped from the disk rather than held in memory.

    Raises:
        ConfigurationError: There is no set and no path of this name (the message has the nearest name), or an
            argument is out of range.
        FileFormatError: What lies at the path is of no known kind, or damaged.
        DataError: The labels are of one class, or the test part has labels that training has not.
        DownloadError: The set is not on this computer and could not be downloaded.
        UnsupportedError: A Parquet file needs pyarrow, which is not installed.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("mnist")
        >>> data = load("my-letters", test_split=0.25)  # doctest: +SKIP
        >>> data.class_names  # doctest: +SKIP
        ['a', 'b', 'c']
    """
    from figurate.datasets import loading

    return loading.load(
        source,
        size=size,
        channels=channels,
        preprocessing=preprocessing,
        test_split=test_split,
        seed=seed,
        groups=groups,
        transposed=transposed,
        strict=strict,
        threads=threads,
        image=image,
        label=label,
    )


def load_figures(
    source: str | os.PathLike[str],
    *,
    size: int | Sequence[int] | None = None,
    channels: int | None = None,
    preprocessing: Literal["auto"] | FigurePreprocessing | None = "auto",
    transposed: bool | None = None,
    strict: bool = False,
    threads: int | None = None,
    image: str | None = None,
) -> Figures:
    """Load figures without labels, for prediction.

    Args:
        source: A path: a table of pixels as Kaggle's `test.csv`, a table that names pictures, a folder of pictures, one
            picture, an IDX file of figures, NPY, NPZ or Parquet.
        size, channels, preprocessing, transposed, strict, threads, image: See `load`.

    Returns:
        `Figures`: x and what each figure is called.

    Raises:
        FileFormatError: What lies at the path is of no known kind, or damaged.
        OSError: It cannot be read.

    Example:
        >>> figures = load_figures("test.csv", preprocessing=model.preprocessing)  # doctest: +SKIP
        >>> write_submission("submission.csv", figures.ids, model.predict(figures.x).argmax(1))  # doctest: +SKIP
    """
    from figurate.datasets import unlabelled

    return unlabelled.load_figures(
        source,
        size=size,
        channels=channels,
        preprocessing=preprocessing,
        transposed=transposed,
        strict=strict,
        threads=threads,
        image=image,
    )


def check(data: Any, *, examples: int = 12, strict: bool = False) -> Report:
    """Look a set over before anything is trained on it: duplicates, labels, blanks, leaks, balance.

    Args:
        data: A `Dataset`, or what `load` takes.
        examples: Of each finding, to be shown.
        strict: Whether a picture that cannot be read is an error rather than a finding.

    Returns:
        A `Report`: its `findings`, `verdict()`, `to_dict()` and `save_html(path)`.

    Raises:
        See `load`.

    Example:
        >>> report = check("my-letters")  # doctest: +SKIP
        >>> report.save_html("report.html")  # doctest: +SKIP
    """
    from figurate.datasets import checking

    return checking.check(data, examples=examples, strict=strict)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def __getattr__(name: str) -> object:
    if name in _NAMES:
        return _module(name)
    if name in _LATE:
        return getattr(_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
