"""A data set as a command needs it: loaded with what was decided told, and matched to a model's form and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.cli.models import Readable
    from figurate.cli.output import Output
    from figurate.datasets import Dataset

_NAMED = 5
_ADVICE = "; figurate check-data names all, --strict stops at the first"


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
        # What is known of a named set need not be said, unless it was changed.
        tell(output, data.notes if name not in datasets.names() or data.brought_into_form else [])
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


def part_of(data: Dataset, split: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """The figures and labels of "train", "test", or of "all" parts that there are."""
    import numpy as np

    if split != "all":
        return data.split(split)
    halves = [half for half in data if len(half[0])]
    if len(halves) == 1:
        return halves[0]
    return np.concatenate([x for x, _ in halves]), np.concatenate([y for _, y in halves])


def for_model(name: str, model: Readable, output: Output | None = None, **options: Any) -> Dataset:
    """Load a set in a model's form, its labels numbered as the model's classes.

    Raises:
        FigurateError: As `load`; and where the set has classes that the model doesn't know.
    """
    form = options.pop("preprocessing", None) or model.picture_form()
    outputs = int(model.output_shape[-1] or 0)
    classes = 2 if outputs == 1 else model.class_names or outputs
    return load(name, output, preprocessing=form, classes=classes, **options)
