"""`load`: any labelled figures made a `Dataset`: found, decoded, brought into form, labelled with numbers, split.

Each of these steps is a file of its own; here is their order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.array_names import as_figures, by_names, in_bytes, turned
from figurate.datasets.dataset import Dataset, Origins, Places, Skipped
from figurate.datasets.found import Columns, Found, Part, merged
from figurate.datasets.labels import Labels, encode
from figurate.datasets.model_classes import ModelClasses
from figurate.datasets.splitting import split
from figurate.datasets.spool import gather
from figurate.datasets.survey import Wish
from figurate.errors import ConfigurationError, DataError, FileFormatError, unknown_name

if TYPE_CHECKING:
    from figurate.figures import FigurePreprocessing

__all__ = ["load", "load_to_check", "named_set", "read"]


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
    classes: Sequence[str] | int | None = None,
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
        classes: The classes of a model that is to read the figures: `model.class_names`, or how many it has if they
            have no names. Labels then count in these, and not all need occur. By default the figures' own.

    Returns:
        A `Dataset`, which unpacks as `(x_train, y_train), (x_test, y_test)`: figures uint8, labels 0 to one less than
        there are `class_names`. Large sets are mapped from the disk rather than held in memory.

    Raises:
        ConfigurationError: There is no set and no path of this name (the message has the nearest name), or an
            argument is out of range.
        FileFormatError: What lies at the path is of no known kind, or damaged.
        DataError: The labels are of one class, or the test part has labels that training has not; with `classes`: there
            are others than these.
        DownloadError: The set is not on this computer and could not be downloaded.
        UnsupportedError: A Parquet file needs pyarrow, which is not installed.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("mnist")
        >>> data = load("my-letters", test_split=0.25)  # doctest: +SKIP
        >>> data.class_names  # doctest: +SKIP
        ['a', 'b', 'c']
    """
    wish = Wish.checked(size, channels, preprocessing)
    numbered = encode if classes is None else ModelClasses.checked(classes).encode
    if isinstance(source, str | os.PathLike):
        columns = Columns(image, label, groups if isinstance(groups, str) else None)
        found, kind = read(os.fspath(source), columns)
    else:
        found, kind = _of_arrays(source), None
    if groups is not None and not isinstance(groups, str):
        _with_groups(found, groups)
    elif groups is not None and any(part.groups is None for part in found.parts.values()):
        raise ConfigurationError(
            f"`{found.what}`: expected a table with a column {groups!r} for groups, received figures without columns. "
            "Give `groups` as a list, one entry a figure."
        )
    if transposed is not None:
        found.turned = transposed
    form = _made_arrays(found, wish, strict, threads)
    return _assembled(found, form, kind, test_split, seed, numbered)


def load_to_check(path: str, *, strict: bool) -> Dataset:
    """A set as `check` looks at it: not split, and even if nothing can be learned from its classes.

    Args:
        path: A name or a path.
        strict: See `load`.

    Raises:
        FigurateError: See `load`, the labels excepted.
    """
    found, kind = read(path, Columns())
    form = _made_arrays(found, Wish.checked(None, None, "auto"), strict, None)
    return _assembled(found, form, kind, None, 0, partial(encode, as_found=True))


def read(path: str, columns: Columns) -> tuple[Found, Literal["characters", "things"] | None]:
    """Find a set by its name or at a path; pictures are not decoded yet.

    Args:
        path: A name or a path.
        columns: What the caller says of a table's columns.

    Returns:
        The set, and what its figures show, where that is known.

    Raises:
        ConfigurationError: There is no such name and no such path.
        FileFormatError: What lies there is of no known kind, or damaged.
    """
    from figurate import datasets
    from figurate.datasets.layouts import find

    if path in datasets.names():
        return named_set(path)
    if not os.path.lexists(path):
        error = unknown_name("data set", path, datasets.names())
        raise ConfigurationError(f"{error} Or name a folder or file of your own: pictures, IDX, NPZ, CSV, Parquet.")
    return find(path, columns), None


def named_set(name: str) -> tuple[Found, Literal["characters", "things"]]:
    """A set that figurate knows by its name."""
    from figurate import datasets

    module = getattr(datasets, name)
    parts = {}
    for part, (x, y) in zip(("train", "test"), module.load_data(), strict=True):
        places = Places(f"{name}:{part}:{{}}".format, range(len(x)))
        parts[part] = Part(x, Labels.of(y, name), places)
    class_names = {str(at): text for at, text in enumerate(module.class_names)}
    return Found(name, parts, class_names), module.kind


def _of_arrays(source: Any) -> Found:
    """A set of arrays: `(x, y)`, `((x, y), (x, y))`, or a dictionary of them."""
    if isinstance(source, Mapping):
        return by_names({str(name): np.asarray(array) for name, array in source.items()}, "the arrays", None)
    pair = list(source) if isinstance(source, Sequence | Dataset) else []
    if len(pair) == 2 and all(isinstance(half, tuple | list) and len(half) == 2 and _is_pair(half) for half in pair):
        return Found("the arrays", {part: _pair(*half) for part, half in zip(("train", "test"), pair, strict=True)})
    if len(pair) == 2 and _is_pair(pair):
        return Found("the arrays", {"all": _pair(*pair)})
    raise DataError(
        "`load` expects the name of a set, a path, `(x, y)`, `((x_train, y_train), (x_test, y_test))` or a dictionary "
        f"of arrays, received {type(source).__name__}."
    )


