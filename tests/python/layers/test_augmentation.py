"""Augmentation in models: in training alone, the same on any number of threads, anew in each epoch; its messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import layers
from figurate.errors import ConfigurationError, DataError, FigurateWarning, ShapeError, UnsupportedError
from figurate.models import Sequential
from figurate.training.augmentation import augmented
from tests.small import CLASSES, SIDE, figures, same_weights


def everything(**changes: Any) -> layers.Augment:
    settings: dict[str, Any] = {"contrast": 0.2, "brightness": 0.1, "erasing": 0.3, "invert": 0.2, "mirror": True}
    return layers.Augment.digits(**settings, **changes)


def model(*augmentation: layers.Layer, seed: int = 3) -> Sequential:
    made = Sequential(
        [layers.Input((SIDE, SIDE)), *augmentation, layers.Flatten(), layers.Dense(12, "relu"), layers.Dense(CLASSES)],
        seed=seed,
    )
    made.compile("sgd", "mse")
    return made


X, LABELS = figures(100)
Y = np.eye(CLASSES, dtype=np.float32)[LABELS]


def test_same_bits_on_any_number_of_threads_and_any_division() -> None:
    one = model(everything())
    one.fit(X, Y, epochs=3, batch_size=32, verbose=0, threads=1)
    for threads in (2, 4):
        many = model(everything())
        many.fit(X, Y, epochs=3, batch_size=32, verbose=0, threads=threads)
        assert same_weights(one, many)


def test_prediction_and_evaluation_are_left_alone() -> None:
    with_it, without = model(everything()), model()
    without.set_weights(with_it.get_weights())
    np.testing.assert_array_equal(with_it.predict(X), without.predict(X))
    assert with_it.evaluate(X, Y, verbose=0) == without.evaluate(X, Y, verbose=0)
    assert with_it.train_on_batch(X, Y) != without.train_on_batch(X, Y)


@pytest.mark.parametrize("scaling", [[], [0.5]])
def test_augment_shows_what_fit_meets(scaling: list[float]) -> None:
    """One epoch on figures as they are augmented is one epoch on the augmented figures."""
    with_it, without = model(*map(layers.Rescaling, scaling), everything()), model()
    without.set_weights(with_it.get_weights())
    shown = with_it.augment(X, epoch=0, seed=5)
    with_it.fit(X, Y, epochs=1, seed=5, verbose=0)
    without.fit(shown, Y, epochs=1, seed=5, verbose=0)
    assert same_weights(with_it, without)


def test_anew_in_each_epoch_by_seed_and_by_layer() -> None:
    made = model(layers.Augment(shift=0.2))
    first = made.augment(X)
    assert first.shape == X.shape
    assert first.dtype == np.float32
    np.testing.assert_array_equal(made.augment(X), first)
    np.testing.assert_array_equal(made.augment(X[0]), first[:1])
    assert (made.augment(X, epoch=1) != first).any(axis=(1, 2)).mean() > 0.9
    assert (made.augment(X, seed=4) != first).any(axis=(1, 2)).mean() > 0.9
    by_place = augmented([layers.Augment(), layers.Augment(shift=0.2)], X, seed=3)
    by_seed = augmented([layers.Augment(shift=0.2, seed=1)], X, seed=3)
    assert (by_place != first).any()
    np.testing.assert_array_equal(by_place, by_seed)  # the second place is stream 1


def test_shapes_of_figures() -> None:
    grey = np.random.default_rng(1).random((4, 9, 12)).astype(np.float32)
    layer = everything()
    assert layer.compute_output_shape((None, 9, 12, 3)) == (None, 9, 12, 3)
    flat, deep = augmented([everything()], grey), augmented([everything()], grey[..., None])
    np.testing.assert_array_equal(flat[..., None], deep)
    # Without erasing by chance, tones by channel: equal channels stay equal.
    colour = augmented([layers.Augment.digits()], np.repeat(grey[..., None], 3, axis=-1))
    for channel in range(3):
        np.testing.assert_array_equal(colour[..., channel], augmented([layers.Augment.digits()], grey))


def test_what_augment_does_in_numbers() -> None:
    """A smooth dot, whose middle is moved by hand in float64."""
    height, width = 80, 64
    rows, columns = np.mgrid[:height, :width]
    dot = np.exp(-((columns - 38) ** 2 + (rows - 30) ** 2) / 32)
    moved = augmented(
        [layers.Augment(shift=(0.1, 0.1), rotation=(20, 20), scale=(0.25, 0.25), stretch=(-0.1, -0.1), shear=(15, 15))],
        dot[np.newaxis],
    )[0].astype(np.float64)
    found = np.array([np.sum(moved * columns), np.sum(moved * rows)]) / np.sum(moved)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    # Larger and narrower, leaning to the right (up is down the rows), turned counter-clockwise, shifted.
    at = np.array([38.0, 30.0]) - middle
    at = at * np.array([1.25 * 0.9, 1.25])
    at = at + np.array([-np.tan(np.radians(15)) * at[1], 0])
    angle = np.radians(20)
    at = np.array([np.cos(angle) * at[0] + np.sin(angle) * at[1], -np.sin(angle) * at[0] + np.cos(angle) * at[1]])
    expected = at + middle + 0.1 * np.array([width, height])
    np.testing.assert_allclose(found, expected, atol=5e-3)
    # As much larger as it says.
    assert moved.sum() == pytest.approx(dot.sum() * 1.25 * 1.25 * 0.9, rel=2e-3)


def test_nothing_by_default() -> None:
    np.testing.assert_array_equal(augmented([layers.Augment()], X), X.astype(np.float32))


@pytest.mark.parametrize(("name", "kept"), [("digits", "rotation"), ("garments", "erasing")])
def test_sets_to_begin_with(name: str, kept: str) -> None:
    made = getattr(layers.Augment, name)
    changed = made(shift=0.3, name="mine")
    assert changed.shift == 0.3
    assert getattr(changed, kept) == getattr(made(), kept) > 0
    assert changed.name == "mine"
    bounded = augmented([made()], X)
    assert bounded.min() >= 0
    assert bounded.max() <= 1


def test_before_the_first_layer_with_weights() -> None:
    message = r"`Augment` changes .* expected before the first layer with weights, received 'late' after "
    with pytest.raises(ConfigurationError, match=message + "`first`. Move it to the front"):
        Sequential(
            [
                layers.Input((8, 8)),
                layers.Reshape((8, 8, 1)),
                layers.Conv2D(2, 3, name="first"),
                layers.Augment(name="late"),
            ]
        )
    with pytest.raises(ConfigurationError, match=r"Figures are augmented in front: put it before the first"):
        Sequential([layers.Input((8, 8, 1)), layers.Residual([layers.RandomFlip(name="inner")], name="around")])
    with pytest.raises(ShapeError, match=r"`Augment` expects figures of height and width.*Put it before `Flatten\(\)`"):
        Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Augment()])


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (layers.RandomTranslation, {"height_factor": 1.5, "width_factor": 0}, "a number, or two, of at least -1 and at mo"),
    (layers.RandomTranslation, {"height_factor": (0, 1, 2), "width_factor": 0}, r"received \(0, 1, 2\)"),
    (layers.RandomZoom, {"height_factor": -1}, "above -1 and at most 1, received -1"),
    (layers.RandomZoom, {"height_factor": 0.1, "width_factor": "a"}, "or None, received 'a'"),
    (layers.RandomRotation, {"factor": None}, r"`RandomRotation\(factor=…\)` expects a number, or two"),
    (layers.RandomRotation, {"factor": 0.1, "fill_mode": "mirror"}, "'mirror'"),
    (layers.RandomShear, {"x_factor": -0.1}, "of at least 0 and at most 1"),
    (layers.RandomContrast, {"factor": float("nan")}, "received nan"),
    (layers.RandomErasing, {"fill_value": (1, 2, 3)}, r"a finite number or None, received \(1, 2, 3\)"),
    (layers.RandomBrightness, {"factor": 0.1, "value_range": 255}, "expects two numbers that are finite, received 255"),
    (layers.RandomFlip, {"mode": "diagonal"}, "'diagonal'"),
    (layers.Augment, {"elastic": (0, 1)}, r"`Augment\(elastic=…\)` expects a finite number"),
    (layers.Augment, {"scale": 1}, "of at least -0.9 and at most 0.9, received 1"),
    (layers.Augment, {"mirror": 1}, "True or False"),
]


@pytest.mark.parametrize(("kind", "settings", "message"), WRONG)
def test_settings_that_are_wrong(kind: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        kind(**settings)


def test_what_keras_has_and_figurate_has_not() -> None:
    with pytest.raises(UnsupportedError, match=r"`RandomFlip\(data_format=…\)` is not supported.*Colours lie on"):
        layers.RandomFlip(data_format="channels_first")
    with pytest.raises(UnsupportedError, match="Figures come without boxes"):
        layers.RandomRotation(0.1, bounding_box_format="xyxy")
    layers.RandomRotation(0.1, data_format="channels_last", bounding_box_format=None)
    with pytest.raises(UnsupportedError, match=r"`RandomFlip` was called on .*`plots\.augmented\(layer, x\)`"):
        layers.RandomFlip()(X)


def test_figures_that_cannot_be_augmented() -> None:
    with pytest.raises(ConfigurationError, match=r"expects a layer of augmentation, received none\. Put `Augment"):
        model().augment(X)
    with pytest.raises(ShapeError, match=r"`augment` expects x to hold figures of shape \(8, 8\)"):
        model(everything()).augment(X[:, :4])
    with pytest.raises(ShapeError, match=r"expects figures \(n, height, width\).* received shape \(8, 8\)"):
        augmented([everything()], X[0])
    with pytest.raises(DataError, match="finite pixels"):
        augmented([everything()], np.full((1, 4, 4), np.nan))


def test_figures_of_another_range_warn() -> None:
    def fit(x: Any, *found: layers.Layer) -> None:
        model(*found).fit(x, Y, epochs=1, verbose=0)

    with pytest.warns(FigurateWarning, match=r"to `light`, which expects `value_range=\(0, 255\)`\. .*=\(0, 1\)`"):
        fit(X, layers.RandomBrightness(0.1, name="light"))
    with pytest.warns(FigurateWarning, match=r"figures of 0 to 199 to .*Write `value_range=\(0, 255\)`, or put `Resc"):
        fit(np.rint(X * 255).astype(np.uint8), layers.Augment(brightness=0.1))
    fit(np.rint(X * 255).astype(np.uint8), layers.Augment(shift=0.1))
    fit(np.rint(X * 255).astype(np.uint8), layers.Rescaling(1 / 255), layers.Augment(invert=0.1))
    fit(X * 0.2, layers.RandomContrast(0.1, value_range=(0, 1)))
