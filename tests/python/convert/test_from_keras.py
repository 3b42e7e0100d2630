"""Keras models taken over, live and from files: the same predictions, and the same training from there on."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import errors, layers
from figurate.models.foreign import from_keras
from tests.python.convert.keras_models import (
    KERASS_ARRAYS,
    MODELS,
    classes,
    figures,
    keras_or_skip,
    made,
    outputs,
    same_state,
)

keras = keras_or_skip()
pytestmark = [KERASS_ARRAYS]

WITHOUT_KERAS = """
import sys
sys.modules.update(keras=None, jax=None, tensorflow=None, torch=None)
import numpy as np
from figurate.models.foreign import from_keras
model = from_keras(sys.argv[1])
np.save(sys.argv[3], model.predict(np.load(sys.argv[2])))
"""


@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_the_same(name: str, tmp_path: Path) -> None:
    model = made(keras, name)
    x = figures(model)
    expected = outputs(model, x)
    model.save(tmp_path / "model.keras")
    for found in (from_keras(model), from_keras(tmp_path / "model.keras")):
        np.testing.assert_allclose(found.predict(x), expected, rtol=1e-5, atol=1e-5)
        assert found.name == model.name


def test_a_file_is_read_without_keras(tmp_path: Path) -> None:
    model = made(keras, "planes", optimizer="adam", loss="sparse_categorical_crossentropy")
    x = figures(model)
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    arguments = [str(tmp_path / name) for name in ("model.keras", "x.npy", "y.npy")]
    subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_KERAS, *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
    )
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), outputs(model, x), rtol=1e-5, atol=1e-5)


def test_names_and_ways_around() -> None:
    model = from_keras(made(keras, "within"))
    names = [layer.name for layer in model.layers]
    assert len(set(names)) == 5
    assert names[1] == "same"
    block = from_keras(made(keras, "around")).layers[1]
    assert isinstance(block, layers.Residual)
    assert block.shortcut is None
    assert [type(layer).__name__ for layer in block.layers] == ["Conv2D", "BatchNormalization", "Residual", "ReLU"]


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("dense", "AdamW", {"learning_rate": 0.01, "clipnorm": 1.0}),
        ("dense", "SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
        ("dense", "RMSprop", {"momentum": 0.5, "centered": True}),
        ("dense", "Adam", {"schedule": True}),
        ("around", "Adam", {}),
    ],
)
def test_training_goes_on_where_it_stood(name: str, kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    settings = dict(settings)
    if settings.pop("schedule", False):
        settings["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.9)
    model = made(
        keras,
        name,
        optimizer=getattr(keras.optimizers, kind)(**settings),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2, name="top")],
    )
    x, y = figures(model), classes(model)
    options: dict[str, Any] = {"epochs": 2, "batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, **options)
    model.save(tmp_path / "model.keras")
    live, read = from_keras(model), from_keras(tmp_path / "model.keras")
    expected = model.fit(x, y, **options).history
    for found in (live, read):
        assert found.compiled.state(found.network) is not None
        history = found.fit(x, y, **options).history
        assert set(history) == set(expected) == {"loss", "accuracy", "top"}
        for key, values in expected.items():
            np.testing.assert_allclose(history[key], values, rtol=1e-4, err_msg=key)
        np.testing.assert_allclose(found.predict(x), outputs(model, x), rtol=1e-3, atol=1e-4)


def test_averages_of_weights_come_along() -> None:
    # Keras itself cannot train on with them on JAX.
    model = made(keras, "dense", optimizer=keras.optimizers.Adam(use_ema=True), loss="sparse_categorical_crossentropy")
    model.fit(figures(model), classes(model), verbose=0)
    same_state(from_keras(model).to_keras(), model)


@keras.saving.register_keras_serializable(package="tests")
class Dense(keras.layers.Dense):  # type: ignore[misc,name-defined]
    """One of a user's own, with the name of one of Keras'."""


class Unspeakable(keras.layers.Layer):  # type: ignore[misc,name-defined]
    """Cannot say how it was made."""

    def __init__(self, thing: object) -> None:
        super().__init__(name="unspeakable")
        self.thing = thing

    def call(self, x: Any) -> Any:
        return x


def halved(x: Any) -> Any:
    return x / 2


def relu(x: Any) -> Any:
    """One's own, with the name of Keras', which Keras' configuration takes for it."""
    return -x


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    k = keras.layers
    model = keras.Sequential(
        [
            k.Input((8, 8, 1)),
            k.Conv2D(2, 3, data_format="channels_last", name="fine"),
            k.Conv2DTranspose(2, 3, name="transpose"),
            k.Lambda(lambda x: x, name="code"),
            k.PReLU(name="prelu"),
            k.Flatten(),
            Dense(3, name="own"),
            k.ReLU(max_value=6, name="relu6"),
            k.Activation("selu", name="selu"),
            k.ELU(alpha=0.5, name="elu"),
            k.Dense(2, activation=halved, name="function"),
            k.Dense(2, dtype="mixed_float16", name="half"),
        ],
        name="net",
    )
    with pytest.raises(errors.UnsupportedError, match="received the Keras model 'net' with 9 things") as live:
        from_keras(model)
    model.save(tmp_path / "m.keras")
    with pytest.raises(
        errors.UnsupportedError, match=r"received the Keras model in '.*m\.keras' with 9 things"
    ) as read:
        from_keras(tmp_path / "m.keras")
    for raised in (live, read):
        text = str(raised.value)
        assert "transpose: there is no layer `Conv2DTranspose`" in text
        assert "code: `Lambda` runs code, which is never taken over" in text
        assert "own: there is no layer `" in text
        assert "relu6: `ReLU(max_value=…)` is not supported" in text
        assert "selu: Unknown activation 'selu'" in text
        assert "function: its `activation` is a function of your own" in text
        assert "half: the engine computes in float32, received dtype 'mixed_float16'" in text
        assert "fine" not in text


