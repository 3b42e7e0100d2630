"""The search for near twins against all pairs compared, on MNIST's figures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate.datasets import mnist
from figurate.datasets.checking import similar
from figurate.datasets.checking.material import Material, material_of


@pytest.fixture(scope="module")
def figures() -> NDArray[np.uint8]:
    """3,000 figures, and 300 of them once more: paler, noisy."""
    (x, _), _ = mnist.load_data()
    copies = x[:300] * 0.8 + np.random.default_rng(0).integers(0, 20, (300, 28, 28))
    return np.concatenate([x[:3000], copies.astype(np.uint8)])


def pairs_of(x: NDArray[np.uint8]) -> tuple[Material, similar.Pairs]:
    material = material_of((x, np.arange(len(x)) % 10))
    return material, similar.similar_pairs(material, np.arange(len(x)))


def test_the_search_loses_no_pair(figures: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_FEW", 1 << 10)  # cut as deep as with many more figures
    _, found = pairs_of(figures)
    flat = figures.reshape(len(figures), -1).astype(np.float64)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    first, second = np.nonzero(np.triu(flat @ flat.T >= similar.NEAR, 1))
    assert list(zip(found.first, found.second, strict=True)) == list(zip(first, second, strict=True))
    assert len(first) > 250
    assert found.complete
    np.testing.assert_allclose(found.r, np.einsum("ij,ij->i", flat[first], flat[second]), atol=1e-5)


def test_different_figures_are_no_twins(figures: NDArray[np.uint8]) -> None:
    _, found = pairs_of(figures[:3000])
    assert len(found.first) == 0


def test_among_many_the_likest_are_found(figures: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_MANY", 100)
    copies = (figures[:100] * 0.9 + 5).astype(np.uint8)
    _, found = pairs_of(np.concatenate([figures[:2000], copies]))
    assert list(zip(found.first, found.second, strict=True)) == [(row, 2000 + row) for row in range(100)]


def test_a_flood_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_MOST_PAIRS", 100)
    rng = np.random.default_rng(0)
    x = np.repeat(rng.integers(0, 200, (1, 28, 28)), 400, axis=0) + rng.integers(0, 9, (400, 28, 28))
    _, found = pairs_of(x.astype(np.uint8))
    assert not found.complete
    assert len(found.first) > 100


@pytest.mark.parametrize("shape", [(5, 3), (1, 40), (64, 64), (12, 9, 3)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).integers(0, 255, (30, *shape), dtype=np.uint8)
    x[17] = (x[4] * 0.9 + 3).astype(np.uint8)
    _, found = pairs_of(x)
    assert (4, 17) in list(zip(found.first, found.second, strict=True))
