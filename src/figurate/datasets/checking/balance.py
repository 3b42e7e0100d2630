"""Findings about classes: how many figures each has in each split, which are missing, few, or far more than others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from figurate.datasets.checking.material import Material
from figurate.datasets.checking.report import Finding, Split

__all__ = ["balance_findings", "splits_of"]

_FEW = 10
_UNBALANCED = 10.0  # the most frequent class has so many times the figures of the least frequent one
_NAMED = 8


def splits_of(material: Material) -> tuple[Split, ...]:
    """How many figures of each class the splits have."""
    classes = len(material.class_names)
    return tuple(
        Split(part.name, tuple(int(count) for count in np.bincount(part.y, minlength=classes)))
        for part in material.parts
    )


def balance_findings(material: Material, splits: Sequence[Split]) -> Iterator[Finding]:
    """What there is to say about the classes."""
    names = material.class_names
    train = splits[0]
    all_of = [sum(counts) for counts in zip(*(split.counts for split in splits), strict=True)]
    if sum(count > 0 for count in all_of) <= 1:
        yield Finding(
            "one_class",
            "error",
            sum(all_of),
            f"All figures are of one class, {_list([names[int(np.argmax(all_of))]])}: there is nothing to tell apart. "
            "A folder of pictures needs one folder a class.",
        )
    yield from _absent(names, splits)
    few = [label for label, count in enumerate(train.counts) if 0 < count < _FEW]
    if few:
        yield Finding(
            "few_figures",
            "warning",
            len(few),
            f"{_classes(len(few))} fewer than {_FEW} training figures: "
            f"{_list([f'{names[label]} ({train.counts[label]})' for label in few])}. A network can hardly learn them. "
            "Add figures, or leave the class out.",
            (),
            {"classes": {names[label]: train.counts[label] for label in few}},
        )
    present = [count for count in train.counts if count]
    least, most = min(present), max(present)
    ratio = most / least
    if ratio >= _UNBALANCED:
        yield Finding(
            "imbalance",
            "warning",
            sum(count * _UNBALANCED <= most for count in present),
            f"The most frequent class, {_list([names[train.counts.index(most)]])}, has {ratio:,.3g} times as many "
            f"training figures ({most:,}) as the least frequent, {_list([names[train.counts.index(least)]])} "
            f"({least:,}). A network reads the frequent ones better; accuracy hides that.",
            (),
            {"ratio": ratio},
        )
    span = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    yield Finding(
        "classes",
        "note",
        len(names),
        f"{span} training figures a class"
        + (f"; the most frequent has {ratio:,.3g} times as many as the least frequent." if ratio > 1 else "."),
        (),
        {"ratio": ratio, "least": least, "most": most},
    )


def _absent(names: Sequence[str], splits: Sequence[Split]) -> Iterator[Finding]:
    """Classes that lack figures where others have some; only where training lacks them is it an error."""
    by_split = {
        split.name: [names[label] for label, count in enumerate(split.counts) if not count]
        for split in splits
        if split.figures
    }
    missing = sorted({name for absent in by_split.values() for name in absent}, key=names.index)
    if not missing:
        return
    tested = set(names) - set(by_split.get("test", names))
    unlearned = [name for name in by_split["train"] if name in tested]
    told = [f"none in {split}: {_list(absent)}" for split, absent in by_split.items() if absent]
    yield Finding(
        "absent_classes",
        "error" if unlearned else "warning",
        len(missing),
        f"{_classes(len(missing))} no figures in one half or in both ({'; '.join(told)}). "
        + ("The test asks for classes that cannot be learned." if unlearned else "Nothing will be known of them."),
        (),
        {split: absent for split, absent in by_split.items() if absent},
    )


def _classes(number: int) -> str:
    return f"{number:,} class{' has' if number == 1 else 'es have'}"


def _list(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(f"“{name}”" for name in names[:_NAMED]) + more
