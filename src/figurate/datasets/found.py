"""What the readers hand to `loading.py`: figures or pictures with their labels, part by part, as files have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.dataset import Places, Skipped
from figurate.datasets.labels import Labels
from figurate.datasets.spool import Room
from figurate.errors import DataError

if TYPE_CHECKING:
    from figurate.datasets.decoding import Pictures

__all__ = ["PARTS", "Columns", "Found", "Part", "figures_joined", "joined", "merged", "part_named"]

PARTS = ("train", "validation", "test")
"""The parts that a set may have."""

_PART_WORDS = {
    "train": ("train", "training", "trn"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing", "tst", "t10k"),
}
_BY_WORD = {word: part for part, words in _PART_WORDS.items() for word in words}


@dataclass(frozen=True)
class Columns:
    """What the caller says of a table's columns; None: found by their names.

    Args:
        image: The pictures or their files.
        label: The labels.
        groups: What keeps figures together in a split; None: nothing does.
    """

    image: str | None = None
    label: str | None = None
    groups: str | None = None


@dataclass
class Part:
    """Figures of one part.

    Args:
        figures: An array (n, …), or pictures yet to be decoded.
        labels: One a figure; None where there are none.
        places: Where each came from; None: from no file.
        groups: One a figure, where they are asked for.
    """

    figures: NDArray[Any] | Pictures
    labels: Labels | None
    places: Places | None = None
    groups: Labels | None = None

    def __len__(self) -> int:
        return len(self.figures)


@dataclass
class Found:
    """A set as it was found.

    Args:
        what: Its name in messages: usually a path.
        parts: By the names in `PARTS`; "all" where it has no parts.
        class_names: Names of labels, in the order of the classes, where the set has them.
        turned: Whether its figures lie transposed, as EMNIST's do.
        skipped: What was left out already.
        notes: What was decided, in sentences.
        brought_into_form: Whether figures had to be brought into a form.
    """

    what: str
    parts: dict[str, Part]
    class_names: dict[str, str] = field(default_factory=dict)
    turned: bool = False
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    brought_into_form: bool = False


class _Several:
    """Pictures of several parts, one after the other."""

    def __init__(self, parts: Sequence[Pictures]) -> None:
        self._parts = parts
        self._starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def items(self) -> Any:
        for part in self._parts:
            yield from part.items()

    def sample(self, indices: Sequence[int]) -> Any:
        for index in indices:
            which = int(np.searchsorted(self._starts, index, side="right")) - 1
            yield from self._parts[which].sample([index - int(self._starts[which])])


Figures: TypeAlias = "NDArray[Any] | Pictures"


def joined(parts: Sequence[Part]) -> Part:
    """Several parts as one; all with labels or all without, all arrays of one shape and type or all pictures."""
    if len(parts) == 1:
        return parts[0]
    labels = [part.labels for part in parts if part.labels is not None]
    places = [part.places for part in parts if part.places is not None]
    groups = [part.groups for part in parts if part.groups is not None]
    return Part(
        figures_joined([part.figures for part in parts]),
        Labels.joined(labels) if len(labels) == len(parts) else None,
        Places.joined(places) if len(places) == len(parts) else None,
        Labels.joined(groups) if len(groups) == len(parts) else None,
    )


def figures_joined(figures: Sequence[Figures]) -> Figures:
    """Arrays as one array, pictures as one sequence of pictures."""
    arrays = [one for one in figures if isinstance(one, np.ndarray)]
    if not arrays:
        return _Several([one for one in figures if not isinstance(one, np.ndarray)])
    if len(arrays) < len(figures) or len({array.shape[1:] for array in arrays}) > 1:
        kinds = sorted({str(one.shape[1:]) if isinstance(one, np.ndarray) else "pictures" for one in figures})
        raise DataError(
            f"Expected parts of one kind and size to put together, received {' and '.join(kinds)}. "
            "Load them one by one."
        )
    room = Room((sum(map(len, arrays)), *arrays[0].shape[1:]), np.result_type(*arrays))
    start = 0
    for array in arrays:
        room.array[start : start + len(array)] = array
        start += len(array)
    return room.finish()


def merged(parts: dict[str, Part]) -> tuple[dict[str, Part], list[str]]:
    """Three parts made two: validation figures are the test part where there is none, else they are learned from.

    Returns:
        The parts, "train" and "test" or "all"; and sentences on what was decided.
    """
    parts = dict(parts)
    notes: list[str] = []
    if "all" in parts and len(parts) > 1:
        rest = parts.pop("all")
        notes.append(f"{len(rest):,} figures are in files that name no part, and are learned from.")
        parts["train"] = joined([parts["train"], rest]) if "train" in parts else rest
    validation = parts.pop("validation", None)
    if validation is not None and "test" not in parts:
        parts["test"] = validation
        notes.append("No test part: the validation part takes its place.")
    elif validation is not None and "train" in parts:
        notes.append(
            f"The validation part's {len(validation):,} figures are learned from, too; the test part is the test."
        )
        parts["train"] = joined([parts["train"], validation])
    elif validation is not None:
        parts["train"] = validation
        notes.append("No training part: the validation part takes its place.")
    if list(parts) == ["test"]:
        parts = {"all": parts["test"]}
        notes.append("A test part alone: its figures are taken as a set without parts.")
    elif list(parts) == ["train"]:
        parts = {"all": parts["train"]}
    return parts, notes


def part_named(text: str) -> str | None:
    """The part that a folder's name, a column's value or a word of a file's name stands for.

    Example:
        >>> part_named("Training"), part_named("val"), part_named("cats")
        ('train', 'validation', None)
    """
    return _BY_WORD.get(text.strip().lower())
