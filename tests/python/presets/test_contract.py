"""What every preset keeps: it builds for all sizes, channels and classes, learns, and is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import callbacks, layers, optimizers, presets, utils
from figurate.layers.augmentation import Augmentation
from figurate.models import Sequential, load_model
from tests.small import same_weights

SHAPES = [
    (8, 8, 1),
    (8, 8, 4),
    (9, 31, 2),
    (15, 15, 1),
    (16, 16, 3),
    (23, 24, 1),
    (24, 24, 1),
    (28, 28, 1),
    (39, 40, 1),
    (40, 40, 3),
    (47, 64, 4),
    (64, 64, 3),
    (64, 8, 1),
]
NAMES = presets.names()


def bytes_of(shape: tuple[int, ...], count: int = 12, classes: int = 3) -> tuple[Any, Any]:
    """Figures (count, *shape) of 0..255, the brighter the greater their class, and their classes."""
    y = np.arange(count) % classes
    x = np.random.default_rng(1).integers(0, 100, (count, *shape))
    x += (155 * y // (classes - 1)).reshape(count, *(1 for _ in shape))
    return x.astype(np.uint8), y


def kinds(model: Sequential) -> list[str]:
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "×".join(map(str, shape)))
def test_it_builds(name: str, shape: tuple[int, ...]) -> None:
    for classes in (2, 7, 300):
        model = presets.get(name).build(shape, classes, seed=1)
        assert model.input_shape == (None, *shape)
        assert model.output_shape == (None, classes)
        assert model.compiled.chosen_metrics == ["accuracy"]
    assert model.predict(np.zeros((2, *shape), np.uint8)).sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("shape", "classes"), [((8, 8), 2), ((17, 12, 3), 5), ((40, 41, 4), 3)])
def test_it_learns_a_step_and_is_saved(name: str, shape: tuple[int, ...], classes: int, tmp_path: Path) -> None:
    x, y = bytes_of(shape, 10, classes)
    model = presets.get(name).fit(x, y, validation_data=(x, y), epochs=1, batch_size=10, seed=4, verbose=0)
    untrained = presets.get(name).build(shape, classes, seed=4)
    assert not same_weights(model, untrained)
    assert model.history is not None
    assert set(model.history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert kinds(loaded) == kinds(model)
    assert np.array_equal(loaded.predict(x), model.predict(x))
    loaded.fit(x, y, epochs=1, verbose=0)  # and learns on


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_is_the_same_model_on_any_number_of_threads(name: str) -> None:
    x, y = bytes_of((10, 10), 40)
    fits = [presets.get(name).fit(x, y, epochs=2, batch_size=8, seed=5, threads=n, verbose=0) for n in (1, 2, 3)]
    assert same_weights(fits[0], fits[1])
    assert same_weights(fits[0], fits[2])
    assert not same_weights(fits[0], presets.get(name).fit(x, y, epochs=2, batch_size=8, seed=6, threads=1, verbose=0))


@pytest.mark.parametrize("name", NAMES)
def test_bytes_and_shares_of_one(name: str) -> None:
    """The same figures both ways give the same model, but for what reads their range."""
    x, y = bytes_of((12, 12), 24)
    preset = presets.get(name)
    bytewise = preset.fit(x, y, epochs=1, seed=2, verbose=0)
    scaled = preset.fit(x / np.float32(255), y, epochs=1, seed=2, verbose=0)
    assert kinds(bytewise)[0] == "Rescaling"
    assert kinds(scaled) == kinds(bytewise)[1:]
    # A preset draws its figures' changes by the layer's place, which Rescaling moves: without them all is alike.
    bytewise = preset.fit(x, y, epochs=1, seed=2, verbose=0, augmentation=None)
    scaled = preset.fit(x / np.float32(255), y, epochs=1, seed=2, verbose=0, augmentation=None)
    assert bytewise.predict(x) == pytest.approx(scaled.predict(x / np.float32(255)), abs=1e-3)
    for other in (x > 127, (x > 127).astype(np.int64)):
        assert "Rescaling" not in kinds(preset.fit(other, y, epochs=1, verbose=0))


@pytest.mark.parametrize("name", NAMES)
def test_labels_in_rows(name: str) -> None:
    x, y = bytes_of((8, 8))
    by_number = presets.get(name).fit(x, y, epochs=1, seed=3, verbose=0)
    by_row = presets.get(name).fit(
        x, utils.to_categorical(y), validation_data=(x, utils.to_categorical(y)), epochs=1, seed=3, verbose=0
    )
    assert same_weights(by_number, by_row)


def test_the_lesson_is_the_lesson() -> None:
    x, y = bytes_of((8, 8), 60)
    model = Sequential(
        [
            layers.Rescaling(1 / 255, input_shape=(8, 8)),
            layers.Flatten(),
            layers.Dense(20, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ],
        seed=9,
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=20, verbose=0)
    lesson = presets.get("lesson")
    assert same_weights(lesson.fit(x, y, seed=9, verbose=0), model)
    assert lesson.fit(x.reshape(60, 64), y, epochs=1, verbose=0).input_shape == (None, 64), "figures of any shape"
    assert lesson.build((100, 100), 10).input_shape == (None, 100, 100)


@pytest.mark.parametrize("name", NAMES)
def test_the_recipe_is_followed(name: str) -> None:
    recipe = presets.get(name).recipe
    for asked in (None, 0.5):
        model = presets.get(name).build((28, 28), 10, learning_rate=asked)
        rate = model.optimizer.learning_rate
        peak = rate if isinstance(rate, float) else rate.over(1000)(np.arange(1001)).max()
        assert peak == pytest.approx(asked or recipe.learning_rate, rel=1e-3)
    changed = [isinstance(layer, Augmentation) for layer in model.layers]
    assert sum(changed) == (0 if recipe.augmentation is None else len(recipe.augmentation()))
    if any(changed):
        assert changed[1], "behind Rescaling, since values are 0..1 there"
    assert not any(
        isinstance(layer, Augmentation) for layer in presets.get(name).build((28, 28), 10, augmentation=None).layers
    )
    mine = layers.Augment.garments()
    assert presets.get(name).build((28, 28), 10, augmentation=[mine]).layers[1] is mine


@pytest.mark.parametrize("name", NAMES)
def test_things_have_a_recipe_of_their_own(name: str) -> None:
    characters, things = presets.get(name), presets.get(name, kind="things")
    assert presets.get(name, kind="characters") is characters
    assert things is (characters.things or characters)
    assert (things.name, things.things) == (name, None)
    assert (things.layers is characters.layers) == (name != "best")
    mirrors = [
        [layer.mirror for layer in preset.build((28, 28), 10).layers if isinstance(layer, layers.Augment)]
        for preset in (characters, things)
    ]
    assert mirrors in ([[], []], [[False], []], [[False], [True]])


def test_epochs_of_small_sets() -> None:
    recipe = presets.Recipe(3, 10, 0.01, lambda rate, steps: optimizers.Adam(rate), least_steps=100)
    assert recipe.epochs_for(1000) == 3
    assert recipe.epochs_for(99) == 10
    assert recipe.epochs_for(5) == 100
    assert recipe.epochs_for(1000, batch_size=500) == 50


def test_averages_are_what_validation_and_callbacks_see() -> None:
    x, y = bytes_of((8, 8), 40)
    model = presets.get("tiny").fit(x, y, validation_data=(x, y), epochs=30, batch_size=8, seed=1, verbose=0)
    assert model.optimizer.use_ema
    assert model.history is not None
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert model.history.history["val_loss"][-1] == loss
    assert model.history.history["val_accuracy"][-1] == accuracy


def test_the_last_epochs_see_figures_as_they_are() -> None:
    class Seen(callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.unchanged: list[bool] = []

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            self.unchanged.append(self.model.stop_augmentation)

    x, y = bytes_of((8, 8), 10)
    tiny = presets.get("tiny")
    for share, epochs, expected in ((0.25, 8, 2), (0.25, 9, 3), (1.0, 2, 1), (0.25, 1, 0), (0.0, 8, 0)):
        seen = Seen()
        preset = replace(tiny, recipe=replace(tiny.recipe, unchanged=share))
        preset.fit(x, y, epochs=epochs, callbacks=[seen], verbose=0)
        assert seen.unchanged == [False] * (epochs - expected) + [True] * expected


def test_class_names() -> None:
    x, y = bytes_of((8, 8))
    names = ["dark", "grey", "bright", "none of these"]
    assert presets.get("fast").fit(x, y, epochs=1, class_names=names, verbose=0).class_names == names
    assert presets.get("fast").build((8, 8), 4, class_names=names).class_names == names