def _is_pair(pair: Sequence[Any]) -> bool:
    return np.ndim(pair[0]) >= 2


def _pair(x: Any, y: Any) -> Part:
    figures, labels = np.asarray(x), Labels.of(y, "the arrays")
    if len(figures) != len(labels):
        raise DataError(
            f"`load` expects as many labels as figures, received {len(figures):,} figures and {len(labels):,} labels."
        )
    return Part(figures, labels)


def _with_groups(found: Found, groups: Sequence[Any]) -> None:
    [*parts] = found.parts.values()
    if len(parts) != 1 or len(groups) != len(parts[0]):
        raise ConfigurationError(
            f"`load` expects groups for a set without parts, one entry a figure, received {len(groups):,} entries for "
            f"parts of {', '.join(f'{len(part):,}' for part in parts)} figures."
        )
    parts[0].groups = Labels.of(groups, "groups")


def _made_arrays(found: Found, wish: Wish, strict: bool, threads: int | None) -> FigurePreprocessing | None:
    """Make the parts two at most, and give each uint8 figures of one shape, in place; the form that they have then."""
    from figurate.datasets.forming import array_parts, picture_parts

    found.parts, notes = merged(found.parts)
    found.notes += notes
    if strict and found.skipped:
        file, reason = found.skipped[0]
        raise FileFormatError(f"`{file}`: {reason}. Without `strict` it is left out.")
    for name, part in found.parts.items():
        if len(part) == 0:
            raise FileFormatError(f"`{found.what}`: expected at least one figure, received none in part {name}.")
    arrays = [isinstance(part.figures, np.ndarray) for part in found.parts.values()]
    if any(arrays) and not all(arrays):
        raise FileFormatError(
            f"`{found.what}`: expected pixels or picture files in all parts, received both. Load them one by one."
        )
    if any(arrays):
        for part in found.parts.values():
            x, notes = as_figures(_array(part), f"`{found.what}`")
            x, more = in_bytes(x, f"`{found.what}`")
            part.figures = turned(x) if found.turned else x
            found.notes += [note for note in (*notes, *more) if note not in found.notes]
        if found.turned:
            found.notes.append("Turned: rows and columns were exchanged, since the figures lie transposed.")
        return array_parts(found, wish, threads)
    form = picture_parts(found, wish, strict, threads)
    if found.turned:
        for part in found.parts.values():
            part.figures = turned(_array(part))
        found.notes.append("Turned: rows and columns were exchanged.")
    return form


def _array(part: Part) -> NDArray[Any]:
    assert isinstance(part.figures, np.ndarray)
    return part.figures


def _assembled(
    found: Found,
    form: FigurePreprocessing | None,
    kind: Literal["characters", "things"] | None,
    test_split: float | None,
    seed: int,
    numbered: Callable[[Labels, Labels, str, Mapping[str, str]], tuple[NDArray[Any], NDArray[Any], list[str]]],
) -> Dataset:
    """Split where there are no parts, number the labels, and put it all together."""
    halves = found.parts
    if "all" in halves:
        whole = halves["all"]
        assert whole.labels is not None
        nobody = np.empty(0, np.int64)
        if test_split is None:
            train, test = np.arange(len(whole)), nobody
        else:
            train, test, notes = split(whole.labels, test_split, seed, whole.groups, f"`{found.what}`")
            found.notes += notes
        halves = {"train": _some(whole, train), "test": _some(whole, test)}
        del whole, found.parts
    train_part, test_part = halves["train"], halves["test"]
    assert train_part.labels is not None
    assert test_part.labels is not None
    y_train, y_test, names = numbered(train_part.labels, test_part.labels, f"`{found.what}`", found.class_names)
    places = (train_part.places, test_part.places)
    return Dataset(
        name=found.what,
        train=(_array(train_part), y_train),
        test=(_array(test_part), y_test),
        class_names=names,
        kind=kind or "characters",  # the safer guess: things may be mirrored, characters may not
        preprocessing=form,
        skipped=[Skipped(printable(file), reason) for file, reason in found.skipped],
        notes=found.notes,
        origins=Origins(places[0], places[1]) if places[0] is not None and places[1] is not None else None,
        brought_into_form=found.brought_into_form,
    )


def _some(part: Part, indices: NDArray[np.int64]) -> Part:
    assert part.labels is not None
    return Part(
        gather(_array(part), indices),
        part.labels.take(indices),
        part.places.take(indices) if part.places is not None else None,
    )


def printable(path: str | os.PathLike[str]) -> str:
    """A file's name with bytes that are no UTF-8 written as text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
