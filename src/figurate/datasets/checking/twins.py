"""Findings about figures that stand more than once: duplicates, two labels for one figure, figures in train and test.

Exact twins have the same pixels, byte for byte; near ones are `similar.py`'s. Blank figures, which are all alike, are
left to `pixels.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from figurate.datasets.checking.material import Material
from figurate.datasets.checking.report import Finding, Group, Severity
from figurate.datasets.checking.similar import MOST_FIGURES, NEAR, Pairs, similar_pairs

__all__ = ["twin_findings"]

_HASH_BYTES = 16
_MOST_OF_A_GROUP = 6
_BY_CHANCE = 0.001  # of the test figures: so many of the narrowest have a near twin that is none

# Of each finding about near twins: which figures it is about, and what they are like.
_NEAR_TWINS = {
    "near_two_labels": ("", "as another one with another label. Look whether one of the two labels is wrong."),
    "near_train_and_test": (
        " of the test set",
        "as one of the training set, such as another copy of one picture. The test may promise too much.",
    ),
    "near_duplicates": ("", "as one before in the same class and half, such as another copy of one picture."),
}

Figures = npt.NDArray[np.int64]


def twin_findings(material: Material, blank: npt.NDArray[np.bool_], examples: int) -> Iterator[Finding]:
    """Look for figures that stand more than once.

    Args:
        material: The figures.
        blank: Which of them are blank, (n,).
        examples: How many groups to show of each finding.
    """
    firsts, groups = _exact(material, np.flatnonzero(~blank))
    yield from _two_labels(material, groups, examples)
    yield from _train_and_test(material, groups, examples)
    yield from _duplicates(material, groups, examples)
    yield from _near(material, similar_pairs(material, firsts), examples)


def _exact(material: Material, figures: Figures) -> tuple[Figures, list[Figures]]:
    """The first of each distinct figure, rising; and the groups of equal ones, each rising, by their first."""
    hashes = np.empty((len(material), _HASH_BYTES), np.uint8)
    for start, block in material.blocks():
        for row, figure in enumerate(np.ascontiguousarray(block).reshape(len(block), -1), start):
            digest = hashlib.blake2b(figure.data, digest_size=_HASH_BYTES).digest()
            hashes[row] = np.frombuffer(digest, np.uint8)
    keys = hashes[figures].view(f"V{_HASH_BYTES}").reshape(-1)
    _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(inverse.reshape(-1), kind="stable")
    ends = np.cumsum(counts)
    groups = [figures[order[ends[key] - counts[key] : ends[key]]] for key in np.flatnonzero(counts > 1)]
    return np.sort(figures[first]), sorted(groups, key=lambda group: int(group[0]))


def _two_labels(material: Material, groups: Sequence[Figures], examples: int) -> Iterator[Finding]:
    torn = [group for group in groups if len(np.unique(material.labels[group])) > 1]
    if torn:
        number = sum(len(group) for group in torn)
        yield Finding(
            "two_labels",
            "error",
            number,
            f"{_figures(number)} in {_groups(len(torn))} of the same pixels have more than one label: at least one is "
            "wrong. Find out which, and correct or remove it.",
            _shown(material, torn, examples),
            {"groups": len(torn)},
        )


def _train_and_test(material: Material, groups: Sequence[Figures], examples: int) -> Iterator[Finding]:
    tests = [material.in_test(group) for group in groups]
    both = [(group, test) for group, test in zip(groups, tests, strict=True) if test.any() and not test.all()]
    if both:
        number = sum(int(test.sum()) for _, test in both)
        share = number / (len(material) - material.starts[1])
        yield Finding(
            "train_and_test",
            "error",
            number,
            f"{_figures(number)} of the test set ({share:.2%}) also stand{'s' if number == 1 else ''} in the training "
            "set: a network knows them by heart, and the test promises too much. Remove them from one of the two.",
            _shown(material, [group for group, _ in both], examples),
            {"groups": len(both), "share_of_test": share},
        )


def _duplicates(material: Material, groups: Sequence[Figures], examples: int) -> Iterator[Finding]:
    repeated: list[Figures] = []
    number = 0
    for group in groups:
        # Of one label and one half; what differs in these has been told above.
        key = material.labels[group] * 2 + material.in_test(group)
        for same in (group[key == value] for value in np.unique(key)):
            if len(same) > 1:
                repeated.append(same)
                number += len(same) - 1
    if repeated:
        yield Finding(
            "duplicates",
            "warning",
            number,
            f"{_figures(number)} repeat{'s' if number == 1 else ''} another one of the same class and half, pixel for "
            "pixel: they weigh more than others, and a part that is split off for validation may hold some of them.",
            _shown(material, repeated, examples),
            {"groups": len(repeated)},
        )


def _near(material: Material, pairs: Pairs, examples: int) -> Iterator[Finding]:
    """What near twins are, by what is wrong with them; a pair may be wrong in two ways."""
    first, second = pairs.first, pairs.second
    if not len(first) and not pairs.complete:
        yield Finding(
            "near_duplicates",
            "note",
            0,
            f"Near twins were not looked for: there are more than {MOST_FIGURES:,} figures. Exact ones were.",
            (),
            {"pairs": 0, "complete": False, "least_correlation": NEAR},
        )
    torn = material.labels[first] != material.labels[second]
    across = material.in_test(first) != material.in_test(second)
    for kind, chosen in (
        ("near_two_labels", torn),
        ("near_train_and_test", across),
        ("near_duplicates", ~torn & ~across),
    ):
        if chosen.any():
            yield _near_finding(material, kind, pairs, chosen, examples)


def _near_finding(material: Material, kind: str, pairs: Pairs, chosen: npt.NDArray[np.bool_], examples: int) -> Finding:
    indices = np.flatnonzero(chosen)
    # Of two labels for one figure either may be wrong; else the figure that comes second repeats the first.
    told = pairs.second[indices]
    if kind == "near_two_labels":
        told = np.concatenate([pairs.first[indices], told])
    number = len(np.unique(told))
    tests = len(material) - material.starts[1]
    by_chance = kind == "near_train_and_test" and number < _BY_CHANCE * tests
    severity: Severity = "note" if kind == "near_duplicates" or by_chance else "warning"
    whose, twin = _NEAR_TWINS[kind]
    alike = f"{_are(number)} nearly the same (their pixels correlate with {NEAR:g} or more)"
    message = f"{_figures(number)}{whose} {alike} {twin}"
    if by_chance:
        message += " So few may be chance."
    if not pairs.complete:
        message += " There are so many that the search was ended early: there are more."
    details = {"pairs": len(indices), "complete": pairs.complete, "least_correlation": NEAR}
    return Finding(kind, severity, number, message, _shown_pairs(material, pairs, indices, examples), details)


def _shown_pairs(material: Material, pairs: Pairs, indices: Figures, examples: int) -> tuple[Group, ...]:
    """The pairs that are most alike."""
    most = indices[np.argsort(-pairs.r[indices], kind="stable")][:examples]
    return tuple(
        (
            material.example(int(pairs.first[index])),
            material.example(int(pairs.second[index]), text=f"r = {pairs.r[index]:.3f}"),
        )
        for index in most
    )


def _shown(material: Material, groups: Sequence[Figures], examples: int) -> tuple[Group, ...]:
    shown = []
    for group in groups[:examples]:
        # One of each label and half before others that say no more.
        key = material.labels[group] * 2 + material.in_test(group)
        _, telling = np.unique(key, return_index=True)
        rest = np.setdiff1d(np.arange(len(group)), telling)
        chosen = np.sort(np.concatenate([telling, rest])[:_MOST_OF_A_GROUP])
        members = [material.example(int(figure)) for figure in group[chosen]]
        shown.append(tuple(members))
    return tuple(shown)


def _figures(number: int) -> str:
    return f"{number:,} figure{'' if number == 1 else 's'}"


def _groups(number: int) -> str:
    return f"{number:,} group{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
