"""`TensorBoard` writes what TensorBoard itself reads: its own reader opens the files here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def

from figurate import Sequential, callbacks, errors, layers, losses, optimizers
from figurate.optimizers import schedules
from tests.small import figures, model

X, Y = figures()


def read(folder: Path) -> Any:
    """What TensorBoard finds in a folder, nothing left out."""
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0})
    events.Reload()
    return events


def scalars(events: Any, tag: str) -> list[tuple[int, Any]]:
    return [(event.step, event.value) for event in events.Scalars(tag)]


def test_curves_of_training_and_validation(tmp_path: Path) -> None:
    trained = model()
    watch = callbacks.TensorBoard(tmp_path, write_steps_per_second=True)
    history = trained.fit(X, Y, epochs=3, validation_data=(X, Y), callbacks=[watch], verbose=0)
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    for events, prefix in ((train, ""), (validation, "val_")):
        for name in ("loss", "accuracy"):
            found = scalars(events, f"epoch_{name}")
            assert [step for step, _ in found] == [0, 1, 2]
            np.testing.assert_allclose([value for _, value in found], history.history[prefix + name], rtol=1e-6)
    assert scalars(train, "epoch_learning_rate") == [(epoch, pytest.approx(0.001)) for epoch in range(3)]
    assert all(value > 0 for _, value in scalars(train, "epoch_steps_per_second"))
    # Three batches an epoch.
    assert [step for step, _ in scalars(validation, "evaluation_loss_vs_iterations")] == [3, 6, 9]
    assert "learning_rate" not in history.history
    assert not [tag for tag in train.Tags()["scalars"] if tag.startswith("batch_")]


def test_what_evaluate_measures_is_written_and_closed(tmp_path: Path) -> None:
    trained = model()
    trained.fit(X, Y, verbose=0)
    watch = callbacks.TensorBoard(tmp_path)
    loss, _ = trained.evaluate(X, Y, verbose=0, callbacks=[watch])
    found = scalars(read(tmp_path / "validation"), "evaluation_loss_vs_iterations")
    assert found == [(3, pytest.approx(loss, rel=1e-6))]
    assert watch._files == {}


def test_batches_when_asked_for(tmp_path: Path) -> None:
    watch = callbacks.TensorBoard(tmp_path, update_freq=2, write_steps_per_second=True)
    model().fit(X, Y, epochs=3, callbacks=[watch], verbose=0)
    train = read(tmp_path / "train")
    for tag in ("batch_loss", "batch_accuracy", "batch_steps_per_second"):
        assert [step for step, _ in scalars(train, tag)] == [2, 4, 6, 8]
    assert not (tmp_path / "validation").exists()


def test_the_rate_of_a_schedule_is_that_of_the_epochs_last_step(tmp_path: Path) -> None:
    for number, schedule in enumerate((schedules.OneCycle(0.01), schedules.ExponentialDecay(0.01, 3, 0.5))):
        watch = callbacks.TensorBoard(tmp_path / str(number))
        model(optimizer=optimizers.Adam(schedule)).fit(X, Y, epochs=2, callbacks=[watch], verbose=0)
        over = schedule.over(6) if isinstance(schedule, schedules.OneCycle) else schedule
        found = scalars(read(tmp_path / str(number) / "train"), "epoch_learning_rate")
        assert found == [(0, pytest.approx(float(over(2)))), (1, pytest.approx(float(over(5))))]


def test_weights_as_histograms_and_pictures(tmp_path: Path) -> None:
    trained = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Residual([layers.Conv2D(2, 3, padding="same")], shortcut=[layers.Conv2D(2, 1)], name="around"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(4, "softmax", name="last"),
        ]
    )
    trained.compile("adam", "sparse_categorical_crossentropy")
    watch = callbacks.TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    trained.fit(X[..., None], Y, epochs=3, callbacks=[watch], verbose=0)
    train = read(tmp_path / "train")
    names = [
        "around/layers.0.kernel", "around/layers.0.bias", "around/shortcut.0.kernel", "around/shortcut.0.bias",
        "norm/gamma", "norm/beta", "norm/moving_mean",
        "norm/moving_variance", "last/kernel", "last/bias",
    ]  # fmt: skip
    assert train.Tags()["histograms"] == [f"{name}/histogram" for name in names]
    assert train.Tags()["images"] == [f"{name}/image" for name in names]
    for name, weight in zip(names, trained.get_weights(), strict=True):
        first, last = train.Histograms(f"{name}/histogram")
        assert (first.step, last.step) == (0, 2)
        value = last.histogram_value
        assert (value.num, value.min, value.max) == (weight.size, weight.min(), weight.max())
    image = train.Images("last/kernel/image")[-1]
    (tmp_path / "kernel.png").write_bytes(image.encoded_image_string)
    with Image.open(tmp_path / "kernel.png") as picture:
        drawn = np.asarray(picture.convert("L")).astype(float)
    kernel = trained.layers[-1].get_weights()[0].T
    assert drawn.shape == kernel.shape == (4, 128)
    np.testing.assert_allclose((drawn - 127.5) / 127.5, kernel / np.abs(kernel).max(), atol=0.005)
    filters = train.Images("around/layers.0.kernel/image")[0]
    assert (filters.height, filters.width) == (2 * 4, 1 * 4)


def test_the_network_as_a_graph(tmp_path: Path) -> None:
    model().fit(X, Y, callbacks=[callbacks.TensorBoard(tmp_path)], verbose=0)
    events = read(tmp_path / "train")
    assert events.SummaryMetadata("keras").plugin_data.plugin_name == "graph_keras_model"
    graph = keras_model_to_graph_def(json.loads(events.Tensors("keras")[0].tensor_proto.string_val[0]))
    assert [node.attr["keras_class"].s.decode() for node in graph.node] == ["InputLayer", "Flatten", "Dense", "Dense"]
    assert [list(node.input) for node in graph.node[1:]] == [[node.name] for node in graph.node[:-1]]
    operations = events.Graph().node
    assert [node.op for node in operations] == ["InputLayer", "Flatten", "Dense", "Dense"]
    assert [list(node.input) for node in operations[1:]] == [[node.name] for node in operations[:-1]]
    model().fit(X, Y, callbacks=[callbacks.TensorBoard(tmp_path / "none", write_graph=False)], verbose=0)
    assert read(tmp_path / "none" / "train").Tags()["tensors"] == []


def test_ways_around_in_the_graph(tmp_path: Path) -> None:
    ways = [layers.ReLU(name="a"), layers.Residual([layers.ReLU(name="b")], name="within")]
    made = Sequential([layers.Flatten(name="flat"), layers.Residual(ways, name="around"), layers.Dense(4, name="last")])
    made.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    made.fit(X, Y, callbacks=[callbacks.TensorBoard(tmp_path)], verbose=0)
    found = {node.name: list(node.input) for node in read(tmp_path / "train").Graph().node}
    within = "around/layers/within"
    assert found == {
        "input": [],
        "flat": ["input"],
        "around/layers/a": ["flat"],
        f"{within}/layers/b": ["around/layers/a"],
        f"{within}/add": [f"{within}/layers/b", "around/layers/a"],
        "around/add": [f"{within}/add", "flat"],
        "last": ["around/add"],
    }


class Look(callbacks.Callback):
    """Reads the folder between two epochs, as somebody who watches does."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.seen: list[int] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == 2:
            self.seen = [step for step, _ in scalars(read(self.folder), "epoch_loss")]
            raise KeyboardInterrupt


