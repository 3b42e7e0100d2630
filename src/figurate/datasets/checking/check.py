"""`check`: everything that is looked for in a data set, in turn, as one `Report`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from figurate.datasets.checking.balance import balance_findings, splits_of
from figurate.datasets.checking.files import file_findings, scanned, unreadable_finding
from figurate.datasets.checking.material import Material, material_of
from figurate.datasets.checking.pixels import blank_finding, looked_at, polarity_finding
from figurate.datasets.checking.report import SEVERITIES, TITLES, Finding, Group, Report, Split
from figurate.datasets.checking.twins import twin_findings
from figurate.errors import ConfigurationError, shown

__all__ = ["check"]

_SAMPLES = 12
_SAMPLED_CLASSES = 100
_OF_FILES = ("sizes", "modes", "unreadable")


def check(data: Any, *, examples: int = 12, strict: bool = False) -> Report:
    """Look a data set over, and say what is wrong with it, what is probably not meant, and what is good to know.

    Looked for are unreadable files; missing, rare and dominating classes; blank figures; figures of the other polarity;
    sizes and kinds of pixels of picture files; figures that stand more than once, exactly or nearly, with one label or
    with two, in one half or in both. Figures count as nearly the same where their pixels correlate with 0.99 or more.
    Nothing is changed.

    Args:
        data: A `Dataset`; a name or path that `load` takes; `(x, y)`; or `((x_train, y_train), (x_test, y_test))`, x
            (n, h, w) or (n, h, w, channels), y (n,).
        examples: How many figures, or groups of them, to keep of each finding.
        strict: Whether to stop at the first file that cannot be read. Only where `data` is a name or a path.

    Returns:
        A `Report`: `findings`, `worst`, `to_dict()`, `save_html(path)`.

    Raises:
        DataError, ShapeError: Figures and labels don't fit together.
        FigurateError: What `load` raises where there is nothing to load.

    Example:
        >>> import numpy as np
        >>> x = np.random.default_rng(0).integers(0, 255, (40, 8, 8), dtype=np.uint8)
        >>> x[7] = x[3]
        >>> report = check((x, np.arange(40) % 4))
        >>> report.finding("duplicates").count
        1
    """
    if isinstance(examples, bool) or not isinstance(examples, int) or examples < 0:
        raise ConfigurationError(f"Expected `examples` as a whole number from 0 on, received {shown(examples)}.")
    begun = time.perf_counter()
    material = material_of(data, strict=strict)
    splits = splits_of(material)
    findings = list(_findings(material, splits, examples))
    kinds = {finding.kind for finding in findings}
    ended = any(finding.details.get("complete") is False for finding in findings)
    passed = tuple(
        kind
        for kind in TITLES
        if kind not in kinds and _was_looked_for(kind, material, kinds) and not (ended and kind.startswith("near_"))
    )
    order = list(TITLES)
    findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), order.index(finding.kind)))
    return Report(
        source=material.source,
        figure_shape=material.figure_shape,
        class_names=material.class_names,
        splits=splits,
        findings=tuple(findings),
        passed=passed,
        notes=material.remarks,
        samples=_samples(material),
        seconds=time.perf_counter() - begun,
    )


def _findings(material: Material, splits: tuple[Split, ...], examples: int) -> Iterator[Finding]:
    unreadable = unreadable_finding(material, examples)
    if unreadable is not None:
        yield unreadable
    yield from balance_findings(material, splits)
    blank, polarity = looked_at(material)
    finding = blank_finding(material, blank, examples)
    if finding is not None:
        yield finding
    scan = scanned(material)
    if scan is not None:
        yield from file_findings(material, scan, examples)
    else:
        finding = polarity_finding(polarity, material.example, fitted=False, examples=examples)
        if finding is not None:
            yield finding
    yield from twin_findings(material, blank, examples)


def _was_looked_for(kind: str, material: Material, found: set[str]) -> bool:
    """Whether a kind that wasn't found could have been."""
    if kind in ("train_and_test", "near_train_and_test"):
        return len(material.parts) > 1
    if kind in _OF_FILES:
        return "sizes" in found
    return kind != "polarity"


def _samples(material: Material) -> tuple[Group, ...]:
    """Some training figures of each class, evenly spread."""
    part = material.parts[0]
    groups = []
    for label in range(min(len(material.class_names), _SAMPLED_CLASSES)):
        rows = np.flatnonzero(part.y == label)
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLES)).astype(int)]
        groups.append(tuple(material.example(int(row)) for row in chosen))
    return tuple(groups)
