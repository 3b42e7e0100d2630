"""Splits: stratified, seeded, whole groups, nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from figurate.datasets.labels import Labels
from figurate.datasets.splitting import split
from figurate.errors import DataError


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.99])
def test_every_class_is_on_both_sides_and_nothing_is_lost(fraction: float) -> None:
    labels = Labels.of(np.random.default_rng(1).integers(0, 9, 500), "it")
    train, test, _ = split(labels, fraction, 3)
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(500))
    assert np.all(np.diff(train) > 0)
    for side in (train, test):
        assert len(labels.take(side).used()) == 9
    counts = np.bincount(labels.codes)
    taken = np.bincount(labels.take(test).codes, minlength=9)
    assert np.abs(taken - fraction * counts).max() <= 1


def test_one_figure_is_for_learning() -> None:
    train, test, notes = split(Labels.of_texts(["a", "b", "b", "c"]), 0.5, 0)
    assert len(test) == 1
    assert {0, 3} <= set(train.tolist())
    assert notes[1] == "Classes with one figure alone, which is for learning: a, c."


def test_no_figure_to_spare() -> None:
    with pytest.raises(DataError, match="at least one figure that can be spared for the test, received 2 figures of 2"):
        split(Labels.of_texts(["a", "b"]), 0.5, 0)


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole_and_classes_nearly_balanced(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = Labels.of(rng.integers(0, 10, 4000), "it")
    writers = Labels.of(rng.integers(0, 100, 4000), "groups")
    train, test, _ = split(labels, 0.2, seed, writers)
    assert not set(writers.take(train).used()) & set(writers.take(test).used())
    assert len(train) + len(test) == 4000
    assert 0.17 < len(test) / 4000 < 0.23
    counts, taken = np.bincount(labels.codes), np.bincount(labels.take(test).codes)
    assert np.abs(taken / counts - 0.2).max() < 0.06


def test_a_group_that_has_a_class_to_itself_is_for_learning() -> None:
    labels = Labels.of_texts(["a", "a", "b", "b", "a", "b"])
    groups = Labels.of_texts(["1", "1", "2", "2", "3", "4"])
    train, test, _ = split(labels, 0.4, 0, groups)
    assert labels.take(train).used() == ["a", "b"]
    assert len(test) > 0