def test_a_run_can_be_watched_and_leaves_whole_files_when_it_is_stopped(tmp_path: Path) -> None:
    look = Look(tmp_path / "train")
    watch = callbacks.TensorBoard(tmp_path)
    trained = model()
    with pytest.raises(KeyboardInterrupt):
        trained.fit(X, Y, epochs=5, callbacks=[watch, look], verbose=0)
    assert look.seen == [0, 1]
    assert watch._files == {}
    # Within the same second: another file, so that nothing is written over.
    trained.fit(X, Y, epochs=4, initial_epoch=2, callbacks=[watch], verbose=0)
    assert [step for step, _ in scalars(read(tmp_path / "train"), "epoch_loss")] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"log_dir": 3}, errors.ConfigurationError, r"`TensorBoard\(log_dir=…\)` expects the path of a folder"),
        ({"histogram_freq": -1}, errors.ConfigurationError, r"`TensorBoard\(histogram_freq=…\)` expects"),
        ({"write_graph": "yes"}, errors.ConfigurationError, r"`TensorBoard\(write_graph=…\)` expects True or False"),
        ({"update_freq": 0}, errors.ConfigurationError, "expects 'epoch', 'batch' or a number of batches, received 0"),
        ({"profile_batch": 2}, errors.UnsupportedError, "is not supported, since the engine is no graph"),
        ({"embeddings_freq": 1}, errors.UnsupportedError, "since there are no embeddings; received 1. Leave it out"),
    ],
)
def test_arguments(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        callbacks.TensorBoard(**arguments)


def test_a_name_of_keras_has_keras_arguments() -> None:
    import inspect

    import keras

    ours, theirs = (inspect.signature(kind).parameters for kind in (callbacks.TensorBoard, keras.callbacks.TensorBoard))
    assert list(ours) == list(theirs)
    assert [p.default for p in ours.values()] == [p.default for p in theirs.values()]
