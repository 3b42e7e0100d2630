"""Figures without a test part are split into training and test: by a seed, class by class, whole groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.labels import Labels
from figurate.errors import ConfigurationError, DataError

__all__ = ["split"]

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def split(
    labels: Labels, fraction: float, seed: int, groups: Labels | None = None, what: str = "the data"
) -> tuple[Indices, Indices, list[str]]:
    """Choose the test figures.

    Every class with two figures or more has figures on both sides (with `groups`, as far as its groups allow); a single
    figure is one to learn from.

    Args:
        labels: Of each figure.
        fraction: The share that is for the test, above 0 and below 1.
        seed: The same seed splits the same labels in the same way.
        groups: Of each figure, who wrote it, for instance; figures of one group stay together.
        what: The data set's name, for messages.

    Returns:
        Indices of the training and of the test figures, ascending, and sentences on what was decided.

    Raises:
        ConfigurationError: The fraction is out of range.
        DataError: There is one group alone, or no figure can be spared.

    Example:
        >>> train, test, _ = split(Labels.of_texts(["a"] * 10 + ["b"] * 5), 0.2, seed=0)
        >>> len(train), len(test)
        (12, 3)
    """
    if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 < fraction < 1:
        raise ConfigurationError(
            f"`load` expects test_split between 0 and 1, or None, received {fraction!r}. Give 0.2 for a fifth."
        )
    counts = np.bincount(labels.codes, minlength=len(labels.names))
    rng = np.random.Generator(np.random.PCG64(seed))
    if groups is None:
        chosen = _by_class(labels.codes, counts, fraction, rng)
    else:
        chosen = _by_group(labels.codes, counts, fraction, rng, groups, what)
    if not chosen.any():
        raise DataError(
            f"{what}: expected at least one figure that can be spared for the test, received {len(labels):,} figures "
            f"of {int((counts > 0).sum()):,} classes. Add figures, or a test part of their own; to measure a model on "
            "all of them, do not split (`test_split=None`, or `--split all`)."
        )
    train, test = np.flatnonzero(~chosen), np.flatnonzero(chosen)
    percent = round(100 * fraction)
    how = "by class" if groups is None else f"by class, the {len(groups.used()):,} groups kept whole"
    notes = [
        f"No test part: split {100 - percent}:{percent} {how}, seed {seed}: {len(train):,} figures to learn from, "
        f"{len(test):,} to test with."
    ]
    single = [name for name, count in zip(labels.names, counts.tolist(), strict=True) if count == 1]
    if single:
        some = ", ".join(single[:10]) + ("…" if len(single) > 10 else "")
        notes.append(f"Classes with one figure alone, which is for learning: {some}.")
    return train, test, notes


def _by_class(codes: NDArray[np.integer], counts: Indices, fraction: float, rng: np.random.Generator) -> Mask:
    chosen = np.zeros(len(codes), bool)
    order = np.argsort(codes, kind="stable")
    for members in np.split(order, np.cumsum(counts)[:-1]):
        if len(members) > 1:
            size = min(max(round(fraction * len(members)), 1), len(members) - 1)
            chosen[rng.permutation(members)[:size]] = True
    return chosen


def _by_group(
    codes: NDArray[np.integer],
    counts: Indices,
    fraction: float,
    rng: np.random.Generator,
    groups: Labels,
    what: str,
) -> Mask:
    """Take groups in random order for as long as each brings the classes' test counts nearer to what is wanted."""
    if len(groups.used()) < 2:
        raise DataError(
            f"{what}: expected at least two groups to split by, received {len(groups.used())}. "
            "Leave `groups` out, or name another column."
        )
    # Counts of each class in each group, held sparsely: many writers, many classes.
    pairs, amounts = np.unique(groups.codes.astype(np.int64) * len(counts) + codes, return_counts=True)
    bounds = np.searchsorted(pairs // len(counts), np.arange(len(groups.names) + 1))
    wanted = fraction * counts
    taken = np.zeros(len(counts), np.int64)
    picked = np.zeros(len(groups.names), bool)
    for group in rng.permutation(len(groups.names)):
        part = slice(bounds[group], bounds[group + 1])
        classes, more = pairs[part] % len(counts), amounts[part]
        if (taken[classes] + more >= counts[classes]).any():
            continue  # a class would have nothing left to learn from
        before = np.abs(wanted[classes] - taken[classes]).sum()
        after = np.abs(wanted[classes] - taken[classes] - more).sum()
        if after < before or (more.size and not picked.any()):
            picked[group] = True
            taken[classes] += more
    picks: Mask = picked[groups.codes]
    return picks