def test_functions_with_the_name_of_keras() -> None:
    k = keras.layers
    within = keras.Sequential([k.Input((4,)), k.Dense(3, activation=relu, name="inner")])
    model = keras.Sequential([k.Input((4,)), k.Dense(4, activation=relu, name="outer"), within])
    with pytest.raises(
        errors.UnsupportedError, match="2 things that it has not:\n  outer: its `activation` is"
    ) as raised:
        from_keras(model)
    assert "inner: its `activation` is a function of your own, and not Keras' relu" in str(raised.value)

    def same(x: Any) -> Any:
        return keras.ops.maximum(x, 0.0)

    same.__name__ = "relu"
    model = keras.Sequential([k.Input((4,)), k.Dense(3, activation=same)])
    x = figures(model)
    np.testing.assert_allclose(from_keras(model).predict(x), outputs(model, x), rtol=1e-5, atol=1e-5)


def test_a_layer_that_cannot_describe_itself() -> None:
    model = keras.Sequential([keras.Input((4,)), Unspeakable(object()), keras.layers.Dense(2)])
    with pytest.raises(errors.UnsupportedError, match="unspeakable: there is no layer `Unspeakable`"):
        from_keras(model)


def test_shapes_that_figurate_has_not() -> None:
    model = keras.Sequential([keras.Input((4, 4)), keras.layers.Dense(2, name="rows")])
    with pytest.raises(errors.UnsupportedError, match="rows: `Dense` expects"):
        from_keras(model)


def test_subclassed_and_other_things(tmp_path: Path) -> None:
    class Own(keras.Model):  # type: ignore[misc,name-defined]
        def call(self, x: Any) -> Any:
            return x

    class Sequential(keras.Sequential):  # type: ignore[misc,name-defined]
        """With the name of Keras' own, and whatever it does."""

    for model in (Own(), Sequential([keras.Input((2,)), keras.layers.Dense(2)])):
        with pytest.raises(errors.UnsupportedError, match="subclassed models run code"):
            from_keras(model)
    for thing in (3, None, keras.layers.Dense(2)):
        with pytest.raises(errors.ConfigurationError, match=r"expects a Keras model, or the path of a '\.keras' file"):
            from_keras(thing)
    with pytest.raises(errors.ConfigurationError, match=r"received 'old\.h5'\. Load it with Keras, and pass the"):
        from_keras("old.h5")
    with pytest.raises(FileNotFoundError, match=r"none\.keras"):
        from_keras("none.keras")
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(IsADirectoryError, match=r"expects a '\.keras' file, received the folder '.*folder\.keras'"):
        from_keras(tmp_path / "folder.keras")
    with pytest.raises(errors.ConfigurationError, match=r"not built\. Put `keras\.Input"):
        from_keras(keras.Sequential([keras.layers.Dense(2)]))


