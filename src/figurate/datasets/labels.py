"""Labels of any kind as whole numbers from 0, and the classes' names."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figurate.errors import DataError, shown

__all__ = ["Labels", "class_name", "encode", "in_order"]

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_PIECE = 1 << 16  # labels looked up at a time
_TABLE = 1 << 16  # whole numbers that lie so close together are looked up in a table


def class_name(text: str) -> str:
    r"""A label's text as it can be printed, saved and compared.

    Bytes of a file name that are no UTF-8 are written as `\xe9`; letters composed of several code points are made
    one where Unicode has one, since systems differ in how they write file names (NFC).

    Example:
        >>> class_name(" e\u0301 ") == "\u00e9", class_name("caf\udce9")
        (True, 'caf\\xe9')
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-8", "surrogateescape" if _escaped(text) else "backslashreplace").decode(
            "utf-8", "backslashreplace"
        )
    return unicodedata.normalize("NFC", text).strip()


def _escaped(text: str) -> bool:
    return all("\udc80" <= letter <= "\udcff" for letter in text if "\ud800" <= letter <= "\udfff")


class Labels(NamedTuple):
    """What figures are labelled with: few texts, and for each figure which.

    Args:
        names: The texts that occur (or might), each once.
        codes: For each figure an index into `names`, (n,).
    """

    names: list[str]
    codes: NDArray[Any]

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Labels:
        """Labels given as texts, one a figure.

        Example:
            >>> Labels.of_texts(["b", "a", "b"]).names
            ['b', 'a']
        """
        seen: dict[str, int] = {}
        by_name: dict[str, int] = {}
        codes: list[int] = []
        for text in texts:
            code = seen.get(text)
            if code is None:
                code = seen[text] = by_name.setdefault(class_name(text), len(by_name))
            codes.append(code)
        return cls(list(by_name), np.array(codes, np.int32))

    @classmethod
    def of(cls, labels: Any, what: str) -> Labels:
        """Labels as an array or a list holds them.

        Args:
            labels: Numbers, truth values, texts or bytes: (n,), (n, 1), or (n, classes) one-hot.
            what: Whose they are, for messages.

        Raises:
            DataError: They are no labels: fractions, NaN, objects, or of several dimensions.
        """
        if isinstance(labels, Labels):
            return labels
        if isinstance(labels, list | tuple) and all(isinstance(label, str) for label in labels):
            return cls.of_texts(labels)
        values = np.asarray(labels)
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        if values.ndim == 2 and values.dtype.kind in "biuf" and _one_hot(values):
            values = values.argmax(axis=1)
        if values.ndim != 1:
            raise DataError(
                f"{what}: expected one label a figure, so (n,), or one-hot rows, received {values.dtype} of shape "
                f"{values.shape}. Are figures and labels mixed up?"
            )
        if values.dtype.kind == "f":
            whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < 2**53)
            if not whole.all():
                raise DataError(
                    f"{what}: expected whole numbers or names as labels, received {values.dtype} with "
                    f"{values[~whole][0]}. figurate sorts into classes: round the labels, or give the classes names."
                )
            values = values.astype(np.int64)
        if values.dtype.kind == "O" and all(isinstance(value, str | int | np.integer) for value in values.tolist()):
            values = values.astype(str)
        if values.dtype.kind in "iu":
            return _of_whole_numbers(values)
        if values.dtype.kind == "S":
            return cls.of_texts(os.fsdecode(value) for value in values.tolist())
        if values.dtype.kind in "bU":
            return cls.of_texts(str(value) for value in values.tolist())
        raise DataError(f"{what}: expected numbers or names as labels, received {values.dtype}. Convert them to texts.")

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, indices: NDArray[Any]) -> Labels:
        """The labels of some figures: by indices, or by a mask."""
        return Labels(self.names, self.codes[indices])

    def texts(self) -> list[str]:
        """One text a figure."""
        return [self.names[code] for code in self.codes.tolist()]

    def used(self) -> list[str]:
        """The names that occur, in the order of `names`."""
        present = _present(self.codes, 0, len(self.names)).tolist()
        return [name for name, found in zip(self.names, present, strict=True) if found]

    def numbered(self, numbers: Mapping[str, int], classes: int) -> NDArray[Any]:
        """One number a figure.

        Args:
            numbers: Of each name that occurs, below `classes`.
            classes: How many there are.

        Returns:
            (n,), uint8 for up to 256 classes, else int32.
        """
        table = np.array([numbers.get(name, 0) for name in self.names] or [0], _smallest(classes))
        return _looked_up(table, self.codes)

    @staticmethod
    def joined(parts: Sequence[Labels]) -> Labels:
        """Labels of several parts, one after the other."""
        if len(parts) == 1:
            return parts[0]
        numbers: dict[str, int] = {}
        codes = []
        for part in parts:
            table = np.array([numbers.setdefault(name, len(numbers)) for name in part.names], np.int32)
            codes.append(_looked_up(table.astype(_smallest(len(numbers))), part.codes))
        return Labels(list(numbers), np.concatenate(codes))


