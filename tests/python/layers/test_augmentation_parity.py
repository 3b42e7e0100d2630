"""Layers of augmentation against Keras' own: a range of one number leaves nothing to chance."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate import layers
from figurate.training.augmentation import augmented

keras = pytest.importorskip("keras")

RNG = np.random.default_rng(3)
GREY = RNG.random((3, 14, 11, 1)).astype(np.float32)
COLOUR = RNG.random((2, 9, 16, 3)).astype(np.float32)
FILLS = ("constant", "nearest", "reflect", "wrap")
# Coordinates are float32 in both, up to 40 pixels far; a pixel's neighbours differ by up to 1.
TOLERANCE = 2e-5


def theirs(layer: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(layer(x, training=True))


MOVES: list[tuple[str, dict[str, Any]]] = [
    ("RandomTranslation", {"height_factor": (0.13, 0.13), "width_factor": (-0.21, -0.21)}),
    ("RandomTranslation", {"height_factor": (-0.9, -0.9), "width_factor": (0.0, 0.0)}),
    ("RandomRotation", {"factor": (0.1, 0.1)}),
    ("RandomRotation", {"factor": (-0.4, -0.4)}),
    ("RandomZoom", {"height_factor": (0.4, 0.4)}),
    ("RandomZoom", {"height_factor": (-0.3, -0.3), "width_factor": (0.7, 0.7)}),
]


@pytest.mark.parametrize("x", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("fill_mode", FILLS)
@pytest.mark.parametrize(("name", "settings"), MOVES)
def test_moves(name: str, settings: dict[str, Any], fill_mode: str, x: NDArray[np.float32]) -> None:
    settings = {**settings, "fill_mode": fill_mode, "fill_value": 0.25}
    mine = augmented([getattr(layers, name)(**settings)], x)
    np.testing.assert_allclose(mine, theirs(getattr(keras.layers, name)(**settings), x), atol=TOLERANCE)


@pytest.mark.parametrize("fill_mode", FILLS)
@pytest.mark.parametrize(("name", "settings"), MOVES)
def test_moves_to_the_nearest_pixel(name: str, settings: dict[str, Any], fill_mode: str) -> None:
    settings = {**settings, "fill_mode": fill_mode, "interpolation": "nearest", "fill_value": 0.25}
    mine = augmented([getattr(layers, name)(**settings)], GREY)
    expected = theirs(getattr(keras.layers, name)(**settings), GREY)
    # Where a coordinate lies at a half, rounding decides, in both in its own way.
    assert np.mean(mine != expected) < 0.02


@pytest.mark.parametrize("fill_mode", FILLS)
@pytest.mark.parametrize("factors", [((0.2, 0.2), (0.0, 0.0)), ((0.0, 0.0), (0.5, 0.5)), ((0.3, 0.3), (0.1, 0.1))])
def test_shear_either_way(factors: Any, fill_mode: str) -> None:
    x = np.repeat(GREY[:1], 16, axis=0)
    mine = augmented([layers.RandomShear(factors[0], factors[1], fill_mode=fill_mode)], x)
    layer = keras.layers.RandomShear(factors[0], factors[1], fill_mode=fill_mode)
    slants = np.array([[factors[0][0], factors[1][0]]], np.float32)
    ways = [np.asarray(layer.transform_images(GREY[:1], {"shear_factor": way * slants}))[0] for way in (1, -1)]
    near = [[np.allclose(figure, way, atol=TOLERANCE) for way in ways] for figure in mine]
    assert all(any(one) for one in near)
    assert {one.index(True) for one in near} == {0, 1}


@pytest.mark.parametrize("mode", ["horizontal", "vertical", "horizontal_and_vertical"])
def test_flips(mode: str) -> None:
    x = np.repeat(COLOUR[:1], 16, axis=0)
    mine = augmented([layers.RandomFlip(mode)], x)
    layer = keras.layers.RandomFlip(mode)
    flipped = np.asarray(layer.transform_images(COLOUR[:1], {"flips": np.ones((1, 1, 1, 1), bool)}))[0]
    kinds = {0 if np.array_equal(f, COLOUR[0]) else 1 if np.array_equal(f, flipped) else 2 for f in mine}
    assert kinds == {0, 1}


@pytest.mark.parametrize("value_range", [(0, 1), (0.2, 0.9)])
@pytest.mark.parametrize("factor", [0.3, -0.4])
def test_brightness(factor: float, value_range: tuple[float, float]) -> None:
    settings: dict[str, Any] = {"factor": (factor, factor), "value_range": value_range}
    mine = augmented([layers.RandomBrightness(**settings)], COLOUR)
    np.testing.assert_allclose(mine, theirs(keras.layers.RandomBrightness(**settings), COLOUR), atol=1e-6)


def test_contrast() -> None:
    x = np.repeat(COLOUR[:1], 50, axis=0)
    mine = augmented([layers.RandomContrast((0.3, 0.6), value_range=(0, 1))], x)
    layer = keras.layers.RandomContrast((0.3, 0.6), value_range=(0, 1))
    mean = COLOUR[0].mean(axis=(0, 1))
    place = np.unravel_index(np.argmin(abs(COLOUR[0] - mean)), COLOUR[0].shape)  # stays far from the ends of the range
    drawn = []
    for figure in mine:
        factor = (figure[place] - mean[place[-1]]) / (COLOUR[0][place] - mean[place[-1]])
        drawn.append(factor)
        expected = layer.transform_images(COLOUR[:1], {"contrast_factor": np.float32(factor)})
        np.testing.assert_allclose(figure, np.asarray(expected)[0], atol=1e-2)  # the factor is known to a few digits
    assert 0.69 < min(drawn) < 0.8
    assert 1.4 < max(drawn) < 1.61


def test_invert() -> None:
    settings: dict[str, Any] = {"factor": (1.0, 1.0), "value_range": (-0.5, 1.5)}
    mine = augmented([layers.RandomInvert(**settings)], COLOUR)
    np.testing.assert_allclose(mine, theirs(keras.layers.RandomInvert(**settings), COLOUR), atol=1e-6)


def test_erasing_as_often_and_as_much() -> None:
    """Which pixels is chance; how many, and by what they are replaced, is not."""
    settings: dict[str, Any] = {"factor": (0.6, 0.6), "scale": (0.05, 0.3), "value_range": (0, 2)}
    x = np.full((600, 20, 20, 1), -1, np.float32)
    mine = augmented([layers.RandomErasing(**settings)], x)
    keras.utils.set_random_seed(1)
    other = theirs(keras.layers.RandomErasing(**settings), x)
    touched = [(f != -1).any(axis=(1, 2, 3)).mean() for f in (mine, other)]
    assert touched[0] == pytest.approx(touched[1], abs=0.1)  # five standard deviations of a count of 600
    assert np.mean(mine != -1) == pytest.approx(np.mean(other != -1), abs=0.02)
    noise = [f[f != -1] for f in (mine, other)]
    assert noise[0].mean() == pytest.approx(noise[1].mean(), abs=0.03)
    assert noise[0].std() == pytest.approx(noise[1].std(), abs=0.03)
    assert np.mean(noise[0] == 2) == pytest.approx(np.mean(noise[1] == 2), abs=0.03)
    filled = augmented([layers.RandomErasing((1.0, 1.0), fill_value=5.0, value_range=(0, 2))], x)
    assert set(np.unique(filled)) == {-1, 2}


def test_elastic_fields_are_as_far_and_as_smooth() -> None:
    """On a ramp, whose value is its column, the change of a pixel is the field's displacement."""
    side = 32
    x = np.repeat(np.arange(side, dtype=np.float32)[np.newaxis], side, axis=0)
    x = np.repeat(x[np.newaxis, :, :, np.newaxis], 60, axis=0) * 4
    keras.utils.set_random_seed(2)
    settings: dict[str, Any] = {"factor": (1.0, 1.0), "scale": (0.8, 0.8), "fill_mode": "nearest"}
    mine = augmented([layers.RandomElasticTransform(**settings)], x)
    other = theirs(keras.layers.RandomElasticTransform(**settings), x)
    inside = (slice(None), slice(6, -6), slice(6, -6), 0)  # near the edges less noise is blurred
    moved = [(f - x)[inside] / 4 for f in (mine, other)]
    assert moved[0].std() == pytest.approx(moved[1].std(), rel=0.05)
    assert np.diff(moved[0], axis=2).std() == pytest.approx(np.diff(moved[1], axis=2).std(), rel=0.05)
    assert np.diff(moved[0], axis=1).std() == pytest.approx(np.diff(moved[1], axis=1).std(), rel=0.05)
    at_edge = [(f - x)[:, 0, 6:-6, 0] / 4 for f in (mine, other)]
    assert at_edge[0].std() == pytest.approx(at_edge[1].std(), rel=0.1)


def test_elastic_fields_by_chance_and_within_bounds() -> None:
    x = np.repeat(GREY[:1], 200, axis=0)
    mine = augmented([layers.RandomElasticTransform((0.3, 0.3), value_range=(0.2, 0.7))], x)
    assert mine.min() == np.float32(0.2)
    assert mine.max() == np.float32(0.7)
    changed = (mine != np.clip(x, np.float32(0.2), np.float32(0.7))).any(axis=(1, 2, 3)).mean()
    assert changed == pytest.approx(0.3, abs=0.16)  # five standard deviations of a count of 200


@pytest.mark.parametrize(
    "name",
    [
        "RandomBrightness",
        "RandomContrast",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomInvert",
        "RandomRotation",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
    ],
)
def test_arguments_and_defaults(name: str) -> None:
    mine = inspect.signature(getattr(layers, name)).parameters
    other = inspect.signature(getattr(keras.layers, name).__init__).parameters
    for argument, parameter in other.items():
        if argument not in ("self", "kwargs", "data_format"):
            assert mine[argument].default == parameter.default or parameter.default is parameter.empty, argument
