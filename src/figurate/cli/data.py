"""A data set as a command needs it: loaded with what was decided told, and matched to a model's form and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from figurate.cli.models import Model
    from figurate.cli.output import Output
    from figurate.datasets import Dataset

_NAMED = 5
_ADVICE = "; figurate check-data names all, --strict stops at the first"
TAKEN_AS_IS = "taken to be in its form."
"""How the note of `figurate.datasets` ends that arrays of the model's shape were not looked at."""

# How notes end that say that nothing was done, or what matters to training alone.
_UNCHANGED = ("stay as they are.", TAKEN_AS_IS, "all figures are there to learn from.")


def load(name: str, output: Output | None = None, **options: Any) -> Dataset:
    """Load a set by its name or from a path.

    Args:
        name: Of the set, or where it lies.
        output: Where to tell what was decided and what could not be read; None: nowhere.
        options: As `datasets.load` takes them.

    Raises:
        FigurateError: There is no such set, or its figures are none.
    """
    from figurate import datasets

    data = datasets.load(name, **options)
    if output is not None:
        tell(output, data.notes if name not in datasets.names() else [])
        tell_left_out(output, data.skipped, _ADVICE)
    return data


def tell(output: Output, notes: list[str]) -> None:
    """Say what was decided about a set."""
    for note in notes:
        output.note(note)


def tell_left_out(output: Output, skipped: list[Any], advice: str = "") -> None:
    """Name some of the files that could not be read, and count all.

    Args:
        output: Where to.
        skipped: Each with its `file` and `reason`.
        advice: What follows the count, where not all are named.
    """
    for file, reason in skipped[:_NAMED]:
        output.note(f"left out: {file}: {reason}")
    if len(skipped) > _NAMED:
        output.note(f"{len(skipped):,} are left out in all{advice}.")


def tell_all(output: Output, data: Dataset) -> None:
    """Say what was changed or left out of a set that isn't learned from; nothing where it is as it lies there."""
    tell(output, changes(data.notes))
    tell_left_out(output, data.skipped, _ADVICE)


def changes(notes: list[str]) -> list[str]:
    """What was done to figures; without the notes that nothing was."""
    return [note for note in notes if not note.endswith(_UNCHANGED)]


def part_of(data: Dataset, split: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """The figures and labels of "train", "test", or of "all" parts that there are."""
    import numpy as np

    if split != "all":
        return data.split(split)
    halves = [half for half in data if len(half[0])]
    if len(halves) == 1:
        return halves[0]
    return np.concatenate([x for x, _ in halves]), np.concatenate([y for _, y in halves])


def for_model(name: str, model: Model, output: Output | None = None, **options: Any) -> Dataset:
    """Load a set in a model's form, its labels numbered as the model's classes.

    Raises:
        FigurateError: As `load`; and where the set has classes that the model doesn't know.
    """
    from dataclasses import replace

    form = options.pop("preprocessing", None) or model.picture_form()
    data = load(name, preprocessing=form, **options)
    numbers = _numbers_of(data, model)
    if output is not None:
        tell_all(output, data)
    train, test = ((x, numbers[y]) for x, y in data)
    return replace(data, train=train, test=test, class_names=_names_of(model, data))


def _names_of(model: Model, data: Dataset) -> list[str]:
    """The model's names of its classes; the set's where the model has none."""
    count = int(model.output_shape[-1] or 0)
    names = model.class_names or (data.class_names if len(data.class_names) == count else None)
    return list(names) if names is not None else [str(number) for number in range(count)]


def _numbers_of(data: Dataset, model: Model) -> NDArray[np.int32]:
    """The model's number of each of the set's classes."""
    import numpy as np

    from figurate.errors import DataError, shown

    count = int(model.output_shape[-1] or 0)
    names = model.class_names or [str(number) for number in range(count)]
    known = {name: number for number, name in enumerate(names)}
    own = data.class_names
    if all(name in known for name in own):
        return np.array([known[name] for name in own], np.int32)
    # A set whose classes are only numbered, or a model whose classes are; a model of digits has names that are numbers.
    words = any(not name.isdecimal() for name in names)
    numbered = model.class_names is None or (words and own == [str(number) for number in range(len(own))])
    if numbered and len(own) <= count:
        return np.arange(len(own), dtype=np.int32)
    unknown = [name for name in own if name not in known]
    raise DataError(
        f"`{data.name}`: expected labels that the model knows, {shown(list(names))}, received {shown(unknown)} too. "
        "Train a model on this set, or leave these figures out."
    )