def _one_hot(values: NDArray[Any]) -> bool:
    return bool(values.shape[1] > 1 and ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all())


def _of_whole_numbers(values: NDArray[Any]) -> Labels:
    """In tables rather than texts: there may be millions."""
    if len(values) == 0:
        return Labels([], np.empty(0, np.uint8))
    low, high = int(values.min()), int(values.max())
    if high - low >= _TABLE:
        found, codes = np.unique(values, return_inverse=True)
        return Labels([str(value) for value in found.tolist()], codes.astype(np.int32))
    present = _present(values, low, high - low + 1)
    table = (np.cumsum(present) - 1).astype(_smallest(int(present.sum())))
    return Labels([str(value + low) for value in np.flatnonzero(present).tolist()], _looked_up(table, values, low))


def _smallest(classes: int) -> type[np.uint8] | type[np.int32]:
    return np.uint8 if classes <= 256 else np.int32


def _pieces(count: int) -> Iterator[slice]:
    """Slices of some ten thousand: numpy makes eight bytes of every index."""
    return (slice(start, start + _PIECE) for start in range(0, count, _PIECE))


def _present(values: NDArray[Any], low: int, count: int) -> NDArray[np.bool_]:
    """Which of `low`, `low + 1`, … occur."""
    present = np.zeros(count, bool)
    for piece in _pieces(len(values)):
        present[values[piece].astype(np.int64) - low] = True
    return present


def _looked_up(table: NDArray[Any], values: NDArray[Any], low: int = 0) -> NDArray[Any]:
    """`table[values - low]`, a piece at a time."""
    found = np.empty(len(values), table.dtype)
    for piece in _pieces(len(values)):
        found[piece] = table[values[piece].astype(np.int64) - low]
    return found


def in_order(names: Iterable[str], known: Mapping[str, str] | None = None) -> list[str]:
    """Classes in the order of their numbers: as `known` has them, else by number if all are numbers, else by text.

    "07" and "7" stay two classes.

    Example:
        >>> in_order({"10", "9"}), in_order({"b", "a", "10"})
        (['9', '10'], ['10', 'a', 'b'])
    """
    found = set(names)
    if all(_WHOLE.fullmatch(name) for name in found):
        ordered = sorted(found, key=lambda name: (int(name), name))
    else:
        ordered = sorted(found)
    if known:
        places = {name: place for place, name in enumerate(known)}
        ordered.sort(key=lambda name: places.get(name, len(places)))
    return ordered


def encode(
    train: Labels, test: Labels, what: str, known: Mapping[str, str] | None = None, *, as_found: bool = False
) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Labels as numbers.

    Args:
        train, test: Labels of both halves.
        what: The data set's name, for messages.
        known: The names of classes by their labels, in the order of their numbers. Where it names every label, it
            says which classes there are; labels that it lacks keep their own text.
        as_found: Whether to take them as they are, even if nothing can be learned from them.

    Returns:
        Numbers of both halves, uint8 for up to 256 classes, else int32, and the names of the classes.

    Raises:
        DataError: There is one class alone, or the test half has labels that training has not.
    """
    known = known or {}
    used, tested = train.used(), test.used()
    if as_found:
        used = list({*used, *tested})
    elif len(used) < 2:
        received = f"one, {shown(known.get(used[0], used[0]))}" if used else "none"
        raise DataError(
            f"{what}: expected figures of at least two classes to learn from, received {received}. "
            "There is nothing to tell apart: add figures of other classes."
        )
    classes = list(known) if known and set(known) >= {*used, *tested} else in_order(used, known)
    numbers = {name: index for index, name in enumerate(classes)}
    unseen = in_order(name for name in tested if name not in numbers)
    if unseen:
        raise DataError(
            f"{what}: expected test figures of the classes that the training figures have, received "
            f"{len(unseen)} class{'es' if len(unseen) > 1 else ''} unseen in training: "
            f"{shown(', '.join(unseen), 120)}. Add training figures of them, or leave them out of the test."
        )
    names = [known.get(name, name) for name in classes]
    if len(set(names)) < len(names):
        names = [f"{name} ({one})" if names.count(name) > 1 else name for name, one in zip(names, classes, strict=True)]
    count = len(classes)
    return train.numbered(numbers, count), test.numbered(numbers, count), names
