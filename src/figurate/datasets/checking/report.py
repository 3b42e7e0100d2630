"""What a check of a data set says: `Report`, its `Finding`s and the `Example`s that show them.

Only holds and tells: what is found is found by the other files here, the page is drawn by `page.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["TITLES", "Example", "Finding", "Group", "Report", "Severity", "Split"]

Severity: TypeAlias = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst on."""

TITLES = {
    "unreadable": "Unreadable files",
    "one_class": "One class only",
    "absent_classes": "Classes without figures",
    "two_labels": "Same figure, two labels",
    "train_and_test": "Same figure in train and test",
    "near_two_labels": "Nearly the same figure, two labels",
    "near_train_and_test": "Nearly the same figure in train and test",
    "duplicates": "Exact duplicates",
    "near_duplicates": "Near duplicates",
    "blank": "Blank figures",
    "polarity": "Polarity",
    "few_figures": "Classes with few figures",
    "imbalance": "Imbalance",
    "sizes": "Sizes",
    "modes": "Kinds of pixels",
    "classes": "Figures per class",
}
"""Every kind of finding, in the order in which they are told, and what people call it."""


@dataclass(frozen=True)
class Example:
    """One figure or file that shows a finding.

    Args:
        place: Where it is: a file's path, or the row as in Python, `train[17]`.
        split: "train" or "test"; "" for a file that is in neither.
        row: Its row in the split, from 0; None for a file that could not be read.
        file: The picture file, where figures are files.
        label: Its class's name, or None.
        pixels: (h, w) or (h, w, 3), uint8, to be shown; None where there is no picture.
        text: What is to be said of it, in a few words.
    """

    place: str
    split: str = ""
    row: int | None = None
    file: str | None = None
    label: str | None = None
    pixels: npt.NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    text: str = ""

    def to_dict(self) -> dict[str, object]:
        """Everything but the pixels."""
        return {
            "place": self.place,
            "split": self.split or None,
            "row": self.row,
            "file": self.file,
            "class": self.label,
            "text": self.text,
        }


Group: TypeAlias = tuple[Example, ...]
"""Figures that belong together, such as twins; mostly one alone."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Args:
        kind: One of `TITLES`.
        severity: "error": a model trained on this is wrong or measured wrongly; "warning": probably not meant;
            "note": good to know.
        count: How many figures, files or classes it is about.
        message: What was found, in a sentence or two, and what to do about it.
        examples: Some of them, in groups.
        details: Numbers for programs, of JSON's types.
    """

    kind: str
    severity: Severity
    count: int
    message: str
    examples: tuple[Group, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.kind]

    def to_dict(self) -> dict[str, object]:
        """The finding of JSON's types."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "count": self.count,
            "message": self.message,
            "examples": [[example.to_dict() for example in group] for group in self.examples],
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class Split:
    """How many figures of each class a split has.

    Args:
        name: "train" or "test".
        counts: One number a class, in the order of the report's `class_names`.
    """

    name: str
    counts: tuple[int, ...]

    @property
    def figures(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class Report:
    """What a check found.

    Args:
        source: The data, as they were named.
        figure_shape: Of one figure as it is trained on: (height, width) or (height, width, channels).
        class_names: By label.
        splits: Train, then test.
        findings: The worst first.
        passed: The kinds that were looked for and not found.
        notes: What was noticed while loading.
        samples: Some figures of each class, to look at; empty for classes beyond the first hundred.
        seconds: What loading and checking took.

    Example:
        >>> import figurate
        >>> report = figurate.datasets.check("mnist")  # doctest: +SKIP
        >>> report.worst  # doctest: +SKIP
        'note'
        >>> report.save_html("report.html")  # doctest: +SKIP
    """

    source: str
    figure_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    splits: tuple[Split, ...]
    findings: tuple[Finding, ...]
    passed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    samples: tuple[Group, ...] = ()
    seconds: float = 0.0

    def number_of(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def worst(self) -> Severity | None:
        """The worst severity there is; None without findings."""
        return next((severity for severity in SEVERITIES if self.number_of(severity)), None)

    def finding(self, kind: str) -> Finding | None:
        """The finding of this kind, if there is one."""
        return next((finding for finding in self.findings if finding.kind == kind), None)

    def describe(self) -> str:
        """The data in a sentence."""
        figures = ", ".join(f"{split.figures:,} to {_use(split.name)}" for split in self.splits)
        shape = " × ".join(str(length) for length in self.figure_shape)
        number = len(self.class_names)
        return f"{self.source}: {figures}; {shape} pixels; {number:,} class{'es' if number != 1 else ''}."

    def verdict(self) -> str:
        """How it went, in a sentence."""
        parts = [_counted(self.number_of(severity), severity) for severity in SEVERITIES]
        return f"{', '.join(parts).capitalize()}; of what was looked for, {len(self.passed)} kinds were not found."

    def to_dict(self) -> dict[str, object]:
        """The report of JSON's types, with these keys: `data`, `figure_shape`, `splits`, `classes`, `errors`,
        `warnings`, `notes`, `findings`, `passed`, `remarks`, `seconds`.
        """  # noqa: D205 - the list of keys belongs to the summary
        return {
            "data": self.source,
            "figure_shape": list(self.figure_shape),
            "splits": {split.name: split.figures for split in self.splits},
            "classes": [
                {"class": name, **{split.name: split.counts[label] for split in self.splits}}
                for label, name in enumerate(self.class_names)
            ],
            "errors": self.number_of("error"),
            "warnings": self.number_of("warning"),
            "notes": self.number_of("note"),
            "findings": [finding.to_dict() for finding in self.findings],
            "passed": list(self.passed),
            "remarks": list(self.notes),
            "seconds": round(self.seconds, 3),
        }

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the report as one HTML file that needs nothing beside it. It appears whole or not at all.

        Raises:
            OSError: The file cannot be written.
        """
        from figurate.datasets.checking.page import page
        from figurate.files import write_atomically

        write_atomically(path, page(self).encode("utf-8"))


def _use(split: str) -> str:
    return "learn from" if split == "train" else "test with"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else f"no {word}s"