def test_what_training_alone_minds_is_left_out_with_a_warning() -> None:
    k = keras.layers
    frozen = k.Dense(4, kernel_regularizer="l2", name="frozen")
    frozen.trainable = False
    model = keras.Sequential([k.Input((5,)), frozen, k.Dense(3, kernel_initializer="orthogonal")])
    model.compile("nadam", "sparse_categorical_crossentropy")
    with pytest.warns(errors.FigurateWarning, match="left out of") as caught:
        found = from_keras(model)
    text = str(caught[0].message)
    assert "frozen: it is frozen (trainable=False)" in text
    assert "frozen: `kernel_regularizer`" in text
    assert "compile: Unknown optimizer 'Nadam'" in text
    assert caught[0].filename == __file__
    assert found.compiled_or_none is None
    x = figures(model)
    np.testing.assert_allclose(found.predict(x), outputs(model, x), atol=1e-5)


def mean_squared_error(y: Any, p: Any) -> Any:
    return keras.ops.sum(y - p)


def test_functions_with_names_of_kerass_are_not_taken_for_them() -> None:
    model = made(keras, "dense", optimizer="sgd", loss=mean_squared_error)
    with pytest.warns(errors.FigurateWarning, match="compile: `mean_squared_error` is a function of your own"):
        assert from_keras(model).compiled_or_none is None
    model = made(keras, "dense", optimizer="sgd", loss="mse", metrics=[mean_squared_error])
    with pytest.warns(errors.FigurateWarning, match="compile: `mean_squared_error` is a function of your own"):
        assert from_keras(model).compiled_or_none is None
    model = made(keras, "dense", optimizer="sgd", loss=keras.losses.mean_squared_error)
    assert from_keras(model).loss is not None


def test_plain_sgd_keeps_its_steps(tmp_path: Path) -> None:
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = MODELS["dense"](keras)
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    x = figures(model)
    model.fit(x, classes(model, len(x)), epochs=3, verbose=0)
    model.save(tmp_path / "model.keras")
    steps = int(model.optimizer.iterations)
    for found in (from_keras(model), from_keras(tmp_path / "model.keras")):
        state = found.compiled.state(found.network)
        assert state is not None
        assert state[0] == steps > 0


def test_a_file_with_frozen_layers(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()])
    model.add(keras.layers.Dense(3, activation="softmax"))
    next(layer for layer in model.layers if layer.weights).trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    x = figures(model)
    model.fit(x, classes(model, len(x)), verbose=0)
    model.save(tmp_path / "model.keras")
    with pytest.warns(errors.FigurateWarning, match=r"it is frozen \(trainable=False\)"):
        found = from_keras(tmp_path / "model.keras")
    np.testing.assert_allclose(found.predict(x), outputs(model, x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("0", -5, "expected a number of steps, received -5"),
        ("3", -1.0, "its array 3 holds numbers that `Adam` never has"),
        ("2", np.nan, "its array 2 holds numbers that `Adam` never has"),
    ],
)
def test_an_optimizer_that_was_altered(name: str, value: float, message: str, tmp_path: Path) -> None:
    model = MODELS["dense"](keras)
    model.compile("adam", "sparse_categorical_crossentropy")
    x = figures(model)
    model.fit(x, classes(model, len(x)), verbose=0)
    model.save(tmp_path / "model.keras")

    def alter(file: Any) -> None:
        file[f"optimizer/vars/{name}"][...] = value

    rewritten(tmp_path / "model.keras", alter)
    with pytest.raises(errors.FileFormatError, match=message):
        from_keras(tmp_path / "model.keras")


def test_many_names_for_few_bytes(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8), keras.layers.Dense(8)])
    model.save(tmp_path / "model.keras")

    def alter(file: Any) -> None:
        first, second = (file[f"layers/{name}/vars"] for name in ("dense", "dense_1"))
        del second["0"]
        second["0"] = first["0"]

    rewritten(tmp_path / "model.keras", alter)
    with pytest.raises(errors.FileFormatError, match=r"its array '.*dense_1/vars/0' stands where another one does"):
        from_keras(tmp_path / "model.keras")


def rewritten(path: Path, alter: Any) -> None:
    """The file with its arrays altered."""
    h5py = pytest.importorskip("h5py")
    with zipfile.ZipFile(path) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    held = io.BytesIO(members["model.weights.h5"])
    with h5py.File(held, "r+") as file:
        alter(file)
    members["model.weights.h5"] = held.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
