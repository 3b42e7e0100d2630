"""figurate's models as Keras models: the same predictions, the same training from there on, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import Sequential, errors, layers, losses, optimizers, presets
from figurate.models.foreign import from_keras
from tests.python.convert.keras_models import KERASS_ARRAYS, MODELS, figures, keras_or_skip, made, outputs, same_state

keras = keras_or_skip()
pytestmark = [KERASS_ARRAYS]


@pytest.mark.parametrize("name", MODELS)
def test_there_and_back(name: str) -> None:
    theirs = made(keras, name)
    ours = from_keras(theirs)
    again = ours.to_keras()
    x = figures(theirs)
    expected = ours.predict(x)
    np.testing.assert_allclose(outputs(again, x), expected, rtol=1e-5, atol=1e-5)
    assert isinstance(again, keras.Sequential) == (name != "around")
    np.testing.assert_array_equal(from_keras(again).predict(x), expected)


def test_a_file_for_keras(tmp_path: Path) -> None:
    theirs = made(keras, "around", optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    ours = from_keras(theirs)
    ours.to_keras().save(tmp_path / "ours.keras")
    loaded = keras.saving.load_model(tmp_path / "ours.keras")
    x = figures(theirs)
    np.testing.assert_allclose(outputs(loaded, x), ours.predict(x), rtol=1e-5, atol=1e-5)
    assert loaded.compiled


def test_a_preset() -> None:
    model = presets.get("lesson").build((28, 28), 10)
    theirs = model.to_keras()
    x = np.random.default_rng(1).random((20, *model.network.input_shape), dtype=np.float32)
    np.testing.assert_allclose(outputs(theirs, x), model.predict(x), rtol=1e-5, atol=1e-5)


def network(*more: layers.Layer) -> Sequential:
    return Sequential([layers.Input((6, 6, 1)), *more, layers.Flatten(), layers.Dense(4, "softmax")], seed=1)


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.Adam(0.01),
        optimizers.RMSprop(optimizers.schedules.CosineDecay(0.01, 50), momentum=0.3),
    ],
    ids=lambda one: type(one).__name__,
)
def test_training_goes_on_there(optimizer: Any) -> None:
    model = network(layers.Residual([layers.Conv2D(2, 3, padding="same")], shortcut=[layers.Conv2D(2, 1)]))
    model.compile(optimizer, losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    x = np.random.default_rng(2).random((40, 6, 6, 1), dtype=np.float32)
    y = np.random.default_rng(3).integers(0, 4, 40)
    options: dict[str, Any] = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0}
    model.fit(x, y, **options)
    theirs = model.to_keras()
    assert int(theirs.optimizer.iterations) == 10
    expected = model.fit(x, y, **options).history
    found = theirs.fit(x, y, **options).history
    for key, values in expected.items():
        np.testing.assert_allclose(found[key], values, rtol=1e-4, err_msg=key)
    same_state(theirs, model.to_keras(), 1e-3)


def test_augmentation_that_keras_has_goes_along() -> None:
    theirs = network(layers.RandomRotation(0.1), layers.RandomZoom((-0.2, 0.1))).to_keras()
    assert [type(layer).__name__ for layer in theirs.layers[:2]] == ["RandomRotation", "RandomZoom"]
    assert tuple(theirs.layers[1].height_factor) == (-0.2, 0.1)


def test_what_keras_has_not_is_left_out_with_a_warning() -> None:
    model = network(layers.Augment(rotation=10, name="all"))
    model.compile("adam", losses.SparseCategoricalCrossentropy(label_smoothing=0.1))
    with pytest.warns(
        errors.FigurateWarning, match=r"all: Keras has no `Augment`(?s:.*)no `label_smoothing`"
    ) as caught:
        theirs = model.to_keras()
    assert caught[0].filename == __file__
    assert not theirs.compiled
    assert len(theirs.layers) == 2
    model = network()
    model.compile(optimizers.SGD(optimizers.schedules.OneCycle(0.1)), "sparse_categorical_crossentropy")
    with pytest.warns(errors.FigurateWarning, match="Keras has no schedule `OneCycle`. The model is not compiled"):
        assert not model.to_keras().compiled
    model.compile(optimizers.SGD(optimizers.schedules.CosineDecay(0.1)), "sparse_categorical_crossentropy")
    with pytest.warns(errors.FigurateWarning, match="Keras' `CosineDecay` needs a number of steps"):
        assert not model.to_keras().compiled
    flat = Sequential([layers.Input((6, 6)), layers.RandomFlip(name="flip"), layers.Flatten(), layers.Dense(2)])
    with pytest.warns(errors.FigurateWarning, match=r"flip: Keras has no `RandomFlip` for figures of \(6, 6\)"):
        flat.to_keras()


def test_an_unbuilt_model() -> None:
    with pytest.raises(errors.ConfigurationError, match="The model is not built"):
        Sequential([layers.Dense(2)]).to_keras()


def test_names_that_keras_forbids() -> None:
    model = Sequential([layers.Input((3,)), layers.Dense(2, name="a/b")], name="c/d")
    assert model.to_keras().layers[0].name == "a_b"


def test_whatever_keras_is_set_to() -> None:
    model = Sequential(
        [
            layers.Input((8, 8, 2)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, "softmax"),
        ],
        seed=1,
    )
    x = np.random.default_rng(1).random((5, 8, 8, 2), dtype=np.float32)
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        keras.config.set_image_data_format("channels_first")
        found = outputs(model.to_keras(), x)
    finally:
        keras.config.set_dtype_policy("float32")
        keras.config.set_image_data_format("channels_last")
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-5, atol=1e-5)
