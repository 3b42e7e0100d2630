"""Model files: what comes back from them. Damaged files are in tests/attacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

import figurate
from figurate import callbacks, errors, layers, losses, metrics, optimizers
from figurate.figures import FigurePreprocessing
from figurate.models import Sequential, load_model
from tests.small import figures, model, network, same_weights

X, Y = figures()


def test_a_trained_model_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    trained = model(dropout=0.2)
    trained.class_names = ["a", "b", "c", "d"]
    trained.preprocessing = FigurePreprocessing(height=8, width=8, box=(6, 7), ground="light", stroke_width=(1, 2.5))
    trained.fit(X, Y, epochs=3, validation_data=(X, Y), verbose=0)
    trained.save(path)
    again = load_model(path)
    assert same_weights(trained, again)
    np.testing.assert_array_equal(again.predict(X), trained.predict(X))
    assert again.evaluate(X, Y, verbose=0) == trained.evaluate(X, Y, verbose=0)
    assert (again.name, again.seed, again.class_names) == (trained.name, trained.seed, trained.class_names)
    assert again.preprocessing == trained.preprocessing
    assert again.input_range == trained.input_range
    assert again.history is not None
    assert trained.history is not None
    assert again.history.history == trained.history.history
    assert again.history.epoch == [0, 1, 2]
    assert [layer.name for layer in again.layers] == [layer.name for layer in trained.layers]


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop", optimizers.SGD(0.1, momentum=0.9)], ids=str)
def test_training_goes_on_bit_for_bit(tmp_path: Path, optimizer: Any) -> None:
    path = tmp_path / "model.safetensors"
    whole, half = model(optimizer, dropout=0.2), model(optimizer, dropout=0.2)
    whole.fit(X, Y, epochs=4, verbose=0)
    half.fit(X, Y, epochs=2, verbose=0)
    half.save(path)
    resumed = load_model(path)
    resumed.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    assert same_weights(whole, resumed)


def normalized() -> Sequential:
    """A network with weights that are not trained."""
    made = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ],
        seed=2,
    )
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def test_the_optimizer_keeps_nothing_for_weights_that_are_not_trained(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    whole, half = normalized(), normalized()
    whole.fit(X, Y, epochs=4, verbose=0)
    half.fit(X, Y, epochs=2, verbose=0)
    half.save(path)
    with safe_open(path, "np") as file:
        kept = [name for name in file.keys() if name.startswith("layers.")]  # noqa: SIM118 - no mapping
        assert [name for name in kept if name.startswith("layers.1.")] == [
            "layers.1.beta",
            "layers.1.gamma",
            "layers.1.moving_mean",
            "layers.1.moving_variance",
        ]
        state = {name for name in file.keys() if name.startswith("optimizer.momentum.")}  # noqa: SIM118
    assert state == {f"optimizer.momentum.{name}" for name in kept if "moving" not in name}
    resumed = load_model(path)
    assert same_weights(half, resumed)
    np.testing.assert_array_equal(resumed.predict(X), half.predict(X))
    resumed.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    assert same_weights(whole, resumed)


def blocks(optimizer: Any = "adam") -> Sequential:
    """A network with ways around its layers, one of which is within another."""
    within = layers.Residual([layers.Conv2D(4, 3, padding="same", activation="relu")])
    made = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Residual(
                [layers.Conv2D(4, 3, strides=2, padding="same"), layers.BatchNormalization(), within],
                shortcut=[layers.Conv2D(4, 1, strides=2)],
            ),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, activation="softmax"),
        ],
        seed=2,
    )
    made.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def test_layers_within_layers_come_back(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    whole, half = blocks(), blocks()
    assert same_weights(whole, half)
    whole.fit(X, Y, epochs=4, verbose=0)
    half.fit(X, Y, epochs=2, verbose=0)
    half.save(path)
    with safe_open(path, "np") as file:
        names = set(file.keys())
    assert {
        "layers.0.layers.0.kernel",
        "layers.0.layers.1.moving_variance",
        "layers.0.layers.2.layers.0.bias",
        "layers.0.shortcut.0.kernel",
        "optimizer.velocity.layers.0.layers.2.layers.0.bias",
    } <= names
    resumed = load_model(path)
    assert [layer.name for layer in resumed.layers[0].walk()] == [layer.name for layer in half.layers[0].walk()]
    np.testing.assert_array_equal(resumed.predict(X), half.predict(X))
    resumed.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    assert same_weights(whole, resumed)
    whole.save_weights(path)
    half.load_weights(path)
    assert same_weights(whole, half)


def test_layers_within_layers_hold_their_own_weights() -> None:
    made = blocks()
    residual = made.layers[0]
    around = residual.nested[-1][1]
    kernel, bias = around.get_weights()
    assert (kernel.shape, bias.shape) == ((1, 1, 1, 4), (4,))
    around.set_weights([kernel + 1, bias + 2])
    np.testing.assert_array_equal(made.get_weights()[8], kernel + 1)
    np.testing.assert_array_equal(residual.get_weights()[-1], bias + 2)
    np.testing.assert_array_equal(made.get_layer(around.name).get_weights()[1], bias + 2)


def test_without_the_optimizers_state(tmp_path: Path) -> None:
    trained = model()
    trained.fit(X, Y, verbose=0)
    trained.save(tmp_path / "with.safetensors")
    trained.save(tmp_path / "without.safetensors", include_optimizer=False)
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size for name in ("with", "without")]
    assert sizes[0] - sizes[1] > 2 * 4 * trained.count_params()
    again = load_model(tmp_path / "without.safetensors")
    assert same_weights(trained, again)
    again.fit(X, Y, verbose=0)


def test_without_compiling(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    network().save(path)
    with pytest.raises(errors.ConfigurationError, match="expects `compile` before training"):
        load_model(path).evaluate(X, Y)
    trained = model()
    trained.fit(X, Y, verbose=0)
    trained.save(path)
    with pytest.raises(errors.ConfigurationError, match="expects `compile` before training"):
        load_model(path, compile=False).fit(X, Y)


def test_settings_come_back(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved = network(last="linear")
    saved.compile(
        optimizers.AdamW(optimizers.schedules.CosineDecay(0.01, 100), weight_decay=0.1),
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=["accuracy", metrics.Precision(class_id=1, name="of_one")],
    )
    saved.save(path)
    again = load_model(path)
    assert again.optimizer.get_config() == saved.optimizer.get_config()
    assert again.loss is not None
    assert saved.loss is not None
    assert again.loss.get_config() == saved.loss.get_config()
    assert again.metrics_names == ["loss", "accuracy", "of_one"]


@pytest.mark.parametrize(
    "stack",
    [
        [layers.Dense(3, input_shape=(5,))],
        [layers.Input((4, 6, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2, use_bias=False)],
        [
            layers.Input((6,)),
            layers.Reshape((2, 3)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(4),
            layers.ReLU(),
        ],
        [layers.Input((6,)), layers.Dense(3, "gelu"), layers.Activation("tanh"), layers.Dense(2), layers.Softmax()],
        [layers.Input((3, 3)), layers.Flatten()],
    ],
    ids=lambda stack: "-".join(type(layer).__name__ for layer in stack),
)
def test_every_layer_comes_back(tmp_path: Path, stack: list[layers.Layer]) -> None:
    path = tmp_path / "model.safetensors"
    # Layers belong to one model; the parametrized objects are used once.
    saved = Sequential(stack, seed=1)
    saved.save(path)
    again = load_model(path)
    assert repr(again) == repr(saved)
    x = np.random.default_rng(0).random((7, *[size or 0 for size in saved.input_shape[1:]]), dtype=np.float32)
    np.testing.assert_array_equal(again.predict(x), saved.predict(x))


def test_the_file_is_plain_safetensors_with_one_json_document(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    trained = model("rmsprop")
    trained.fit(X, Y, verbose=0)
    trained.save(path)
    with safe_open(path, "np") as file:
        document = json.loads(file.metadata()["figurate"])
        assert list(file.metadata()) == ["figurate"]
        assert sorted(file.keys()) == [
            "layers.1.bias",
            "layers.1.kernel",
            "layers.2.bias",
            "layers.2.kernel",
            "optimizer.velocity.layers.1.bias",
            "optimizer.velocity.layers.1.kernel",
            "optimizer.velocity.layers.2.bias",
            "optimizer.velocity.layers.2.kernel",
        ]
        np.testing.assert_array_equal(file.get_tensor("layers.2.kernel"), trained.get_weights()[2])
    assert document["format_version"] == 1
    assert document["library_version"] == figurate.__version__
    assert document["input"] == {"minimum": 0.0, "maximum": pytest.approx(X.max()), "dtype": "float32"}
    assert document["training"]["iterations"] == 3


def test_the_same_training_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        figurate.utils.clear_session()
        trained = model()
        trained.fit(X, Y, verbose=0)
        trained.save(tmp_path / f"{name}.safetensors")
        written.append((tmp_path / f"{name}.safetensors").read_bytes())
    assert written[0] == written[1]


def test_weights_that_are_not_finite_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    broken = model()
    broken.fit(X, Y, verbose=0)
    assert broken.history is not None
    broken.history.history["loss"] = [float("nan"), float("inf"), float("-inf")]
    broken.set_weights([np.full_like(w, np.nan) for w in broken.get_weights()])
    broken.save(path)
    again = load_model(path)
    assert np.isnan(again.get_weights()[0]).all()
    assert again.history is not None
    np.testing.assert_array_equal(again.history.history["loss"], [np.nan, np.inf, -np.inf])


def test_weights_alone(tmp_path: Path) -> None:
    path = tmp_path / "only.safetensors"
    trained = model()
    trained.fit(X, Y, verbose=0)
    trained.save_weights(path)
    other = network(seed=99)
    other.load_weights(path)
    assert same_weights(trained, other)
    trained.save(path)
    third = network(seed=98)
    third.load_weights(path)
    assert same_weights(trained, third)
    with pytest.raises(
        errors.FileFormatError, match=r"expected 'layers.1.kernel' to have the shape \(64, 5\), received"
    ):
        network(hidden=5).load_weights(path)
    trained.save_weights(path)
    with pytest.raises(errors.FileFormatError, match=r"it holds 'weights' and not a model. Use `model.load_weights`"):
        load_model(path)


def test_arguments_of_save(tmp_path: Path) -> None:
    saved = network()
    for name in ("model.keras", "model.h5"):
        with pytest.raises(
            errors.UnsupportedError, match=r"`save` expects a path that ends in '.safetensors', received"
        ):
            saved.save(tmp_path / name)
    with pytest.raises(errors.ConfigurationError, match="figurate writes no other format: change the ending"):
        saved.save(tmp_path / "model")
    path = tmp_path / "model.safetensors"
    saved.save(path)
    with pytest.raises(FileExistsError, match=r"`save\(overwrite=False\)` expects a new path"):
        saved.save(path, overwrite=False)
    with pytest.raises(errors.ConfigurationError, match="The model is not built"):
        Sequential([layers.Dense(3)]).save(path)


def test_arguments_of_load_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"There is no model file. Expected the path that `model.save` wrote"):
        load_model(tmp_path / "none.safetensors")
    for ending, reader in ((".onnx", "ExportedModel"), (".tflite", "figurate evaluate"), (".keras", "from_keras")):
        other = tmp_path / f"other{ending}"
        other.write_bytes(b"another library's")
        with pytest.raises(errors.UnsupportedError, match=f"a file that `model.save` wrote, received (?s:.*){reader}"):
            load_model(other)
    network().save(tmp_path / "a.safetensors")
    with pytest.raises(errors.UnsupportedError, match=r"`load_model\(custom_objects=…\)` is not supported"):
        load_model(tmp_path / "a.safetensors", custom_objects={"Own": object})  # type: ignore[arg-type]


def test_a_schedule_of_ones_own_cannot_be_saved(tmp_path: Path) -> None:
    class Own(optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return 0.1

    trained = model(optimizers.SGD(Own()))
    trained.fit(X, Y, verbose=0)
    with pytest.raises(errors.UnsupportedError, match="cannot be written to a file"):
        trained.save(tmp_path / "model.safetensors")
    trained.save_weights(tmp_path / "model.safetensors")


def test_a_checkpoint_of_best_weights_is_a_model_file(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    trained = model()
    trained.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.ModelCheckpoint(path, monitor="loss")])
    assert same_weights(load_model(path), trained)
