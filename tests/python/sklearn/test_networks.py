"""What `network=` may be: every preset, a preset of one's own, models and functions of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from figurate import layers, losses, presets
from figurate.models import Sequential
from figurate.sklearn import FigureClassifier
from figurate.sklearn.networks import dense_counterpart
from tests.small import CLASSES, SIDE, figures, model, network, same_weights


def widths(preset: presets.Preset) -> list[int]:
    return [layer.units for layer in dense_counterpart(preset).layers((30,), 3) if isinstance(layer, layers.Dense)]


def test_dense_counterparts_by_hand() -> None:
    found = {name: widths(presets.get(name)) for name in presets.names()}
    assert found == {"lesson": [20, 3], "fast": [64, 3], "small": [56, 3], "tiny": [16, 3], "best": [128, 3]}
    linear = replace(presets.get("lesson"), layers=lambda shape, classes: [layers.Dense(classes, "softmax")])
    assert widths(linear) == [1, 3]
    assert dense_counterpart(presets.get("best")).recipe.augmentation is None


@pytest.mark.parametrize("kind", presets.KINDS)
@pytest.mark.parametrize("name", presets.names())
def test_every_preset_trains_figures_and_tables(name: str, kind: Any) -> None:
    x, y = figures()
    fitted = FigureClassifier(name, epochs=1, kind=kind, random_state=1).fit(x, y)
    assert fitted.predict_proba(x).shape == (len(x), CLASSES)
    assert fitted.set_params(image_shape=(64,)).fit(x.reshape(len(x), -1), y).figure_shape_ == (64,)


def test_a_preset_trains_as_the_preset_itself_does() -> None:
    x, y = figures(240)
    for name in ("fast", "best"):
        for pixels in (x, np.rint(x * 255).astype(np.uint8)):
            fitted = FigureClassifier(name, epochs=2, random_state=7).fit(pixels, y)
            alone = presets.get(name).fit(pixels, y, epochs=2, seed=fitted.model_.seed, verbose=0)
            assert same_weights(fitted.model_, alone)


def test_a_recipe_changed() -> None:
    x, y = figures()
    turned = [layers.RandomRotation(0.03)]
    for _ in range(2):  # the same layer serves two models
        fitted = FigureClassifier("tiny", epochs=1, learning_rate=0.002, augmentation=turned).fit(x, y)
    assert type(fitted.model_.layers[0]).__name__ == "RandomRotation"
    rate: Any = fitted.model_.optimizer.learning_rate
    assert rate.get_config()["max_learning_rate"] == 0.002
    plain = FigureClassifier("tiny", epochs=1, augmentation=None).fit(x, y)
    assert type(plain.model_.layers[0]).__name__ == "Conv2D"
    own = replace(presets.get("fast"), name="patient")
    assert FigureClassifier(own, epochs=1).fit(x, y).n_iter_ == 1


def test_a_model_is_trained_as_a_copy() -> None:
    x, y = figures(240)
    given = model()
    before = given.get_weights()
    fitted = FigureClassifier(given, epochs=30, random_state=1).fit(x.reshape(len(x), -1), y)
    assert fitted.figure_shape_ == (SIDE, SIDE)
    assert fitted.score(x, y) > 0.9
    assert all(np.array_equal(old, new) for old, new in zip(before, given.get_weights(), strict=True))
    assert given.epochs_trained == 0


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy", None])
def test_a_model_of_any_loss(loss: str | None) -> None:
    x, y = figures(240)
    given = network()
    if loss is not None:
        given.compile("adam", loss)
    fitted = FigureClassifier(given, epochs=30, random_state=1).fit(x, y)
    assert fitted.score(x, y) > 0.9


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("scores", [False, True], ids=["probabilities", "scores"])
def test_two_classes_by_one_output_or_two(outputs: int, scores: bool) -> None:
    x, y = figures(240)
    x, names = x[y < 2], np.array(["no", "yes"])[y[y < 2]]
    last = None if scores else "sigmoid" if outputs == 1 else "softmax"
    given = Sequential([layers.Flatten(), layers.Dense(outputs, activation=last)])
    loss = losses.BinaryCrossentropy if outputs == 1 else losses.SparseCategoricalCrossentropy
    given.compile("adam", loss(from_logits=scores), metrics=["accuracy"])
    fitted = FigureClassifier(given, epochs=60, random_state=1).fit(x, names)
    assert fitted.score(x, names) > 0.9
    found = fitted.predict_proba(x)
    assert found.shape == (len(x), 2)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found.min() >= 0


def test_scores_of_classes_by_themselves_give_what_their_sigmoids_would() -> None:
    x, y = figures(240)
    found = []
    for last in (None, "sigmoid"):
        given = Sequential([layers.Flatten(), layers.Dense(CLASSES, activation=last)])
        given.compile("adam", losses.BinaryCrossentropy(from_logits=last is None))
        found.append(FigureClassifier(given, epochs=5, random_state=1).fit(x, y).predict_proba(x))
    np.testing.assert_allclose(found[0], found[1], atol=1e-3)


@pytest.mark.parametrize("outputs", [1, 2, CLASSES])
@pytest.mark.parametrize("last", [None, "sigmoid", "softmax"])
@pytest.mark.parametrize("loss", [None, "mse"])
def test_whatever_a_network_gives_becomes_probabilities(outputs: int, last: str | None, loss: str | None) -> None:
    if (outputs, last) == (1, "softmax"):
        pytest.skip("one output's softmax is always 1")
    x, y = figures(240)
    if outputs < CLASSES:
        x, y = x[y < 2], y[y < 2]
    given = Sequential([layers.Flatten(), layers.Dense(outputs, activation=last)])
    if loss is not None:
        given.compile("adam", loss)
    fitted = FigureClassifier(given, epochs=200, random_state=1).fit(x, y)
    assert fitted.score(x, y) > 0.9
    found = fitted.predict_proba(x)
    assert found.min() >= 0
    assert np.allclose(found.sum(axis=1), 1, atol=1e-6)


def test_a_function_is_told_shape_and_classes() -> None:
    told: list[Any] = []

    def make(shape: tuple[int, ...], classes: int) -> Sequential:
        told.append((shape, classes))
        return Sequential([layers.Flatten(), layers.Dense(classes, activation="softmax")])

    x, y = figures()
    FigureClassifier(make, epochs=1).fit(x.reshape(len(x), -1), y)
    FigureClassifier(make, epochs=1).fit(x[:, :2].reshape(len(x), -1), y)
    assert told == [((SIDE, SIDE), CLASSES), ((2 * SIDE,), CLASSES)]


def test_wrong_networks() -> None:
    x, y = figures()
    with pytest.raises(ValueError, match=r"expects a preset's name, a `presets\.Preset`, a `Sequential` or a function"):
        FigureClassifier(3).fit(x, y)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expects a function that returns a `Sequential`, received None"):
        FigureClassifier(lambda shape, classes: None).fit(x, y)  # type: ignore[arg-type,return-value]
    with pytest.raises(ValueError, match="expects a network of 3 outputs, one a class, received 4"):
        FigureClassifier(network()).fit(x[y < 3], y[y < 3])
    with pytest.raises(ValueError, match="expects `learning_rate` and `augmentation` with presets alone"):
        FigureClassifier(network(), learning_rate=0.1).fit(x, y)
    with pytest.raises(ValueError, match="`augmentation=` expects a list of layers, None or 'recipe', received"):
        FigureClassifier("tiny", augmentation="some").fit(x, y)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"as `image_shape` or the network says, so 64 features, received 49"):
        FigureClassifier(network()).fit(x[:, :7, :7], y)
    with pytest.raises(ValueError, match="Presets are for figures of 8 × 8 to 64 × 64 pixels, received 7 × 7"):
        FigureClassifier().fit(x[:, :7, :7], y)
